import { z } from "zod";

import type { Dataset } from "../data/dataset.js";
import { networkInputs } from "../data/network-inputs.js";
import { showShape, sizeOf } from "../layers/shape.js";
import { BayesBinnError } from "../native/errors.js";
import { checkOptions, outOfRange } from "../options/check.js";
import { checkDataset, checkInputs, datasetSchema, type Network, requireDataset } from "./check-dataset.js";
import type { Host } from "./host.js";
import { type Metrics, metricsOf } from "./metrics.js";

/** An `AbortSignal` among options. */
export const signalSchema = z.custom<AbortSignal>((value) => value instanceof AbortSignal, "an AbortSignal");

const weightOptions = {
  samples: z
    .int()
    .min(0)
    .max(2 ** 20)
    .default(0)
    .describe(
      "0: the most probable weights (mode). Else the mean of the predictions over so many draws of the posterior",
    ),
  draw: z
    .int()
    .min(0)
    .max(2 ** 32 - 1)
    .default(0)
    .describe("Which draws of the posterior; equal numbers give equal draws"),
  batchSize: z.int().min(1).optional().describe("Samples computed at once; default: the largest batch of the model"),
  signal: signalSchema.optional().describe("Stops the call, which then rejects with the signal's reason"),
};

/** Options of `evaluate`. */
export const evaluateOptions = z.strictObject({
  ...weightOptions,
  reestimateBatchNorm: datasetSchema
    .optional()
    .describe("Samples whose batch-norm statistics, under the weights evaluated, stand in for those of training"),
  reestimationBatchSize: z
    .int()
    .min(1)
    .optional()
    .describe("Samples of each batch of reestimateBatchNorm; default: the largest batch of the model"),
});

/** Options of `predict`. */
export const predictOptions = z.strictObject({
  ...weightOptions,
  output: z
    .enum(["probabilities", "logits"])
    .default("probabilities")
    .describe(
      "Whether the loss's link (softmax, sigmoid or identity) is applied to the outputs; means are taken after it",
    ),
});

export type EvaluateOptions = z.input<typeof evaluateOptions>;
export type PredictOptions = z.input<typeof predictOptions>;

/** What `evaluate` returns. */
export interface Evaluation extends Metrics {
  /** Draws of the posterior that were averaged; 0 for the mode. */
  readonly samples: number;
}

/** Values of a data set that are normalised and handed over at once: some milliseconds of work. */
const valuesAtOnce = 2 ** 20;

/** Mean loss and accuracy over a data set. */
export async function evaluate(
  network: Network,
  host: Host,
  dataset: Dataset,
  options: EvaluateOptions,
): Promise<Evaluation> {
  const { samples, draw, signal, reestimateBatchNorm, ...rest } = checkOptions(evaluateOptions, options, "evaluate");
  const { session, loss, maxBatch } = host;
  const batchSize = checkBatchSize("evaluate.batchSize", rest.batchSize, maxBatch);
  requireDataset("evaluate.dataset", dataset);
  checkDataset(network, loss, dataset, "evaluate.dataset");
  const reestimation = checkReestimation(network, host, { reestimateBatchNorm, ...rest });
  if (host.arriving) await host.arriving;
  const call = { dataset: session.dataset(dataset), batchSize, samples, draw };
  const batchNorm = reestimation && { ...reestimation, dataset: session.dataset(reestimation.dataset) };
  const result = await session.evaluate({ ...call, ...(batchNorm && { batchNorm }) }, signal);
  return { ...metricsOf(result), samples };
}

interface Reestimation {
  readonly dataset: Dataset;
  readonly batchSize: number;
}

function checkReestimation(
  network: Network,
  { loss, maxBatch }: Host,
  { reestimateBatchNorm: dataset, reestimationBatchSize: given }: EvaluateOptions,
): Reestimation | undefined {
  const path = "evaluate.reestimationBatchSize";
  if (dataset === undefined) {
    if (given !== undefined) throw outOfRange(path, given, "only with reestimateBatchNorm");
    return undefined;
  }
  checkDataset(network, loss, dataset, "evaluate.reestimateBatchNorm");
  return { dataset, batchSize: checkBatchSize(path, given, maxBatch) };
}

/** Outputs for network inputs or for the samples of a data set: `[samples, ...outputShape]`. */
export async function predict(
  network: Network,
  host: Host,
  inputs: Float32Array | Dataset,
  options: PredictOptions,
): Promise<Float32Array> {
  const { samples, draw, output, signal, ...rest } = checkOptions(predictOptions, options, "predict");
  const { session, maxBatch } = host;
  const batchSize = checkBatchSize("predict.batchSize", rest.batchSize, maxBatch);
  const call = { batchSize, samples, draw, output };
  if (inputs instanceof Float32Array) {
    checkLength(network, inputs);
    if (host.arriving) await host.arriving;
    return (await session.predict({ ...call, inputs }, signal)).values;
  }
  requireDataset("predict.inputs", inputs, "a Float32Array of samples, or a Dataset");
  checkInputs(network, inputs, "predict.inputs");
  if (host.arriving) await host.arriving;
  const outputSize = sizeOf(network.outputShape);
  const values = new Float32Array(inputs.length * outputSize);
  const atOnce = batchSize * Math.max(1, Math.floor(valuesAtOnce / sizeOf(network.inputShape) / batchSize));
  for (let first = 0; first < inputs.length; first += atOnce) {
    const part = networkInputs(inputs, first, Math.min(atOnce, inputs.length - first));
    const result = await session.predict({ ...call, inputs: part }, signal);
    values.set(result.values, first * outputSize);
  }
  return values;
}

/** A batch size that memory was planned for; left out, the largest one. */
export function checkBatchSize(path: string, given: number | undefined, maxBatch: number): number {
  if (given === undefined || given <= maxBatch) return given ?? maxBatch;
  throw outOfRange(path, given, `an integer >= 1 and <= ${maxBatch}, the maxBatch that memory was planned for`);
}

function checkLength({ inputShape }: Network, inputs: Float32Array): void {
  const size = sizeOf(inputShape);
  if (inputs.length > 0 && inputs.length % size === 0) return;
  throw new BayesBinnError(
    "ERR_SHAPE_MISMATCH",
    `inputs: ${inputs.length} values, accepted: one or more samples of ${size} (input shape ${showShape(inputShape)})`,
    { length: inputs.length, inputShape },
  );
}
