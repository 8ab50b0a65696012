import { checkAugmentation } from "../augmentation/check-augmentation.js";
import type { Dataset } from "../data/dataset.js";
import type { RunFolder } from "../io/run-folder.js";
import { csvLogger } from "../loggers/csv-logger.js";
import { tensorBoard } from "../loggers/tensor-board.js";
import type { Evaluation } from "../model/evaluate.js";
import type { Callback } from "../training/callback.js";
import type { EpochRecord, History } from "../training/history.js";
import { Trainer } from "../training/trainer.js";
import { createAugmentation, type RunData } from "./assemble.js";
import type { Config } from "./config.js";
import { resultOf, timingOf } from "./run-history.js";
import type { RunOptions, SittingOptions } from "./run-options.js";
import { type RunRecord, withSitting } from "./run-record.js";
import { type RunSummary, startOf, summaryOf, type TestMetrics } from "./run-report.js";
import { trainerSettings } from "./trainer-settings.js";

/** A run whose parts have been found to fit. */
export interface Run {
  readonly config: Config;
  readonly options: SittingOptions;
  readonly data: RunData;
  readonly trainer: Trainer;
  readonly folder: RunFolder;
  /** Whether it is taken up again: its folder has files. */
  readonly resumed: boolean;
  /** As it was before this sitting. */
  readonly record: RunRecord;
  /** The checkpoint to go on from. */
  readonly resumeFrom?: string;
}

/** The trainer of a configuration. */
export function createTrainer(config: Config, data: RunData, options: Pick<RunOptions, "device" | "threads">): Trainer {
  const settings = trainerSettings(config, data.train, options);
  // The fit would say so as well, but in the words of its options.
  const { inputShape, outputShape } = settings.model;
  const { targetShape } = data.train;
  checkAugmentation(createAugmentation(config), { inputShape, outputShape, targetShape }, "augmentation");
  return new Trainer(settings);
}

/** Trains to the end of the run, or on to it, and writes its results. */
export async function trainAndEvaluate(run: Run): Promise<RunSummary> {
  const { config, options, data, trainer, folder } = run;
  const history = await train(run);
  await trainer.model.save(folder.file("final"));
  await trainer.restoreBest();
  await trainer.model.save(folder.file("best"));
  const test = await evaluate(trainer, config, data.test, history, options.signal);
  const summary = summaryOf(config, trainer.description, history, test, folder);
  await folder.write("metrics", summary);
  return summary;
}

async function train(run: Run): Promise<History> {
  const { config, options, data, trainer, folder, record, resumeFrom } = run;
  const { train, validation, test } = data;
  const { signal, callbacks = [] } = options;
  const { testEveryEpoch, stopAfter, checkpoints } = record;
  const recorder: Callback = {
    onTrainBegin: async ({ firstEpoch, earlier }) => {
      // First: whoever finds a configuration finds how it was to be run.
      await folder.write("run", withSitting(record, trainer.description, firstEpoch));
      await prepareFolder(run, earlier);
      await options.onStart?.(startOf(config, data, trainer.description, firstEpoch, record, folder));
    },
    onEpochEnd: async (epoch) => {
      await folder.append("timings", timingOf(epoch));
      await folder.append("history", resultOf(epoch));
    },
  };
  try {
    return await trainer.fit({
      train,
      ...(validation !== undefined && { validation }),
      ...(testEveryEpoch && { test, testEveryEpoch }),
      epochs: config.epochs,
      batchSize: config.batchSize,
      augmentation: createAugmentation(config),
      restoreBest: false,
      callbacks: [recorder, ...logsOf(run), ...callbacks],
      ...(config.earlyStopping !== undefined && { earlyStopping: config.earlyStopping }),
      ...(stopAfter !== undefined && { stopAfter }),
      ...(signal !== undefined && { signal }),
      ...(checkpoints.every > 0 && { checkpoints: { ...checkpoints, folder: folder.file("checkpoints") } }),
      ...(resumeFrom !== undefined && { resumeFrom }),
    });
  } catch (error) {
    // Hours of training are not lost with the last epoch.
    if (signal?.aborted && trainer.hasBest) await trainer.saveBest(folder.file("best"));
    throw error;
  }
}

/** Logs beside the history; where they cannot be written, the run goes on. */
function logsOf({ folder, record, options: { onWarning } }: Run): Callback[] {
  const listener = onWarning === undefined ? {} : { onWarning };
  return [
    csvLogger({ path: folder.file("table"), timings: false, ...listener }),
    ...(record.tensorBoard ? [tensorBoard({ folder: folder.file("tensorBoard"), ...listener })] : []),
  ];
}

/** Brings the files of a run to where its training stands: nothing is in them, or lines beyond its checkpoint may be. */
async function prepareFolder({ folder, config, resumed }: Run, earlier: readonly EpochRecord[]): Promise<void> {
  if (!resumed) {
    await folder.writeConfig(config);
    return;
  }
  await folder.removeMetrics();
  await folder.write("config", config);
  await folder.rewrite("timings", earlier.map(timingOf));
  await folder.rewrite("history", earlier.map(resultOf));
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
  const known = epochs[bestEpoch - 1]?.test;
  // Of pixels, the record of an epoch lacks the scores by class.
  const complete = known !== undefined && known.meanIou === undefined;
  const mode = complete ? known : withoutSamples(await trainer.evaluate(test, abortable));
  const mean = await trainer.evaluate(test, { ...abortable, samples: evaluation.samples });
  return { mode, mean };
}

function withoutSamples({ samples: _, ...metrics }: Evaluation): TestMetrics {
  return metrics;
}
