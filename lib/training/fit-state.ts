import { z } from "zod";

import type { Metrics } from "../model/metrics.js";
import type { EpochRecord } from "./history.js";

const count = z.int().min(0);
// NaN and infinities among them: how training went is not for the file's reader to judge.
const value = z.custom<number>((given) => typeof given === "number");
const metrics = z.strictObject({ loss: value, accuracy: value.optional(), meanIou: value.optional() });

/**
 * Where a fit stands between two epochs, beside the tensors: all that its end depends on. The order of the data, noise,
 * dropout and augmentation need no state of their own: they are functions of the seed and these counters, as schedules
 * are of the epoch.
 */
export const fitStateSchema = z.strictObject({
  /** Epochs that are done. */
  epoch: z.int().min(1),
  /** Epochs of earlier fits of the trainer, after which the epochs of this one are shuffled. */
  epochsBefore: count,
  counters: z.strictObject({ step: count, updates: z.array(count).readonly() }),
  records: z.array(z.custom<EpochRecord>((value) => typeof value === "object" && value !== null)),
  best: z
    .strictObject({
      epoch: z.int().min(1),
      metrics: metrics as z.ZodType<Metrics>,
      hyperparameters: z.array(z.record(z.string(), z.number())).readonly(),
    })
    .optional(),
  earlyStopping: z.strictObject({ best: value, waited: count }).optional(),
  /** Of the callbacks that have one, by their names. */
  callbacks: z.record(z.string(), z.json()),
});

export type FitState = z.output<typeof fitStateSchema>;
