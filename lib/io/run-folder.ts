import { access, appendFile, open, readdir, rm } from "node:fs/promises";
import { join } from "node:path";

import { BayesBinnError } from "../native/errors.js";
import { isLeftover, writeFileAtomically, writeNewFileAtomically } from "./atomic-write.js";
import { FolderLock } from "./folder-lock.js";
import { makeFolders, removeFolders } from "./make-folders.js";
import { nextFreeFolder } from "./next-free-folder.js";
import { output as fileOutput } from "./output-error.js";

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
 * | `run.json` | options that are no part of it, and the versions and the machine of each sitting |
 * | `history.jsonl` | one line an epoch, appended as the epoch ends and flushed, but once a second at most, and before `metrics.json` is written: losses, accuracies, hyperparameters |
 * | `history.csv` | losses, accuracies and flip ratios as a table |
 * | `tensorboard/` | the same and more for TensorBoard, where it is asked for |
 * | `timings.jsonl` | one line an epoch: durations |
 * | `checkpoints/` | the last states that training can be resumed from, and the best one |
 * | `best.safetensors`, `final.safetensors` | the network at the best validation epoch and at the end |
 * | `continual.json` | of tasks in sequence: the accuracies on all of them, rewritten after each |
 * | `metrics.json` | the summary, written last: a folder without it is a run that did not finish |
 *
 * What is measured with a clock, or said of the machine, stands in `run.json`, `timings.jsonl`, `metrics.json`,
 * `tensorboard/` and the metadata of checkpoints only; all other files hold the same bytes for the same configuration and seed.
 */
export class RunFolder {
  /** When lines were last flushed. */
  private readonly flushed: { history?: number; timings?: number } = {};

  /** Where lines have been added since. */
  private readonly unflushed = new Set<"history" | "timings">();

  private constructor(
    readonly path: string,
    /** What {@link create} made for it, from the top down. */
    private readonly made: readonly string[],
  ) {}

  /** Their names. */
  static readonly files = {
    config: "config.json",
    run: "run.json",
    history: "history.jsonl",
    table: "history.csv",
    tensorBoard: "tensorboard",
    timings: "timings.jsonl",
    checkpoints: "checkpoints",
    best: "best.safetensors",
    final: "final.safetensors",
    metrics: "metrics.json",
    continual: "continual.json",
  } as const;

  /**
   * Makes the folder. Two processes that start at once get two folders.
   *
   * @throws BayesBinnError `ERR_OUTPUT` where `path` is a file or not empty, or the place cannot be written.
   */
  static async create(options: RunFolderOptions): Promise<RunFolder> {
    const { path, made } = options.path === undefined ? await nextFree(options) : await claim(options.path);
    return new RunFolder(path, made);
  }

  /** The folder of a run that has begun. */
  static at(path: string): RunFolder {
    return new RunFolder(path, []);
  }

  /** The path of one of {@link RunFolder.files}. */
  file(name: RunFileName): string {
    return join(this.path, RunFolder.files[name]);
  }

  /** Takes back what was made for a run that did not get as far as its configuration. */
  async discard(): Promise<void> {
    const begun = await access(this.file("config")).then(
      () => true,
      () => false,
    );
    if (begun) return;
    await rm(this.file("run"), { force: true }).catch(() => undefined);
    await removeFolders(this.made);
  }

  /** Writes `config.json`, which must not exist: it is what takes an empty folder for this run. */
  async writeConfig(config: object): Promise<void> {
    await writeNewFileAtomically(this.file("config"), [Buffer.from(pretty(config))]);
  }

  /** Writes a JSON file, in place of the one before, when all lines are on the disk: it may say that they are there. */
  async write(name: "config" | "run" | "metrics" | "continual", value: object): Promise<void> {
    for (const lines of this.unflushed) await this.flush(lines);
    await writeFileAtomically(this.file(name), [Buffer.from(pretty(value))]);
  }

  /**
   * Adds a line to `history.jsonl` or `timings.jsonl`, and flushes it to the disk unless that was done within the last second:
   * epochs of milliseconds would wait for the disk most of the time.
   */
  async append(name: "history" | "timings", record: object): Promise<void> {
    const file = this.file(name);
    const flush = performance.now() - (this.flushed[name] ?? Number.NEGATIVE_INFINITY) >= flushMilliseconds;
    await output(file, () => appendFile(file, jsonLine(record), { flush }));
    if (flush) this.flushed[name] = performance.now();
    if (flush) this.unflushed.delete(name);
    else this.unflushed.add(name);
  }

  private async flush(name: "history" | "timings"): Promise<void> {
    const path = this.file(name);
    await output(path, async () => {
      const file = await open(path, "r+");
      await file.sync().finally(() => file.close());
    });
    this.unflushed.delete(name);
  }

  /** Replaces all lines of `history.jsonl` or `timings.jsonl`. */
  async rewrite(name: "history" | "timings", records: readonly object[]): Promise<void> {
    await writeFileAtomically(this.file(name), [Buffer.from(records.map(jsonLine).join(""))]);
  }

  /** Makes the run one that has not finished. */
  async removeMetrics(): Promise<void> {
    const file = this.file("metrics");
    await output(file, () => rm(file, { force: true }));
  }
}

/** Lines that came sooner after the last flush may be lost with the power of the machine, though not with the process. */
const flushMilliseconds = 1000;

/** What a run folder holds. */
export type RunFileName = keyof typeof RunFolder.files;

interface Claimed {
  readonly path: string;
  readonly made: readonly string[];
}

function nextFree({ root, name, seed }: RunFolderOptions): Promise<Claimed> {
  return nextFreeFolder((n) => `${name}-seed${seed}-${n}`, { root, advice });
}

async function claim(path: string): Promise<Claimed> {
  const made = await output(path, () => makeFolders(path));
  const entries = await output(path, () => readdir(path));
  // A run that was killed before it had a configuration never began.
  const ignored: readonly string[] = [RunFolder.files.run, FolderLock.fileName];
  if (entries.some((name) => !ignored.includes(name) && !isLeftover(name))) {
    throw new BayesBinnError(
      "ERR_OUTPUT",
      `${path}: the folder exists and is not empty; give a new or an empty folder`,
      { path, reason: "not empty" },
    );
  }
  return { path, made };
}

const advice = "give a new or an empty folder that can be written";

function output<T>(path: string, operation: () => Promise<T>): Promise<T> {
  return fileOutput(path, operation, advice);
}

function jsonLine(record: object): string {
  return `${JSON.stringify(record)}\n`;
}

function pretty(value: object): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}
