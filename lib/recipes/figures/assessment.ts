import type { ReliabilityBin } from "../../figures/reliability-diagram.js";

/** How predictions of classes hold up against the labels. Shapes: probabilities `[samples, classes]`, labels `[samples]`. */

/**
 * Samples by their largest probability, in equal parts from 0 to 1: a confidence on a boundary counts in the part below it.
 *
 * Source: Guo et al., "On Calibration of Modern Neural Networks", ICML 2017.
 */
export function reliabilityOf(
  probabilities: Float32Array,
  labels: ArrayLike<number>,
  { classes, bins }: { readonly classes: number; readonly bins: number },
): ReliabilityBin[] {
  const sums = Array.from({ length: bins }, () => ({ count: 0, confidence: 0, right: 0 }));
  for (let sample = 0; sample < labels.length; sample++) {
    const best = largest(probabilities, sample * classes, classes);
    const confidence = probabilities[sample * classes + best]!;
    const sum = sums[Math.min(bins - 1, Math.max(0, Math.ceil(confidence * bins) - 1))]!;
    sum.count++;
    sum.confidence += confidence;
    if (best === labels[sample]) sum.right++;
  }
  return sums.map(({ count, confidence, right }, index) => ({
    low: index / bins,
    high: (index + 1) / bins,
    count,
    confidence: count === 0 ? 0 : confidence / count,
    accuracy: count === 0 ? 0 : right / count,
  }));
}

/** Numbers of samples, `[class they are of][class predicted]`. */
export function confusionOf(scores: Float32Array, labels: ArrayLike<number>, classes: number): number[][] {
  const counts = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  for (let sample = 0; sample < labels.length; sample++) {
    counts[labels[sample]!]![largest(scores, sample * classes, classes)]!++;
  }
  return counts;
}

/** Position of the largest of `count` values, of equal ones the first. */
function largest(values: Float32Array, first: number, count: number): number {
  let best = 0;
  for (let index = 1; index < count; index++) {
    if (values[first + index]! > values[first + best]!) best = index;
  }
  return best;
}
