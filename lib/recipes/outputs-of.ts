import type { Dataset } from "../data/dataset.js";
import { BayesBinnError } from "../native/errors.js";

/** Outputs of a network for `dataset`: a logit for each class, or one for each number of a target. */
export function outputsOf({ name, classes, targets, targetWidth }: Dataset): number {
  if (classes !== undefined) return classes;
  if (targets instanceof Float32Array) return targetWidth;
  throw new BayesBinnError("ERR_CONFIG", `dataset "${name}" has labels, but does not say of how many classes`, {
    dataset: name,
  });
}
