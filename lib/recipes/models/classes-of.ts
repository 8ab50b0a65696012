import type { Dataset } from "../../data/dataset.js";
import { BayesBinnError } from "../../native/errors.js";

/** The outputs of a classifier for `dataset`. */
export function classesOf({ name, classes }: Dataset): number {
  if (classes !== undefined) return classes;
  throw new BayesBinnError("ERR_CONFIG", `dataset "${name}" has no class labels, which this model needs`, {
    dataset: name,
  });
}
