import { mkdir, mkdtemp, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as assert from "uvu/assert";
import { writeTinyDigits } from "../support/tiny-digits.js";
import { type CliOptions, type CliResult, type Event, runCli } from "./cli-process.js";

/** A folder to work in, with images in `digits`, and a training that takes well under a second. */
export interface SmallTraining {
  readonly folder: string;
  /** Runs `bayesbinn train` in the folder; `args` come last. */
  readonly train: Run;
  /** Runs `bayesbinn compare` likewise. */
  readonly compare: Run;
}

type Run = (args: readonly string[], options?: Partial<CliOptions>) => Promise<CliResult>;

/** A network of 16 units on images that it learns at once. */
export async function smallTraining(): Promise<SmallTraining> {
  const folder = await mkdtemp(join(tmpdir(), "bayesbinn-cli-"));
  const data = join(folder, "digits");
  await mkdir(data);
  await writeTinyDigits(data);
  const small = [
    ...["mnist-mlp", "--set", `dataset.folder=${data}`, "--set", "model.hiddenUnits=16"],
    ...["--set", "model.hiddenLayers=1", "--set", "batchSize=20", "--device", "cpu"],
  ];
  const run =
    (command: string): Run =>
    (args, options = {}) =>
      runCli([command, ...small, ...args], { cwd: folder, ...options });
  return { folder, train: run("train"), compare: run("compare") };
}

/** The one event of this name. */
export function only(events: readonly Event[], name: string): Event {
  const found = events.filter(({ event }) => event === name);
  assert.is(found.length, 1, `events "${name}"`);
  return found[0]!;
}

/** The lines of a file of JSON lines. */
export async function lines(path: string): Promise<Event[]> {
  const text = await readFile(path, "utf8");
  assert.ok(text.endsWith("\n"), "ends with a complete line");
  return text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
}

/** Nothing but one line on stderr, and the exit code. */
export function assertOneLine({ code, stdout, stderr }: CliResult, exitCode: number, start: RegExp): void {
  assert.is(code, exitCode, stderr);
  assert.is(stdout, "");
  assert.match(stderr, start);
  assert.is(stderr.trimEnd().split("\n").length, 1, stderr);
}
