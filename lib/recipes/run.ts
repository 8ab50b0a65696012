import { FolderLock } from "../io/folder-lock.js";
import { RunFolder } from "../io/run-folder.js";
import { loadData } from "./assemble.js";
import type { Config } from "./config.js";
import { presetNamed } from "./preset.js";
import type { RunOptions } from "./run-options.js";
import { runRecord } from "./run-record.js";
import type { RunSummary } from "./run-report.js";
import { createTrainer, trainAndEvaluate } from "./run-training.js";

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
  const record = runRecord(options, presetNamed(name)?.recipe);
  const lock = await FolderLock.take(folder.path);
  try {
    return await trainAndEvaluate({ config, options, data, trainer, folder, record, resumed: false });
  } finally {
    await lock.release();
    await folder.discard();
  }
}
