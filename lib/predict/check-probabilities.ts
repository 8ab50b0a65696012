import { z } from "zod";

import { BayesBinnError } from "../native/errors.js";
import { outOfRange } from "../options/check.js";

/** Number of classes among options. */
export const classesOption = z.int().min(2).describe("Number of classes");

/** Rows of class probabilities. */
export type Probabilities = Float32Array | Float64Array;

/** What a mean of many probabilities may exceed 1 by: sums of float32 shares round. */
const rounding = 0.01;

/**
 * Holds rows of probabilities against their labels.
 *
 * @param call name of the function in messages
 * @throws BayesBinnError `ERR_SHAPE_MISMATCH` for lengths that do not suit each other, or no rows; `ERR_OPTION_RANGE` for
 *   labels that are no classes, and for values that are no probabilities
 */
export function checkProbabilities(
  call: string,
  probabilities: Probabilities,
  labels: ArrayLike<number>,
  classes: number,
): void {
  if (labels.length === 0 || probabilities.length !== labels.length * classes) {
    throw new BayesBinnError(
      "ERR_SHAPE_MISMATCH",
      `${call}: ${probabilities.length} probabilities and ${labels.length} labels, accepted: one or more labels, and ${classes} probabilities for each`,
      { probabilities: probabilities.length, labels: labels.length, classes },
    );
  }
  for (let i = 0; i < labels.length; i++) {
    const label = labels[i]!;
    if (Number.isInteger(label) && label >= 0 && label < classes) continue;
    throw outOfRange(`${call}.labels[${i}]`, label, `an integer >= 0 and <= ${classes - 1}`);
  }
  const wrong = probabilities.findIndex((p) => !(p >= 0 && p <= 1 + rounding));
  if (wrong >= 0) throw outOfRange(`${call}.probabilities[${wrong}]`, probabilities[wrong], "a number >= 0 and <= 1");
}

/** The class with the largest probability in row `row`, the first of equal ones. */
export function likeliest(probabilities: Probabilities, row: number, classes: number): number {
  const first = row * classes;
  let best = 0;
  for (let k = 1; k < classes; k++) if (probabilities[first + k]! > probabilities[first + best]!) best = k;
  return best;
}
