import { z } from "zod";

import { architectures } from "../architectures/index.js";
import { defaultAugmentation } from "../augmentation/augmentation-schema.js";
import { augmentationTypes } from "../augmentation/index.js";
import { datasets } from "../data/index.js";
import { taskSequences } from "../data/tasks/index.js";
import { lossTypes } from "../losses/index.js";
import { deviceOptions } from "../model/host.js";
import { optimizerTypes } from "../optimizers/index.js";
import type { OptimizerType } from "../optimizers/optimizer.js";
import { checkOptions } from "../options/check.js";
import { scheduleTypes } from "../schedules/index.js";
import { continualSettings, evaluationSettings } from "../training/continual/continual-options.js";
import { fitOptions } from "../training/fit-options.js";
import { checkOptimizers, optimizersFor } from "./check-optimizers.js";
import { checkContinual } from "./continual/check-continual.js";
import { type Candidate, type Choice, oneOf } from "./one-of.js";

/** `type` of a list entry as the `name` of a configuration. */
const named = (types: readonly { readonly type: string; readonly options: z.ZodObject }[]): Candidate[] =>
  types.map(({ type, options }) => ({ name: type, options }));

const schedule = oneOf(named(scheduleTypes));

/** Optimizers as configurations have them: schedules by name, with their options beside the name. */
const scheduled = (types: readonly OptimizerType[]): Candidate[] =>
  named(types).map(({ name, options }) => {
    const schedules = z
      .strictObject(Object.fromEntries(schedulable(options).map((key) => [key, schedule.optional()])))
      .prefault({})
      .describe("Schedules of hyperparameters; a hyperparameter without one keeps its value");
    return { name, options: z.strictObject({ ...options.shape, schedules }) };
  });

/** Names of the hyperparameters that may have a schedule, read off the optimizer's own schema. */
function schedulable(options: z.ZodObject): string[] {
  const schedules = options.shape.schedules;
  const object = schedules instanceof z.ZodDefault ? schedules.unwrap() : schedules;
  return object instanceof z.ZodObject ? Object.keys(object.shape) : [];
}

/** Keys of every data set but the sequences of tasks. */
const anyDataset = {
  validationFraction: z
    .number()
    .min(0)
    .lt(1)
    .default(0.1)
    .describe("Share of the training samples that is held back for validation, drawn by the seed; 0 for none"),
};

const dataset = oneOf([
  ...datasets.map(({ name, description, options }) => ({ name, description, options: options.extend(anyDataset) })),
  ...taskSequences,
]);

/** Keys of a part that another choice of it keeps, by the path of the part. */
export const commonKeys: Readonly<Record<string, readonly string[]>> = {
  dataset: Object.keys(anyDataset),
  // Every architecture has it, and the optimizer depends on it.
  model: ["weights"],
};

interface DatasetChoice extends Choice {
  /** Absent for sequences of tasks. */
  readonly validationFraction?: number;
}

/** What sequences of tasks need beside the rest. */
const continual = z.strictObject({
  ...continualSettings,
  evaluations: evaluationSettings.evaluations,
  finalSamples: evaluationSettings.finalSamples,
});

/**
 * A training run as data. There is this one schema: it checks files, `--set` and scripts, holds or takes over every
 * default, and is where `bayesbinn schema` comes from. Data sets, models, optimizers, losses and schedules come
 * from their lists, so that a new one needs no change here.
 */
export const configSchema = z
  .strictObject({
    $schema: z.string().optional().describe("For editors; ignored"),
    name: z
      .string()
      .regex(
        /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/,
        "1 to 100 letters, digits, dots, _ and - that begin with a letter or digit",
      )
      .describe("Name of the run; part of the name of its folder"),
    dataset: dataset as z.ZodType<DatasetChoice, Choice>,
    model: oneOf(architectures),
    optimizer: oneOf(scheduled(optimizerTypes)),
    realOptimizer: oneOf(scheduled(optimizersFor("real")))
      .optional()
      .describe(
        "Optimizer of real-valued parameters beside the binary ones of `optimizer`, where the model has both. Default: none",
      ),
    loss: oneOf(named(lossTypes)).prefault({ name: "softmaxCrossEntropy" }),
    epochs: fitOptions.shape.epochs,
    batchSize: fitOptions.shape.batchSize,
    augmentation: z
      .array(oneOf(named(augmentationTypes)))
      .meta({ accepted: 'a list of steps such as [{"name":"randomFlip"}]' })
      .default([...defaultAugmentation])
      .describe("Random changes of the training images, in this order; images [channels, rows, columns] only"),
    earlyStopping: fitOptions.shape.earlyStopping,
    seed: z
      .int()
      .min(0)
      .default(1)
      .describe("Seed of everything that is random: weights, split, order, noise, dropout, augmentation"),
    evaluation: z
      .strictObject({
        samples: z.int().min(1).default(10).describe("Weight samples whose predictions the mean averages"),
      })
      .prefault({}),
    cuda: deviceOptions.cuda,
    continual: continual
      .optional()
      .describe("How the tasks of a sequence follow each other; the data set has to be one. Default: its own defaults"),
  })
  .meta({ title: "bayesbinn configuration" });

/** As written: what has a default can be left out. */
export type ConfigInput = z.input<typeof configSchema>;

/** Complete: what a run was made with, and what its `config.json` holds. */
export type Config = Omit<z.output<typeof configSchema>, "$schema">;

/**
 * Checks a configuration and fills in its defaults. A complete configuration passes unchanged.
 *
 * @throws BayesBinnError `ERR_OPTION_UNKNOWN`, `ERR_OPTION_TYPE` or `ERR_OPTION_RANGE` with the path of the key; `ERR_CONFIG`
 *   for keys that a sequence of tasks has no use for, or needs one, and for two optimizers of real-valued parameters
 */
export function checkConfig(input: unknown): Config {
  const { $schema: _, ...config } = checkOptions(configSchema, input);
  checkOptimizers(config);
  return checkContinual(config, () => continual.parse({}));
}

/** The JSON Schema (draft 2020-12) of what {@link checkConfig} takes. */
export function configJsonSchema(): object {
  return z.toJSONSchema(configSchema, { io: "input" });
}
