import { z } from "zod";

import { type Loss, lossType, makeLoss } from "./loss.js";

export const binaryCrossEntropyOptions = z.strictObject({});

export const binaryCrossEntropyType = lossType({
  type: "binaryCrossEntropy",
  options: binaryCrossEntropyOptions,
  targets: "values",
  accuracy: true,
  statistics: "outputs",
});

/**
 * Binary cross entropy of logits: `max(z, 0) - z t + log(1 + exp(-|z|))`, mean over outputs and batch. Predictions are
 * `sigmoid(z)`; a prediction is right where all its outputs lie on the side of 1/2 on which their targets lie.
 *
 * Targets: numbers in `[0, 1]` (`Float32Array`), one an output.
 */
export function binaryCrossEntropy(): Loss {
  return makeLoss(binaryCrossEntropyType, {});
}
