import { z } from "zod";

import { datasetSchema } from "../../model/check-dataset.js";
import { evaluateOptions } from "../../model/evaluate.js";
import { fitOptions } from "../fit-options.js";
import { trainerOptions } from "../trainer.js";
import { batchNormPolicyNames } from "./batch-norm-policy.js";
import type { ContinualHistory, TaskEvaluation } from "./continual-history.js";

/** Which prior a task is trained with. */
export const priorModes = ["previous", "first", "none"] as const;

/** What of continual learning a configuration says as well. */
export const continualSettings = {
  prior: z
    .enum(priorModes)
    .default("previous")
    .describe(
      'Prior of a task: the posterior of the task before ("previous") or of the first task ("first"), or that of the optimizer, priorLambda, for every task ("none")',
    ),
  batchNorm: z
    .enum(batchNormPolicyNames)
    .default("shared")
    .describe(
      'Batch-norm statistics of an evaluation: those of training so far ("shared"), those at the end of the evaluated task\'s training ("task"), or gathered anew from its training samples ("reestimated")',
    ),
  reestimationSamples: z
    .int()
    .min(1)
    .default(5000)
    .describe(
      'Training samples of a task that "reestimated" statistics are gathered from; others have no use for them',
    ),
};

/** Options of a {@link ContinualTrainer}. */
export const continualTrainerOptions = trainerOptions.extend(continualSettings);

export type ContinualTrainerOptions = z.input<typeof continualTrainerOptions>;

const taskSchema = z.strictObject({
  name: z.string().min(1),
  train: datasetSchema,
  test: datasetSchema,
});

/** How the course of continual learning is measured. */
export const evaluationSettings = {
  evaluations: z.int().min(1).default(1).describe("Evaluations of all tasks while a task is trained, its end included"),
  samples: evaluateOptions.shape.samples
    .removeDefault()
    .default(10)
    .describe("Draws of the posterior whose predictions an evaluation averages; 0 for the mode"),
  finalSamples: evaluateOptions.shape.samples
    .removeDefault()
    .optional()
    .describe("The same for the evaluation at the end of each task; default: samples"),
};

/** Functions that a continual fit calls beside those of each task's fit. */
export interface ContinualCallback {
  /** Before the first step of a task, which counts from 1. */
  readonly onTaskBegin?: (task: number, name: string) => void | Promise<void>;
  /** After each evaluation of all tasks. */
  readonly onEvaluation?: (evaluation: TaskEvaluation) => void | Promise<void>;
  /** After each task, with what the fit has done so far. */
  readonly onTaskEnd?: (history: ContinualHistory) => void | Promise<void>;
}

/** Functions of a {@link ContinualCallback}. */
export const continualCallbackNames = [
  "onTaskBegin",
  "onEvaluation",
  "onTaskEnd",
] as const satisfies readonly (keyof ContinualCallback)[];

/** Options of the fit of a {@link ContinualTrainer}. */
export const continualFitOptions = z.strictObject({
  tasks: z.array(taskSchema).min(1).readonly().describe("Tasks, in the order of training"),
  epochs: fitOptions.shape.epochs.describe(
    "Passes over the training samples of each task; the length of the schedules",
  ),
  batchSize: fitOptions.shape.batchSize,
  shuffle: fitOptions.shape.shuffle,
  ...evaluationSettings,
  evaluationBatchSize: fitOptions.shape.evaluationBatchSize,
  callbacks: fitOptions.shape.callbacks.describe("Callbacks of each task's fit, as a Trainer has them"),
  continualCallback: z
    .custom<ContinualCallback>((value) => typeof value === "object" && value !== null, "an object of functions")
    .default({})
    .describe("Functions to call when a task begins and ends, and after evaluations"),
  signal: fitOptions.shape.signal,
});

export type ContinualFitOptions = z.input<typeof continualFitOptions>;
export type ContinualFitPlan = z.output<typeof continualFitOptions>;
