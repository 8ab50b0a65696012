import type { Architecture } from "../architectures/architecture.js";
import { architectures } from "../architectures/index.js";
import { type Augmentation, type AugmentationType, makeAugmentation } from "../augmentation/augmentation.js";
import { augmentationTypes } from "../augmentation/index.js";
import type { Dataset } from "../data/dataset.js";
import { datasets } from "../data/index.js";
import type { NamedDataset } from "../data/named-dataset.js";
import { lossTypes } from "../losses/index.js";
import { type Loss, type LossType, makeLoss } from "../losses/loss.js";
import type { Model } from "../model/model.js";
import { optimizerTypes } from "../optimizers/index.js";
import type { Optimizer, OptimizerType } from "../optimizers/optimizer.js";
import type { Schedule } from "../schedules/schedule.js";
import { splitDataset } from "../training/split.js";
import type { Config } from "./config.js";
import { requireOneDataset } from "./continual/continual-config.js";
import { type Choice, chosen } from "./one-of.js";
import { outputsOf } from "./outputs-of.js";

/** The samples of a run. */
export interface RunData {
  readonly train: Dataset;
  /** Absent where none are held back. */
  readonly validation?: Dataset;
  readonly test: Dataset;
}

/**
 * Loads the data set of a configuration and holds back its validation part; the seed says which samples.
 *
 * @throws BayesBinnError `ERR_DATASET_MISSING` or `ERR_DATASET_FORMAT`; `ERR_CONFIG` for a sequence of tasks
 */
export async function loadData(config: Config): Promise<RunData> {
  const { dataset, seed } = config;
  requireOneDataset(config);
  const entries: readonly NamedDataset[] = datasets;
  const { validationFraction = 0, ...choice } = dataset;
  const { entry, options } = chosen(entries, choice as Choice);
  const { train, test } = await entry.load(options);
  if (validationFraction === 0) return { train, test };
  const [rest, validation] = splitDataset(train, { fraction: validationFraction, seed });
  return { train: rest, validation, test };
}

/**
 * The network of a configuration for the samples and targets of `dataset`.
 *
 * @throws BayesBinnError `ERR_CONFIG` for labels of an unknown number of classes, `ERR_SHAPE_MISMATCH`
 */
export function createModel({ model, seed }: Config, dataset: Dataset): Model {
  const entries: readonly Architecture[] = architectures;
  const { entry, options } = chosen(entries, model);
  return entry.build(options, { inputShape: dataset.sampleShape, outputs: outputsOf(dataset), seed });
}

/** The optimizer of a configuration and, where it has one beside it, that of real-valued parameters. */
export function createOptimizers({ optimizer, realOptimizer }: Config): Optimizer[] {
  return [optimizer, ...(realOptimizer === undefined ? [] : [realOptimizer])].map(createOptimizer);
}

function createOptimizer(choice: Choice): Optimizer {
  const entries: readonly OptimizerType[] = optimizerTypes;
  const { entry, options } = chosen(entries.map(named), choice);
  const { schedules, ...rest } = options as { readonly schedules: Readonly<Record<string, Choice | undefined>> };
  return entry.create({ ...rest, schedules: mapPresent(schedules, toSchedule) });
}

/** The loss of a configuration. */
export function createLoss({ loss }: Config): Loss {
  const entries: readonly LossType[] = lossTypes;
  const { entry, options } = chosen(entries.map(named), loss);
  return makeLoss(entry, options);
}

/** The steps of a configuration's augmentation. */
export function createAugmentation({ augmentation }: Config): Augmentation[] {
  const entries: readonly AugmentationType[] = augmentationTypes;
  return augmentation.map((choice) => {
    const { entry, options } = chosen(entries.map(named), choice);
    return makeAugmentation(entry, options);
  });
}

function toSchedule({ name, ...options }: Choice): Schedule {
  return { type: name, options };
}

function named<Entry extends { readonly type: string }>(entry: Entry): Entry & { readonly name: string } {
  return { ...entry, name: entry.type };
}

function mapPresent<From, To>(
  values: Readonly<Record<string, From | undefined>>,
  convert: (value: From) => To,
): Record<string, To> {
  return Object.fromEntries(
    Object.entries(values).flatMap(([key, value]) => (value === undefined ? [] : [[key, convert(value)]])),
  );
}
