import { dirname, join } from "node:path";

import { removeLeftovers } from "../io/atomic-write.js";
import { RunFolder } from "../io/run-folder.js";
import { BayesBinnError } from "../native/errors.js";
import { firstDifference } from "../options/first-difference.js";
import { show, showText } from "../options/show.js";
import { readCheckpointFile } from "../training/checkpoint-file.js";
import { CheckpointFolder } from "../training/checkpoint-folder.js";
import { loadData } from "./assemble.js";
import { type Config, checkConfig } from "./config.js";
import { finishedEpochs, readRunConfig, readRunRecord } from "./read-run.js";
import type { SittingOptions } from "./run.js";
import { machineOf, type RunRecord, runRecord } from "./run-record.js";
import type { RunSummary } from "./run-report.js";
import { createTrainer, trainAndEvaluate } from "./run-training.js";

/** Options of {@link resumeRun}. */
export interface ResumeOptions extends SittingOptions {
  /** Length of the training and of its schedules from now on; default: that of the run. */
  readonly epochs?: number;
  /** Where the data of the run lie now; default: where they lay. */
  readonly dataFolder?: string;
}

/**
 * Takes up a run where it stopped, whatever stopped it: from its last checkpoint, or from the beginning where it has none
 * yet. On the same build and kind of machine it ends with the same files as if it had never stopped, byte for byte but for
 * durations. Lines of its history beyond the checkpoint are cut.
 *
 * @example await resumeRun("runs/mnist-mlp-seed1-1");
 * @param path the run folder, or one of the checkpoints in it
 * @throws BayesBinnError `ERR_CONFIG` for a folder that is no run, or a run that has finished; `ERR_CHECKPOINT_FORMAT` for a
 *   damaged checkpoint, naming the one before where that is whole; what `runConfig` throws
 */
export async function resumeRun(path: string, options: ResumeOptions = {}): Promise<RunSummary> {
  const { run, checkpoint } = await locate(path);
  const config = await resumedConfig(path, options.epochs);
  await requireUnfinished(run, config, options);
  const known = await readRunRecord(run);
  const record = runRecord(options, known);
  const data = await loadData(config);
  options.signal?.throwIfAborted();
  await using trainer = createTrainer(config, data, { ...options, device: record.device });
  const warning = machineWarning(run, record, machineOf(trainer.description));
  if (warning !== undefined) options.onWarning?.(warning);
  await removeLeftovers(run);
  const going = { config, options, data, trainer, folder: RunFolder.at(run), record, resumed: true };
  try {
    return await trainAndEvaluate({ ...going, ...(checkpoint !== undefined && { resumeFrom: checkpoint }) });
  } catch (error) {
    throw await withWayOut(error, run, checkpoint);
  }
}

/**
 * The configuration with which {@link resumeRun} goes on.
 *
 * @throws BayesBinnError `ERR_CONFIG` for a folder that is no run
 */
export async function resumedConfig(path: string, epochs?: number): Promise<Config> {
  const config = await readRunConfig((await locate(path)).run);
  return epochs === undefined ? config : checkConfig({ ...config, epochs });
}

async function locate(path: string): Promise<{ readonly run: string; readonly checkpoint: string | undefined }> {
  if (path.endsWith(".safetensors")) return { run: dirname(dirname(path)), checkpoint: path };
  const folder = new CheckpointFolder(join(path, RunFolder.files.checkpoints));
  const [last] = await folder.epochs();
  return { run: path, checkpoint: last === undefined ? undefined : folder.file(last) };
}

async function requireUnfinished(
  run: string,
  { epochs }: Config,
  { stopAfter = epochs }: ResumeOptions,
): Promise<void> {
  const finished = await finishedEpochs(run);
  if (finished === undefined || Math.min(epochs, stopAfter) > finished) return;
  const accepted = `more than ${finished} epochs`;
  const message = `${showText(run)}: the run has finished its ${finished} epochs; accepted: ${accepted}`;
  throw new BayesBinnError("ERR_CONFIG", message, { path: run, value: Math.min(epochs, stopAfter), accepted });
}

/** Where another machine or build goes on, roundings differ from then on. */
function machineWarning(run: string, { sittings }: RunRecord, now: object): BayesBinnError | undefined {
  const last = sittings.at(-1);
  const difference = last === undefined ? undefined : firstDifference(last.machine, now);
  if (difference === undefined) return undefined;
  const { path: key, one, other } = difference;
  const message = `${showText(run)}: begun with ${key} ${show(one)} and resumed with ${show(other)}, so that the last bits may differ`;
  return new BayesBinnError("ERR_CHECKPOINT_MISMATCH", message, { path: key, value: other, accepted: one });
}

/** The error of a damaged checkpoint, with the one before it where that is whole. */
async function withWayOut(error: unknown, run: string, damaged: string | undefined): Promise<unknown> {
  const isDamage = error instanceof BayesBinnError && error.code === "ERR_CHECKPOINT_FORMAT";
  if (!isDamage || error.details["path"] !== damaged) return error;
  const folder = new CheckpointFolder(join(run, RunFolder.files.checkpoints));
  for (const file of (await folder.epochs()).map((epoch) => folder.file(epoch))) {
    if (file === damaged) continue;
    const whole = await readCheckpointFile(file).then(
      () => true,
      () => false,
    );
    if (!whole) continue;
    const message = `${error.message}; the one before is whole: resume from ${showText(file)}`;
    return new BayesBinnError(error.code, message, { ...error.details, whole: file }, { cause: error });
  }
  return error;
}
