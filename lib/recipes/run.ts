import { FolderLock } from "../io/folder-lock.js";
import { RunFolder } from "../io/run-folder.js";
import type { DeviceName } from "../native/contract.js";
import type { BayesBinnError } from "../native/errors.js";
import type { Callback } from "../training/callback.js";
import { loadData } from "./assemble.js";
import type { Config } from "./config.js";
import { runRecord } from "./run-record.js";
import type { RunStart, RunSummary } from "./run-report.js";
import { createTrainer, trainAndEvaluate } from "./run-training.js";

/** Who is told how a run goes. */
export interface RunListeners {
  /** The run folder is there and the first step about to begin. */
  readonly onStart?: (start: RunStart) => void | Promise<void>;
  /** Something that does not stop the run. */
  readonly onWarning?: (warning: BayesBinnError) => void;
  readonly callbacks?: readonly Callback[];
}

/** What of a run may change each time it is taken up, since it changes no result. */
export interface SittingOptions extends RunListeners {
  /** Compute threads; default: one for each core. */
  readonly threads?: number;
  /** Stop after so many epochs of the unchanged schedules. Default: at the end, or where a run that did not get so far was to. */
  readonly stopAfter?: number;
  /** Epochs from one checkpoint to the next; 0 for none. Default: 1, or that of the run that is resumed. */
  readonly checkpointEvery?: number;
  /** How many of the last checkpoints stay, beside the best one. Default: 2, or that of the run that is resumed. */
  readonly keepCheckpoints?: number;
  /** Write event files for TensorBoard to the run folder. Default: `false`, or as in the run that is resumed. */
  readonly tensorBoard?: boolean;
  /** Stops the run; what was written stays. */
  readonly signal?: AbortSignal;
}

/** Options of {@link runConfig}: what does not belong to the configuration, since it changes no result. */
export interface RunOptions extends SittingOptions {
  /** Default `auto`. */
  readonly device?: DeviceName;
  /** Evaluate the test set after every epoch, beside the end. */
  readonly testEveryEpoch?: boolean;
  /** The run folder, new or empty; default: the first free `runs/<name>-seed<seed>-<n>`. */
  readonly out?: string;
}

/**
 * Trains what a configuration describes and evaluates it on the test set at the best validation epoch, as the paper
 * does. Everything is written to a run folder, see {@link RunFolder}; a mistake that is found before the first step leaves
 * none. With its checkpoints a run that was stopped, however, can be taken up by `resumeRun`.
 *
 * @example
 * const config = await resolveConfig("mnist-mlp", ["model.hiddenUnits=256"], { epochs: 5 });
 * const { test } = await runConfig(config);
 *
 * @throws what loading, training and writing throw; after an abort the signal's reason, with the history and the best
 *   weights so far in the run folder
 */
export async function runConfig(config: Config, options: RunOptions = {}): Promise<RunSummary> {
  const data = await loadData(config);
  options.signal?.throwIfAborted();
  await using trainer = createTrainer(config, data, options);
  const { name, seed } = config;
  const folder = await RunFolder.create({ name, seed, ...(options.out !== undefined && { path: options.out }) });
  const record = runRecord(options);
  const lock = await FolderLock.take(folder.path);
  try {
    return await trainAndEvaluate({ config, options, data, trainer, folder, record, resumed: false });
  } finally {
    await lock.release();
    await folder.discard();
  }
}
