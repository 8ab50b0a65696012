import { appendFile, mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { BayesBinnError } from "../native/errors.js";
import { showText } from "../options/show.js";
import { writeFileAtomically } from "./atomic-write.js";
import { makeFolders } from "./make-folders.js";

/** Where a run goes. */
export interface RunFolderOptions {
  /** The folder itself: made if it is missing, used if it is empty. Default: the first free `<root>/<name>-seed<seed>-<n>`. */
  readonly path?: string;
  /** Parent of folders that are named automatically; default `runs`. */
  readonly root?: string;
  /** What the run trains, such as the name of a recipe. */
  readonly name: string;
  readonly seed: number;
}

/**
 * The files of one run.
 *
 * | file | content |
 * |---|---|
 * | `config.json` | the resolved configuration; itself an input of `bayesbinn train` |
 * | `history.jsonl` | one line an epoch, appended as the epoch ends: losses, accuracies, hyperparameters |
 * | `timings.jsonl` | one line an epoch: durations |
 * | `best.safetensors`, `final.safetensors` | the network at the best validation epoch and at the end |
 * | `metrics.json` | the summary, written last: a folder without it is a run that did not finish |
 *
 * What is measured with a clock stands in `timings.jsonl` and `metrics.json` only; all other files hold the same
 * bytes for the same configuration and seed.
 */
export class RunFolder {
  private constructor(readonly path: string) {}

  /** Their names. */
  static readonly files = {
    config: "config.json",
    history: "history.jsonl",
    timings: "timings.jsonl",
    best: "best.safetensors",
    final: "final.safetensors",
    metrics: "metrics.json",
  } as const;

  /**
   * Makes the folder. Two processes that start at once get two folders.
   *
   * @throws BayesBinnError `ERR_OUTPUT` where `path` is a file or not empty, or the place cannot be written.
   */
  static async create(options: RunFolderOptions): Promise<RunFolder> {
    return new RunFolder(options.path === undefined ? await nextFree(options) : await claim(options.path));
  }

  /** The path of one of {@link RunFolder.files}. */
  file(name: RunFileName): string {
    return join(this.path, RunFolder.files[name]);
  }

  /** Writes `config.json`, which must not exist: it is what takes an empty folder for this run. */
  async writeConfig(config: object): Promise<void> {
    const file = this.file("config");
    await output(file, () => writeFile(file, pretty(config), { flag: "wx" }));
  }

  /** Adds a line to `history.jsonl` or `timings.jsonl`; the line is complete or absent. */
  async append(name: "history" | "timings", record: object): Promise<void> {
    const file = this.file(name);
    await output(file, () => appendFile(file, `${JSON.stringify(record)}\n`));
  }

  /** Writes `metrics.json`. */
  async writeMetrics(metrics: object): Promise<void> {
    await writeFileAtomically(this.file("metrics"), [Buffer.from(pretty(metrics))]);
  }
}

/** What a run folder holds. */
export type RunFileName = keyof typeof RunFolder.files;

async function nextFree({ root = "runs", name, seed }: RunFolderOptions): Promise<string> {
  await output(root, () => makeFolders(root));
  for (let n = 1; ; n++) {
    const path = join(root, `${name}-seed${seed}-${n}`);
    // mkdir without `recursive` fails on what exists: the test and the claim are one call.
    const made = await output(path, () => mkdir(path).then(() => true, ifCode("EEXIST", false)));
    if (made) return path;
  }
}

async function claim(path: string): Promise<string> {
  await output(path, () => makeFolders(path));
  const entries = await output(path, () => readdir(path));
  if (entries.length > 0) {
    throw new BayesBinnError(
      "ERR_OUTPUT",
      `${path}: the folder exists and is not empty; give a new or an empty folder`,
      { path, reason: "not empty" },
    );
  }
  return path;
}

/** Runs a file operation; what the system refuses becomes `ERR_OUTPUT`. */
async function output<T>(path: string, operation: () => Promise<T>): Promise<T> {
  try {
    return await operation();
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "unknown error";
    const reason = reasons[code] ?? `cannot be written (${code})`;
    throw new BayesBinnError("ERR_OUTPUT", `${showText(path)}: ${reason}`, { path, reason: code }, { cause: error });
  }
}

const reasons: Readonly<Record<string, string>> = {
  EEXIST: "exists and is not a folder, or another run took it; give a new or an empty folder",
  ENOTDIR: "a part of the path is a file; give a new or an empty folder",
  EACCES: "no permission to write here; give a folder that you may write",
  EPERM: "no permission to write here; give a folder that you may write",
  EROFS: "the file system is read-only; give a folder that can be written",
  ENOSPC: "the disk is full; free some space or give a folder on another disk",
  ENOENT: "cannot be made here; give a folder that can be written",
};

function ifCode<T>(code: string, value: T): (error: NodeJS.ErrnoException) => T {
  return (error) => {
    if (error.code !== code) throw error;
    return value;
  };
}

function pretty(value: object): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}
