import { checkAugmentation } from "../augmentation/check-augmentation.js";
import type { Dataset } from "../data/dataset.js";
import { RunFolder } from "../io/run-folder.js";
import type { Metrics } from "../model/metrics.js";
import type { DeviceName } from "../native/contract.js";
import type { Callback } from "../training/callback.js";
import type { EpochRecord, History } from "../training/history.js";
import { Trainer } from "../training/trainer.js";
import { createAugmentation, createLoss, createModel, createOptimizer, loadData, type RunData } from "./assemble.js";
import type { Config } from "./config.js";
import { evaluationBatch } from "./evaluation-batch.js";
import { type RunStart, type RunSummary, startOf, summaryOf } from "./run-report.js";

/** Who is told how a run goes. */
export interface RunListeners {
  /** The run folder is there and the first step about to begin. */
  readonly onStart?: (start: RunStart) => void | Promise<void>;
  readonly callbacks?: readonly Callback[];
}

/** Options of {@link runConfig}: what does not belong to the configuration, since it changes no result. */
export interface RunOptions extends RunListeners {
  /** Default `auto`. */
  readonly device?: DeviceName;
  /** Compute threads; default: one for each core. */
  readonly threads?: number;
  /** Stop after so many epochs of the unchanged schedules. */
  readonly stopAfter?: number;
  /** Evaluate the test set after every epoch, beside the end. */
  readonly testEveryEpoch?: boolean;
  /** The run folder, new or empty; default: the first free `runs/<name>-seed<seed>-<n>`. */
  readonly out?: string;
  /** Stops the run; what was written stays. */
  readonly signal?: AbortSignal;
}

/**
 * Trains what a configuration describes and evaluates it on the test set at the best validation epoch, as the paper
 * does. Everything is written to a run folder, see {@link RunFolder}; it is made when data, network and options have been
 * found to fit, so that a mistake leaves none.
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
  const { folder, history } = await train(trainer, config, data, options);
  await trainer.model.save(folder.file("final"));
  await trainer.restoreBest();
  await trainer.model.save(folder.file("best"));
  const test = await evaluate(trainer, config, data.test, history, options.signal);
  const summary = summaryOf(config, trainer.description, history, test, folder);
  await folder.writeMetrics(summary);
  return summary;
}

function createTrainer(config: Config, data: RunData, { device, threads }: RunOptions): Trainer {
  const model = createModel(config, data.train);
  // The fit would say so as well, but in the words of its options.
  checkAugmentation(createAugmentation(config), model, "augmentation");
  return new Trainer({
    model,
    optimizer: createOptimizer(config),
    loss: createLoss(config),
    seed: config.seed,
    maxBatch: Math.max(config.batchSize, evaluationBatch(model)),
    ...(device !== undefined && { device }),
    ...(threads !== undefined && { threads }),
  });
}

async function train(
  trainer: Trainer,
  config: Config,
  data: RunData,
  options: RunOptions,
): Promise<{ readonly folder: RunFolder; readonly history: History }> {
  const { train, validation, test } = data;
  const { stopAfter, testEveryEpoch = false, signal, callbacks = [] } = options;
  let folder: RunFolder | undefined;
  const recorder: Callback = {
    onTrainBegin: async () => {
      folder = await createFolder(config, options);
      await options.onStart?.(startOf(config, data, trainer.description, stopAfter, folder));
    },
    onEpochEnd: (record) => writeEpoch(folder!, record),
  };
  try {
    const history = await trainer.fit({
      train,
      ...(validation !== undefined && { validation }),
      ...(testEveryEpoch && { test, testEveryEpoch }),
      epochs: config.epochs,
      batchSize: config.batchSize,
      augmentation: createAugmentation(config),
      restoreBest: false,
      callbacks: [recorder, ...callbacks],
      ...(config.earlyStopping !== undefined && { earlyStopping: config.earlyStopping }),
      ...(stopAfter !== undefined && { stopAfter }),
      ...(signal !== undefined && { signal }),
    });
    return { folder: folder!, history };
  } catch (error) {
    // Hours of training are not lost with the last epoch.
    const keep = signal?.aborted && trainer.hasBest;
    if (keep && folder !== undefined) await trainer.saveBest(folder.file("best"));
    throw error;
  }
}

async function createFolder(config: Config, { out }: RunOptions): Promise<RunFolder> {
  const { name, seed } = config;
  const folder = await RunFolder.create({ name, seed, ...(out !== undefined && { path: out }) });
  await folder.writeConfig(config);
  return folder;
}

/** What the seed decides goes to the history, what the clock says to the timings. */
async function writeEpoch(folder: RunFolder, { seconds, stepsPerSecond, ...record }: EpochRecord): Promise<void> {
  await folder.append("history", record);
  await folder.append("timings", { epoch: record.epoch, seconds, stepsPerSecond });
}

/** The test set with the weights of the best epoch, which the trainer has now. */
async function evaluate(
  trainer: Trainer,
  { evaluation }: Config,
  test: Dataset,
  { epochs, bestEpoch }: History,
  signal: AbortSignal | undefined,
): Promise<RunSummary["test"]> {
  const abortable = signal === undefined ? {} : { signal };
  const mode = epochs[bestEpoch - 1]?.test ?? withoutSamples(await trainer.evaluate(test, abortable));
  const mean = await trainer.evaluate(test, { ...abortable, samples: evaluation.samples });
  return { mode, mean };
}

function withoutSamples({ samples: _, ...metrics }: Metrics & { readonly samples: number }): Metrics {
  return metrics;
}
