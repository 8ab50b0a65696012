import { taskSequences } from "../../data/tasks/index.js";
import type { Task, TaskSequence } from "../../data/tasks/task-sequence.js";
import { FolderLock } from "../../io/folder-lock.js";
import { RunFolder } from "../../io/run-folder.js";
import { BayesBinnError } from "../../native/errors.js";
import { show } from "../../options/show.js";
import type { ContinualHistory } from "../../training/continual/continual-history.js";
import type { ContinualCallback } from "../../training/continual/continual-options.js";
import { ContinualTrainer } from "../../training/continual/continual-trainer.js";
import type { Config } from "../config.js";
import { chosen } from "../one-of.js";
import { resultOf, timingOf } from "../run-history.js";
import type { RunOptions } from "../run-options.js";
import { runRecord, withSitting } from "../run-record.js";
import { startOf } from "../run-report.js";
import { trainerSettings } from "../trainer-settings.js";
import { type ContinualConfig, isContinual } from "./continual-config.js";
import { type ContinualSummary, continualSummary } from "./continual-summary.js";

/** Options of {@link runContinual}: those of other runs, but for what needs checkpoints or a single test set. */
export interface ContinualRunOptions
  extends Pick<RunOptions, "device" | "threads" | "out" | "signal" | "onStart" | "onWarning" | "callbacks"> {
  /** Functions to call when a task begins and ends, and after evaluations. Default: none. */
  readonly continualCallback?: ContinualCallback;
}

/**
 * Trains on the tasks of a configuration one after the other. The run folder has, beside the files of other runs,
 * `continual.json`: the accuracies on all tasks in the course of training, and what follows from them, rewritten after each
 * task. There are no checkpoints: a run that was stopped begins anew.
 *
 * @example
 * const config = await resolveConfig("permuted-mnist", [], { epochs: 8 });
 * const { averageAccuracy } = await runContinual(config);
 *
 * @throws BayesBinnError `ERR_CONFIG` for a configuration without tasks; what loading, training and writing throw; after an
 *   abort the signal's reason, with what was found so far in the run folder
 */
export async function runContinual(config: Config, options: ContinualRunOptions = {}): Promise<ContinualSummary> {
  if (!isContinual(config)) {
    throw new BayesBinnError("ERR_CONFIG", `dataset.name: ${show(config.dataset.name)} is no sequence of tasks`, {
      path: "dataset.name",
      value: config.dataset.name,
      accepted: taskSequences.map(({ name }) => name),
    });
  }
  const tasks = await loadTasks(config);
  options.signal?.throwIfAborted();
  await using trainer = createTrainer(config, tasks, options);
  const { name, seed } = config;
  const folder = await RunFolder.create({ name, seed, ...(options.out !== undefined && { path: options.out }) });
  const lock = await FolderLock.take(folder.path);
  try {
    return await train(config, tasks, trainer, folder, options);
  } finally {
    await lock.release();
    await folder.discard();
  }
}

/**
 * The tasks of a configuration.
 *
 * @throws BayesBinnError `ERR_DATASET_MISSING` or `ERR_DATASET_FORMAT`
 */
export function loadTasks({ dataset }: ContinualConfig): Promise<Task[]> {
  const entries: readonly TaskSequence[] = taskSequences;
  const { entry, options } = chosen(entries, dataset);
  return entry.load(options);
}

function createTrainer(
  config: ContinualConfig,
  tasks: readonly Task[],
  options: ContinualRunOptions,
): ContinualTrainer {
  const { prior, batchNorm, reestimationSamples } = config.continual;
  const settings = trainerSettings(config, tasks[0]!.train, options);
  return new ContinualTrainer({ ...settings, prior, batchNorm, reestimationSamples });
}

async function train(
  config: ContinualConfig,
  tasks: readonly Task[],
  trainer: ContinualTrainer,
  folder: RunFolder,
  options: ContinualRunOptions,
): Promise<ContinualSummary> {
  const { signal, callbacks = [], continualCallback = {} } = options;
  const { evaluations, finalSamples } = config.continual;
  const { description } = trainer;
  const record = { ...runRecord(options, undefined), checkpoints: { every: 0, keep: 1 } };
  await folder.write("run", withSitting(record, description, 1));
  await folder.writeConfig(config);
  await options.onStart?.(startOf(config, tasks[0]!, description, 1, record, folder));
  let task = 0;
  const history = await trainer.fit({
    tasks,
    epochs: config.epochs,
    batchSize: config.batchSize,
    evaluations,
    samples: config.evaluation.samples,
    ...(finalSamples !== undefined && { finalSamples }),
    callbacks: [
      {
        onEpochEnd: async (epoch) => {
          await folder.append("timings", { task, ...timingOf(epoch) });
          await folder.append("history", { task, ...resultOf(epoch) });
        },
      },
      ...callbacks,
    ],
    continualCallback: {
      ...continualCallback,
      onTaskBegin: async (number, name) => {
        task = number;
        await continualCallback.onTaskBegin?.(number, name);
      },
      onTaskEnd: async (soFar) => {
        await folder.write("continual", withoutEpochs(soFar));
        await continualCallback.onTaskEnd?.(soFar);
      },
    },
    ...(signal !== undefined && { signal }),
  });
  await trainer.model.save(folder.file("final"));
  const summary = continualSummary(config, description, history, folder);
  await folder.write("metrics", summary);
  return summary;
}

/** The epochs stand in `history.jsonl`, and durations in `metrics.json`. */
function withoutEpochs({ epochs: _, seconds: __, ...history }: ContinualHistory): object {
  return history;
}
