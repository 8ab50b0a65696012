import type { MeanAndStd, PaperAccuracies } from "./method.js";

/** Mean and standard deviation in percent, as a table prints them. */
type Printed = readonly [mean: number, std: number];

/** A cell of each column of Table 10: training accuracy, where there is one, validation and test accuracy. */
export function accuracies(train: Printed | undefined, validation: Printed, test: Printed): PaperAccuracies {
  return {
    ...(train !== undefined && { train: fraction(train) }),
    validation: fraction(validation),
    test: fraction(test),
  };
}

/** Read as decimal numbers: a division by 100 would round once more. */
function fraction([mean, std]: Printed): MeanAndStd {
  return { mean: Number(`${mean}e-2`), std: Number(`${std}e-2`) };
}
