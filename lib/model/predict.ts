import { z } from "zod";

import type { Dataset } from "../data/dataset.js";
import { showShape, sizeOf } from "../layers/shape.js";
import type { Loss } from "../losses/loss.js";
import { lossTypeOf } from "../losses/loss-type-of.js";
import { meanSquaredErrorType } from "../losses/mean-squared-error.js";
import type { PredictResult } from "../native/contract.js";
import { BayesBinnError } from "../native/errors.js";
import { checkOptions, outOfRange } from "../options/check.js";
import { checkInputs, type Network, requireDataset } from "./check-dataset.js";
import type { Host } from "./host.js";
import { uploadInputs } from "./upload-inputs.js";
import { batchNormChoice, checkBatchSize, checkReestimation, weightOptions } from "./weight-choice.js";

/** Options of `predict`. */
export const predictOptions = z.strictObject({
  ...weightOptions,
  logits: z.boolean().default(false).describe("Whether the prediction also has every draw's outputs before the link"),
  noiseStd: z
    .number()
    .min(0)
    .optional()
    .describe(
      "Standard deviation of observations around the network's output, with meanSquaredError alone; default: sqrt(K / 2), of K outputs",
    ),
});

export type PredictOptions = z.input<typeof predictOptions>;

/**
 * What `predict` returns. Draws `w_s` of the posterior give predictions `p_s`, the network's outputs after the link of the
 * loss: softmax over the channels, sigmoid, or none.
 *
 * Sources: the mean is equation 18 of Meng, Bachmann, Khan, "Training Binary Neural Networks using the Bayesian Learning
 * Rule", ICML 2020; its entropy and the mutual information of prediction and weights are in Houlsby, Huszar, Ghahramani,
 * Lengyel, "Bayesian Active Learning for Classification and Preference Learning", 2011 (BALD), and in Depeweg et al.,
 * "Decomposition of Uncertainty in Bayesian Deep Learning", ICML 2018, as is the sum of variances.
 */
export interface Prediction {
  /** `1/S sum_s p_s`; the prediction of the mode with `samples: 0`. `[samples, ...outputShape]`, row-major. */
  readonly mean: Float32Array;
  /**
   * All uncertainty: the entropy of the mean in nats, 0 where one outcome is certain.
   *
   * - `softmaxCrossEntropy`: `H(p) = -sum_k p_k log p_k`, 0..log(classes), one a sample, or one a pixel `[samples, rows,
   *   columns]`.
   * - `binaryCrossEntropy`: `H(p) = -p log p - (1 - p) log(1 - p)`, 0..log(2), one an output.
   * - Absent for other losses.
   */
  readonly entropy?: Float32Array;
  /**
   * The epistemic part of {@link entropy}, which more data could take away: `H(1/S sum_s p_s) - 1/S sum_s H(p_s)`, >= 0;
   * 0 for the mode. What is left of the entropy lies in the data. Same shape.
   */
  readonly mutualInformation?: Float32Array;
  /**
   * Standard deviation of the outputs over the draws, `sqrt(1/S sum_s (p_s - mean)^2)`, that of the equal mixture of the
   * draws; 0 for the mode. For `meanSquaredError`, and for the scores of `squaredHinge`. `[samples, ...outputShape]`.
   */
  readonly epistemicStd?: Float32Array;
  /** For `meanSquaredError`: `sqrt(epistemicStd^2 + noiseStd^2)`, the deviation of an observation from the mean. */
  readonly totalStd?: Float32Array;
  /** With `logits: true`: outputs before the link, `[draws, samples, ...outputShape]`, one draw for the mode. */
  readonly logits?: Float32Array;
}

/** Predictions for network inputs or for the samples of a data set. */
export async function predict(
  network: Network,
  host: Host,
  inputs: Float32Array | Dataset,
  options: PredictOptions,
): Promise<Prediction> {
  const { samples, seed, logits, signal, ...rest } = checkOptions(predictOptions, options, "predict");
  const { session, loss, maxBatch } = host;
  const batchSize = checkBatchSize("predict.batchSize", rest.batchSize, maxBatch);
  const reestimation = checkReestimation("predict", network, host, rest);
  const noiseStd = checkNoise(network, loss, rest.noiseStd);
  checkSamples(network, inputs);
  if (host.arriving) await host.arriving;
  const choice = { batchSize, samples, draw: seed, ...batchNormChoice(session, reestimation) };
  const { statistics } = lossTypeOf(loss);
  const source = inputs instanceof Float32Array ? { inputs } : uploadInputs(network, loss, session, inputs);
  const call = { ...source, ...choice, output: "probabilities", statistics, logits } as const;
  return predictionOf(await session.predict(call, signal), noiseStd);
}

function predictionOf(result: PredictResult, noiseStd: number | undefined): Prediction {
  const { values: mean, entropy, mutualInformation, deviation: epistemicStd, logits } = result;
  return {
    mean,
    ...(entropy && { entropy }),
    ...(mutualInformation && { mutualInformation }),
    ...(epistemicStd && { epistemicStd }),
    ...(epistemicStd && noiseStd !== undefined && { totalStd: epistemicStd.map((std) => Math.hypot(std, noiseStd)) }),
    ...(logits && { logits }),
  };
}

function checkNoise({ outputShape }: Network, { type }: Loss, given: number | undefined): number | undefined {
  // The loss is a mean over K outputs: N times it, sum (z - t)^2 / K, is the sum of (z - t)^2 / (2 variance) of a normal
  // likelihood of N samples where the variance is K / 2.
  if (type === meanSquaredErrorType.type) return given ?? Math.sqrt(sizeOf(outputShape) / 2);
  if (given === undefined) return undefined;
  throw outOfRange("predict.noiseStd", given, `only with ${meanSquaredErrorType.type}; the loss is ${type}`);
}

function checkSamples(network: Network, inputs: Float32Array | Dataset): void {
  if (inputs instanceof Float32Array) {
    checkLength(network, inputs);
  } else {
    requireDataset("predict.inputs", inputs, "a Float32Array of samples, or a Dataset");
    checkInputs(network, inputs, "predict.inputs");
  }
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
