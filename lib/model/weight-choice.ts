import { z } from "zod";

import type { Dataset } from "../data/dataset.js";
import type { BatchNormChoice } from "../native/contract.js";
import { outOfRange } from "../options/check.js";
import { checkDataset, datasetSchema, type Network } from "./check-dataset.js";
import type { Host } from "./host.js";
import type { Session } from "./session.js";

/** An `AbortSignal` among options. */
export const signalSchema = z.custom<AbortSignal>((value) => value instanceof AbortSignal, "an AbortSignal");

/** Options of `evaluate` and `predict`: which weights, with which statistics, and how they are computed. */
export const weightOptions = {
  samples: z
    .int()
    .min(0)
    .max(2 ** 20)
    .default(0)
    .describe(
      "0: the most probable weights (mode). Else the mean of the predictions over so many draws of the posterior",
    ),
  seed: z
    .int()
    .min(0)
    .max(2 ** 32 - 1)
    .default(0)
    .describe("Which draws of the posterior; equal numbers give equal draws"),
  batchSize: z.int().min(1).optional().describe("Samples computed at once; default: the largest batch of the model"),
  reestimateBatchNorm: datasetSchema
    .optional()
    .describe("Samples whose batch-norm statistics, under the weights used, stand in for those of training"),
  reestimationBatchSize: z
    .int()
    .min(1)
    .optional()
    .describe("Samples of each batch of reestimateBatchNorm; default: the largest batch of the model"),
  signal: signalSchema.optional().describe("Stops the call, which then rejects with the signal's reason"),
};

/** A batch size that memory was planned for; left out, the largest one. */
export function checkBatchSize(path: string, given: number | undefined, maxBatch: number): number {
  if (given === undefined || given <= maxBatch) return given ?? maxBatch;
  throw outOfRange(path, given, `an integer >= 1 and <= ${maxBatch}, the maxBatch that memory was planned for`);
}

/** Samples to re-estimate the statistics of batch norms with. */
export interface Reestimation {
  readonly dataset: Dataset;
  readonly batchSize: number;
}

/**
 * What options say of re-estimation; `undefined` where there is to be none.
 *
 * @param call name of the call in messages
 */
export function checkReestimation(
  call: string,
  network: Network,
  { loss, maxBatch }: Host,
  given: { readonly reestimateBatchNorm?: Dataset | undefined; readonly reestimationBatchSize?: number | undefined },
): Reestimation | undefined {
  const { reestimateBatchNorm: dataset, reestimationBatchSize: size } = given;
  const path = `${call}.reestimationBatchSize`;
  if (dataset === undefined) {
    if (size !== undefined) throw outOfRange(path, size, "only with reestimateBatchNorm");
    return undefined;
  }
  checkDataset(network, loss, dataset, `${call}.reestimateBatchNorm`);
  return { dataset, batchSize: checkBatchSize(path, size, maxBatch) };
}

/** The part of a native call; uploads the samples. */
export function batchNormChoice(session: Session, reestimation: Reestimation | undefined): BatchNormChoice {
  if (reestimation === undefined) return {};
  return { batchNorm: { ...reestimation, dataset: session.dataset(reestimation.dataset) } };
}
