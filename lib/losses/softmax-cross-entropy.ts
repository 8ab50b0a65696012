import { z } from "zod";

import { type Loss, lossType, makeLoss } from "./loss.js";

export const softmaxCrossEntropyOptions = z.strictObject({});

export const softmaxCrossEntropyType = lossType({
  type: "softmaxCrossEntropy",
  options: softmaxCrossEntropyOptions,
  targets: "labels",
  accuracy: true,
  statistics: "classes",
});

/**
 * Cross entropy of class labels: `log(sum_k exp(z_k)) - z_label`, mean over the batch. Predictions are
 * `softmax(z)`; a prediction is right where the label has the largest score (the first of equal ones).
 *
 * Targets: labels `0..outputs-1` (`Int32Array`); the network needs two outputs or more.
 */
export function softmaxCrossEntropy(): Loss {
  return makeLoss(softmaxCrossEntropyType, {});
}
