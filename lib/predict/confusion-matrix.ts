import { z } from "zod";

import { checkOptions } from "../options/check.js";
import { checkProbabilities, classesOption, likeliest, type Probabilities } from "./check-probabilities.js";

/** Options of {@link confusionMatrix}. */
export const confusionMatrixOptions = z.strictObject({ classes: classesOption });

export type ConfusionMatrixOptions = z.input<typeof confusionMatrixOptions>;

/**
 * How often each class was taken for which: entry `[t][p]` is the number of rows of class `t` whose largest probability
 * (the first of equal ones) is that of class `p`. The diagonal is what is right.
 *
 * @example
 * const { mean } = await model.predict(test, { samples: 10 });
 * const confusion = confusionMatrix(mean, test.targets, { classes: 10 });
 *
 * Options:
 * - `classes`: number of classes, an integer >= 2. Required.
 *
 * Shapes: probabilities `[rows, classes]`, labels `[rows]`, integers from 0; `[classes][classes]` returned.
 *
 * @throws BayesBinnError `ERR_SHAPE_MISMATCH`; `ERR_OPTION_*`, also for labels that are no classes, and for values that are
 * no probabilities
 */
export function confusionMatrix(
  probabilities: Probabilities,
  labels: ArrayLike<number>,
  options: ConfusionMatrixOptions,
): number[][] {
  const { classes } = checkOptions(confusionMatrixOptions, options, "confusionMatrix");
  checkProbabilities("confusionMatrix", probabilities, labels, classes);
  const matrix = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  for (let row = 0; row < labels.length; row++) matrix[labels[row]!]![likeliest(probabilities, row, classes)]! += 1;
  return matrix;
}
