import { basename, dirname, join, resolve } from "node:path";

import { removeLeftovers } from "../io/atomic-write.js";
import { FolderLock } from "../io/folder-lock.js";
import { RunFolder } from "../io/run-folder.js";
import { BayesBinnError } from "../native/errors.js";
import { show, showText } from "../options/show.js";
import { CheckpointFolder } from "../training/checkpoint-folder.js";
import { loadData } from "./assemble.js";
import { type Config, checkConfig } from "./config.js";
import { requireOneDataset } from "./continual/continual-config.js";
import { presetNamed } from "./preset.js";
import { historyLength, readRunConfig, readRunEnd, readRunRecord } from "./read-run.js";
import type { SittingOptions } from "./run-options.js";
import { type Machine, machineOf, type RunRecord, runRecord } from "./run-record.js";
import type { RunSummary } from "./run-report.js";
import { createTrainer, trainAndEvaluate } from "./run-training.js";
import { withWholeCheckpoint } from "./whole-checkpoint.js";

/** Options of {@link resumeRun}. */
export interface ResumeOptions extends SittingOptions {
  /** Length of the training and of its schedules from now on; default: that of the run. */
  readonly epochs?: number;
  /** Where the data of the run lie now; default: where they lay. */
  readonly dataFolder?: string;
}

/**
 * Takes up a run where it stopped, whatever stopped it: from its last checkpoint, or from the beginning where it was stopped
 * before its first. On the same build and kind of machine it ends with the same files as if it had never stopped, byte for
 * byte but for durations. Lines of its history beyond the checkpoint are cut.
 *
 * @example await resumeRun("runs/mnist-mlp-seed1-1");
 * @param path the run folder, or one of the checkpoints in it
 * @throws BayesBinnError `ERR_CONFIG` for a folder that is no run, a run that has finished, or one that wrote no checkpoints;
 *   `ERR_BUSY` while another process trains it; `ERR_CHECKPOINT_FORMAT` for a damaged checkpoint, naming one that is whole
 *   where there is one; what `runConfig` throws
 */
export async function resumeRun(path: string, options: ResumeOptions = {}): Promise<RunSummary> {
  const run = runOf(path);
  const config = await resumedConfig(path, options);
  const lock = await FolderLock.take(run);
  try {
    const checkpoint = isCheckpoint(path) ? path : await lastCheckpoint(run);
    return await goOn(run, checkpoint, isCheckpoint(path), config, options);
  } finally {
    await lock.release();
  }
}

/**
 * The configuration with which {@link resumeRun} goes on.
 *
 * @throws BayesBinnError `ERR_CONFIG` for a folder that is no run, and for a run on a sequence of tasks, which has no checkpoints
 */
export async function resumedConfig(
  path: string,
  { epochs, dataFolder }: Pick<ResumeOptions, "epochs" | "dataFolder">,
): Promise<Config> {
  const config = await readRunConfig(runOf(path));
  requireOneDataset(config);
  return checkConfig({
    ...config,
    ...(epochs !== undefined && { epochs }),
    ...(dataFolder !== undefined && { dataset: { ...config.dataset, folder: resolve(dataFolder) } }),
  });
}

async function goOn(
  run: string,
  checkpoint: string | undefined,
  chosen: boolean,
  config: Config,
  options: ResumeOptions,
): Promise<RunSummary> {
  const known = await readRunRecord(run);
  const end = await readRunEnd(run);
  const record = runRecord(options, presetNamed(config.name)?.recipe, known, end !== undefined);
  if (end !== undefined && !chosen) requireMore(run, end, Math.min(config.epochs, record.stopAfter ?? config.epochs));
  if (checkpoint === undefined) await requireBeginning(run, known, options);
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
    throw await withWholeCheckpoint(error, checkpoints(run), checkpoint);
  }
}

const isCheckpoint = (path: string) => path.endsWith(".safetensors");

const checkpoints = (run: string) => new CheckpointFolder(join(run, RunFolder.files.checkpoints));

/** The run folder that a path means: itself, or that of a checkpoint. */
function runOf(path: string): string {
  if (!isCheckpoint(path)) return path;
  if (basename(dirname(resolve(path))) === RunFolder.files.checkpoints) return join(dirname(path), "..");
  const accepted = `a run folder, or a file in its ${RunFolder.files.checkpoints}/`;
  throw new BayesBinnError("ERR_CONFIG", `${showText(path)}: no checkpoint in a run folder; accepted: ${accepted}`, {
    path,
    accepted,
  });
}

async function lastCheckpoint(run: string): Promise<string | undefined> {
  const folder = checkpoints(run);
  const [last] = await folder.epochs();
  return last === undefined ? undefined : folder.file(last);
}

/** A run that has come to its end goes on only where there is more to train. */
function requireMore(
  run: string,
  { epochs, stopped }: { readonly epochs: number; readonly stopped?: "early" | "stopAfter" | undefined },
  wanted: number,
): void {
  if (stopped !== "early" && wanted > epochs) return;
  const ended =
    stopped === "early"
      ? `early stopping ended the run after ${epochs} epochs`
      : `the run has finished its ${epochs} epochs`;
  const accepted = stopped === "early" ? "one of its checkpoints" : `more than ${epochs} epochs`;
  const message = `${showText(run)}: ${ended}; accepted: ${accepted}`;
  throw new BayesBinnError("ERR_CONFIG", message, { path: run, value: wanted, accepted });
}

/** Without a checkpoint a run begins anew, which nobody wants who trained for longer than it takes to get one. */
async function requireBeginning(run: string, record: RunRecord | undefined, options: ResumeOptions): Promise<void> {
  const lines = await historyLength(run);
  const every = record?.checkpoints.every ?? 1;
  // The epoch after one that is due may have ended while its checkpoint was being written, and the next is waited for.
  if (lines > 2 * every) {
    const accepted = "a run with checkpoints, or a new run";
    const message = `${showText(run)}: no checkpoint to go on from, although ${lines} epochs were trained; accepted: ${accepted}`;
    throw new BayesBinnError("ERR_CONFIG", message, { path: run, accepted });
  }
  if (lines === 0) return;
  const message = `${showText(run)}: stopped before its first checkpoint, so that it begins anew`;
  options.onWarning?.(new BayesBinnError("ERR_CHECKPOINT_MISMATCH", message, { path: run }));
}

/** What bits depend on: where it differs, roundings differ from then on. */
const computing = ["package", "node", "platform", "cpu", "compiler", "device", "instructionSet", "blas"] as const;

function machineWarning(run: string, { sittings }: RunRecord, now: Machine): BayesBinnError | undefined {
  const last = sittings.at(-1)?.machine;
  const key = last && computing.find((name) => last[name] !== now[name]);
  if (last === undefined || key === undefined) return undefined;
  const change = `last computed with ${key} ${show(last[key])}, now with ${show(now[key])}`;
  const message = `${showText(run)}: ${change}, so that the last bits may differ`;
  return new BayesBinnError("ERR_CHECKPOINT_MISMATCH", message, { path: key, value: now[key], accepted: last[key] });
}
