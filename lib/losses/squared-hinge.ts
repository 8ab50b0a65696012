import { z } from "zod";

import { type Loss, lossType, makeLoss } from "./loss.js";

export const squaredHingeOptions = z.strictObject({});

export const squaredHingeType = lossType({
  type: "squaredHinge",
  options: squaredHingeOptions,
  targets: "labels",
  accuracy: true,
  statistics: "deviation",
});

/**
 * Squared hinge of class labels, one class against the others: `mean_k max(0, 1 - t_k z_k)^2` with `t_k = 1` for the
 * label and -1 otherwise, mean over the batch. Predictions are the scores `z`; a prediction is right where the label has
 * the largest score (the first of equal ones).
 *
 * Targets: labels `0..outputs-1` (`Int32Array`); the network needs two outputs or more.
 *
 * Source: the second loss of the paper's code, there as "square-hinge"; Courbariaux, Bengio, David, "BinaryConnect", NIPS
 * 2015.
 */
export function squaredHinge(): Loss {
  return makeLoss(squaredHingeType, {});
}
