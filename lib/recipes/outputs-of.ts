import type { Dataset } from "../data/dataset.js";
import { BayesBinnError } from "../native/errors.js";

/** Outputs of a network for `dataset`: a logit for each class, or one for each number of a target, or of a pixel of it. */
export function outputsOf({ name, classes, targets, targetWidth, targetShape = [1, 1] }: Dataset): number {
  if (classes !== undefined) return classes;
  if (targets instanceof Float32Array) return targetWidth / (targetShape[0] * targetShape[1]);
  throw new BayesBinnError("ERR_CONFIG", `dataset "${name}" has labels, but does not say of how many classes`, {
    dataset: name,
  });
}
