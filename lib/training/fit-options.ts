import { z } from "zod";

import { augmentationSchema, defaultAugmentation } from "../augmentation/augmentation-schema.js";
import { checkAugmentation } from "../augmentation/check-augmentation.js";
import type { Loss } from "../losses/loss.js";
import { lossTypeOf } from "../losses/loss-type-of.js";
import { checkDataset, datasetSchema, type Network } from "../model/check-dataset.js";
import type { Host } from "../model/host.js";
import { checkMeasured } from "../model/measure.js";
import { checkBatchSize, signalSchema } from "../model/weight-choice.js";
import { BayesBinnError } from "../native/errors.js";
import { checkOptions, outOfRange, unknownOption } from "../options/check.js";
import { type Callback, callbackNames } from "./callback.js";
import { checkpointOptions } from "./checkpoint-options.js";
import { earlyStoppingOptions } from "./early-stopping.js";

const callbackSchema = z.custom<Callback>(
  (value) => typeof value === "object" && value !== null,
  "an object with onTrainBegin, onEpochBegin, onBatchEnd, onEpochEnd or onTrainEnd",
);

/** Options of `fit`. */
export const fitOptions = z.strictObject({
  train: datasetSchema.describe("Samples to train on"),
  validation: datasetSchema.optional().describe("Samples that choose the best epoch"),
  test: datasetSchema.optional().describe("Samples that only report"),
  epochs: z.int().min(1).describe("Passes over the training samples; the length of the schedules"),
  stopAfter: z.int().min(1).optional().describe("Stop after so many epochs of the unchanged schedules"),
  batchSize: z.int().min(1).default(100).describe("Samples a step; the last step of an epoch takes what is left"),
  shuffle: z.boolean().default(true).describe("Whether each epoch has an order of its own, drawn from the seed"),
  augmentation: z
    .array(augmentationSchema)
    .readonly()
    .default(defaultAugmentation)
    .describe("Random changes of the training images, step by step, drawn from the seed for each sample and epoch"),
  testEveryEpoch: z.boolean().default(false).describe("Whether the test data are evaluated after every epoch"),
  evaluationBatchSize: z
    .int()
    .min(1)
    .optional()
    .describe("Samples computed at once in evaluations; default: the trainer's maxBatch"),
  earlyStopping: earlyStoppingOptions.optional().describe("Stop when nothing improves any more; default: never"),
  restoreBest: z
    .boolean()
    .optional()
    .describe("Whether the fit ends with the weights of the best epoch; default: where validation data are given"),
  checkpoints: checkpointOptions.optional().describe("Write checkpoints to resume from; default: none"),
  resumeFrom: z.string().min(1).optional().describe("Path of the checkpoint to go on from; default: begin anew"),
  callbacks: z.array(callbackSchema).readonly().default([]).describe("Functions to call in between, in this order"),
  signal: signalSchema.optional().describe("Stops the fit, which then rejects with the signal's reason"),
});

export type FitOptions = z.input<typeof fitOptions>;

/** Options of a fit that fit the network and each other. */
export type FitPlan = z.output<typeof fitOptions> & {
  readonly evaluationBatchSize: number;
  readonly restoreBest: boolean;
};

/**
 * Checks options of a fit against each other, the network and its loss.
 *
 * @throws BayesBinnError `ERR_OPTION_*`, `ERR_SHAPE_MISMATCH`
 */
export function planFit(given: FitOptions, network: Network, { loss, maxBatch }: Host): FitPlan {
  const options = checkOptions(fitOptions, given, "fit");
  options.callbacks.forEach((callback, index) => {
    checkCallback(callback, `fit.callbacks[${index}]`, callbackNames);
  });
  checkDataset(network, loss, options.train, "fit.train");
  for (const part of ["validation", "test"] as const) {
    const dataset = options[part];
    if (dataset !== undefined) checkMeasured(network, loss, dataset, `fit.${part}`);
  }
  checkStates(options.callbacks);
  const { inputShape, outputShape } = network;
  const { targetShape } = options.train;
  checkAugmentation(options.augmentation, { inputShape, outputShape, targetShape }, "fit.augmentation");
  if (options.augmentation.length > 0 && options.train.permutation !== undefined) {
    const accepted = `no steps where features are permuted, as those of ${options.train.name} are`;
    throw outOfRange("fit.augmentation", options.augmentation, accepted);
  }
  checkBatchSize("fit.batchSize", options.batchSize, maxBatch);
  const evaluationBatchSize = checkBatchSize("fit.evaluationBatchSize", options.evaluationBatchSize, maxBatch);
  checkCompany(options, loss);
  return { ...options, evaluationBatchSize, restoreBest: options.restoreBest ?? options.validation !== undefined };
}

/** A misspelt name would never be called. Only names that begin with `on` are held to the list: callbacks may have state. */
export function checkCallback(callback: object, path: string, names: readonly string[]): void {
  for (let object: object = callback; object !== Object.prototype && object !== null; ) {
    const wrong = Object.getOwnPropertyNames(object).find((key) => /^on[A-Z]/.test(key) && !names.includes(key));
    if (wrong !== undefined) throw unknownOption(`${path}.${wrong}`, wrong, Reflect.get(callback, wrong), names);
    object = Object.getPrototypeOf(object);
  }
}

/** States in a checkpoint have names of their own. */
function checkStates(callbacks: readonly Callback[]): void {
  const names = new Set<string | undefined>([undefined, ""]);
  callbacks.forEach(({ name, getState }, index) => {
    if (getState === undefined) return;
    if (names.has(name)) {
      throw outOfRange(`fit.callbacks[${index}].name`, name, "a name that no other callback with a state has");
    }
    names.add(name);
  });
}

/** Options that need another one. */
function checkCompany(options: z.output<typeof fitOptions>, loss: Loss): void {
  const { validation, test, testEveryEpoch, restoreBest, earlyStopping } = options;
  if (testEveryEpoch && test === undefined) throw lacking("testEveryEpoch", true, "test");
  if (restoreBest && validation === undefined) throw lacking("restoreBest", true, "validation");
  if (earlyStopping === undefined) return;
  const { monitor } = earlyStopping;
  if (monitor.startsWith("validation") && validation === undefined) {
    throw lacking("earlyStopping.monitor", monitor, "validation");
  }
  if (monitor.endsWith("accuracy") && !lossTypeOf(loss).accuracy) {
    throw lacking("earlyStopping.monitor", monitor, "a loss with an accuracy", `${loss.type} has none`);
  }
}

function lacking(option: string, value: unknown, needed: string, reason = "it is missing"): BayesBinnError {
  const path = `fit.${option}`;
  return new BayesBinnError("ERR_OPTION_RANGE", `${path}: ${String(value)} needs ${needed}, but ${reason}`, {
    path,
    value,
    accepted: needed,
  });
}
