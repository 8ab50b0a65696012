import { z } from "zod";

import { checkOptions } from "../options/check.js";
import { checkProbabilities, classesOption, likeliest, type Probabilities } from "./check-probabilities.js";

/** Bins of a calibration where nobody chooses their number: those of Guo et al. */
export const defaultBins = 15;

/** Options of {@link calibration}. */
export const calibrationOptions = z.strictObject({
  classes: classesOption,
  bins: z
    .int()
    .min(1)
    .max(2 ** 16)
    .default(defaultBins)
    .describe("Bins of equal width that the largest probabilities are sorted into"),
});

export type CalibrationOptions = z.input<typeof calibrationOptions>;

/** Predictions whose largest probability is in `(low, high]`; the first bin has 0 as well. */
export interface ReliabilityBin {
  readonly low: number;
  readonly high: number;
  readonly count: number;
  /** Mean of the largest probabilities; 0 without predictions. */
  readonly confidence: number;
  /** Share of right predictions; 0 without predictions. */
  readonly accuracy: number;
}

/** How far probabilities can be relied on. */
export interface Calibration {
  /** Share of rows whose largest probability is that of the label. */
  readonly accuracy: number;
  /** Mean of `-log p_label`, in nats. */
  readonly negativeLogLikelihood: number;
  /** Mean of `sum_k (p_k - [k is the label])^2`, 0..2. */
  readonly brierScore: number;
  /** `sum_b n_b / n |accuracy_b - confidence_b|` over the bins, 0..1. */
  readonly expectedCalibrationError: number;
  /** The bins from 0 to 1. */
  readonly reliability: readonly ReliabilityBin[];
}

/** The smallest normal float32: what rounds to 0 below it counts as this, as in losses of mean predictions. */
const leastProbability = 2 ** -126;

/**
 * Holds probabilities against what came true: accuracy, proper scores, and the expected calibration error (ECE) with the
 * bins of a reliability diagram.
 *
 * The class predicted is the one with the largest probability, the first of equal ones. Probabilities below the smallest
 * normal float32, 2^-126, count as that in the likelihood, so that a certain error costs 87.3 nats. The ECE depends on
 * the number of bins, and few samples make it larger than it is.
 *
 * @example
 * const { mean } = await model.predict(test, { samples: 10 });
 * const { expectedCalibrationError } = calibration(mean, test.targets, { classes: 10 });
 *
 * Options:
 * - `classes`: number of classes, an integer >= 2. Required.
 * - `bins`: bins of equal width that the largest probabilities are sorted into, an integer in 1..2^16. Default `15`.
 *
 * Shapes: probabilities `[rows, classes]`, labels `[rows]`, integers from 0.
 *
 * Source: Guo, Pleiss, Sun, Weinberger, "On Calibration of Modern Neural Networks", ICML 2017, equation 3, with 15 bins;
 * the score is that of Brier, "Verification of Forecasts Expressed in Terms of Probability", 1950.
 *
 * @throws BayesBinnError `ERR_SHAPE_MISMATCH`; `ERR_OPTION_*`, also for labels that are no classes, and for values that are
 * no probabilities
 */
export function calibration(
  probabilities: Probabilities,
  labels: ArrayLike<number>,
  options: CalibrationOptions,
): Calibration {
  const { classes, bins } = checkOptions(calibrationOptions, options, "calibration");
  checkProbabilities("calibration", probabilities, labels, classes);
  const rows = labels.length;
  const sums = Array.from({ length: bins }, () => ({ count: 0, confidence: 0, correct: 0 }));
  let [correct, surprise, squares] = [0, 0, 0];
  for (let row = 0; row < rows; row++) {
    const label = labels[row]!;
    const best = likeliest(probabilities, row, classes);
    const confidence = Math.min(probabilities[row * classes + best]!, 1);
    const right = best === label ? 1 : 0;
    const bin = sums[binOf(confidence, bins)]!;
    bin.count += 1;
    bin.confidence += confidence;
    bin.correct += right;
    correct += right;
    surprise -= Math.log(Math.max(probabilities[row * classes + label]!, leastProbability));
    for (let k = 0; k < classes; k++) squares += (probabilities[row * classes + k]! - (k === label ? 1 : 0)) ** 2;
  }
  return {
    accuracy: correct / rows,
    negativeLogLikelihood: surprise / rows,
    brierScore: squares / rows,
    expectedCalibrationError: sums.reduce((sum, bin) => sum + Math.abs(bin.correct - bin.confidence) / rows, 0),
    reliability: sums.map(({ count, confidence, correct }, b) => ({
      low: b / bins,
      high: (b + 1) / bins,
      count,
      confidence: count === 0 ? 0 : confidence / count,
      accuracy: count === 0 ? 0 : correct / count,
    })),
  };
}

/** The bin `(b / bins, (b + 1) / bins]` that has `confidence`, whatever the rounding of their product says. */
function binOf(confidence: number, bins: number): number {
  const near = Math.min(bins - 1, Math.max(0, Math.ceil(confidence * bins) - 1));
  if (near > 0 && confidence <= near / bins) return near - 1;
  return near < bins - 1 && confidence > (near + 1) / bins ? near + 1 : near;
}
