import { z } from "zod";

import { BayesBinnError } from "../native/errors.js";
import { type Loss, lossType, makeLoss } from "./loss.js";

const weights: z.ZodType<readonly number[], readonly number[]> = z
  .array(z.number().min(0))
  .min(2)
  .refine((list) => list.some((weight) => weight > 0), {
    error: "at least one weight above 0",
    params: { code: "ERR_OPTION_RANGE" },
  });

export const softmaxCrossEntropyOptions = z.strictObject({
  classWeights: z
    .union([z.literal("none"), weights])
    .default("none")
    .describe('Factor of the loss of samples of each class, one a class; "none": 1 for all'),
});

export const softmaxCrossEntropyType = lossType({
  type: "softmaxCrossEntropy",
  options: softmaxCrossEntropyOptions,
  targets: "labels",
  accuracy: true,
  statistics: "classes",
  checkOutputs({ classWeights }, outputs) {
    if (classWeights === "none" || classWeights.length === outputs) return;
    const given = classWeights.length;
    const path = "loss.classWeights";
    throw new BayesBinnError(
      "ERR_SHAPE_MISMATCH",
      `${path}: ${given} weights given, but the model has ${outputs} outputs`,
      { path, given, outputs },
    );
  },
});

/**
 * Cross entropy of class labels: `w_label (log(sum_k exp(z_k)) - z_label)`, mean over the batch, and over the pixels where
 * there is a label each. Predictions are `softmax(z)`; a prediction is right where the label has the largest score (the
 * first of equal ones).
 *
 * Weights tell classes of unequal number apart: `balancedClassWeights` gives those that make every class count alike. The
 * mean is over all samples, whatever their weights, as with `class_weight` of Keras; the `weight` of PyTorch's
 * `CrossEntropyLoss` divides by the sum of the weights of the batch's labels instead. Over the training set both are the
 * same where the mean weight of its labels is 1, as that of balanced weights is. Losses of evaluations are weighted as those
 * of training; accuracies are not.
 *
 * @example softmaxCrossEntropy()
 * @example softmaxCrossEntropy({ classWeights: balancedClassWeights(train) })
 *
 * Options:
 * - `classWeights`: factor `w` of the loss of samples of each class, one a class, finite numbers >= 0 and not all 0;
 *   `"none"`: 1 for all. Default `"none"`.
 *
 * Targets: labels `0..outputs-1` (`Int32Array`); the network needs two outputs or more.
 *
 * @throws BayesBinnError `ERR_OPTION_RANGE`, `ERR_OPTION_TYPE`, `ERR_OPTION_UNKNOWN`; whoever compiles a model for it:
 * `ERR_SHAPE_MISMATCH` for another number of weights than of outputs
 */
export function softmaxCrossEntropy(options: z.input<typeof softmaxCrossEntropyOptions> = {}): Loss {
  return makeLoss(softmaxCrossEntropyType, options);
}
