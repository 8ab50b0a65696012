import { centreLabels } from "../data/centre-labels.js";
import type { Dataset } from "../data/dataset.js";
import { sizeOf } from "../layers/shape.js";
import type { Loss } from "../losses/loss.js";
import { lossTypeOf } from "../losses/loss-type-of.js";
import { outOfRange } from "../options/check.js";
import type { Network } from "./check-dataset.js";

/** Predictions as rows of class probabilities, with the true class of each. */
export interface ClassTable {
  readonly classes: number;
  /** `[rows, classes]`. */
  readonly probabilities: Float32Array;
  readonly labels: Int32Array;
}

/**
 * Refuses what has no classes whose probabilities are predicted.
 *
 * @param path option that asked for them, of value `value`
 * @throws BayesBinnError `ERR_OPTION_RANGE` for another loss than softmax cross entropy and binary cross entropy of one
 *   output, and there for targets that are neither 0 nor 1
 */
export function checkClasses(path: string, value: unknown, network: Network, loss: Loss, dataset: Dataset): void {
  const { statistics, type } = lossTypeOf(loss);
  if (statistics === "classes") return;
  const outputs = sizeOf(network.outputShape);
  if (statistics !== "outputs" || outputs !== 1) {
    const accepted = "only where a class is predicted, with softmaxCrossEntropy or binaryCrossEntropy of one output";
    throw outOfRange(path, value, `${accepted}; this is ${type} of ${outputs}`);
  }
  for (let i = 0; i < dataset.length; i++) {
    const target = dataset.targets[dataset.indices?.[i] ?? i]!;
    if (target !== 0 && target !== 1) throw outOfRange(`${path}: target ${i} of ${dataset.name}`, target, "0 or 1");
  }
}

/**
 * The predictions `[samples, ...outputShape]` for `dataset`, which {@link checkClasses} took. A single output p is two
 * classes of 1 - p and p; 1 - p is at least 2^-25, the most that a p which rounded to 1 lacks, as in the loss.
 */
export function classTable(
  { outputShape }: Network,
  loss: Loss,
  dataset: Dataset,
  predictions: Float32Array,
): ClassTable {
  if (lossTypeOf(loss).statistics === "outputs") {
    const both = Float32Array.from({ length: 2 * predictions.length }, (_, i) => {
      const p = predictions[i >> 1]!;
      return i % 2 === 1 ? p : Math.max(1 - p, 2 ** -25);
    });
    return { classes: 2, probabilities: both, labels: labelsOf(dataset) };
  }
  const [classes, ...pixels] = outputShape as [number, ...number[]];
  if (pixels.length !== 2) return { classes, probabilities: predictions, labels: labelsOf(dataset) };
  const labels = centreLabels(dataset, pixels as [number, number]);
  return { classes, probabilities: asRows(predictions, classes, sizeOf(pixels)), labels };
}

function labelsOf({ targets, indices, length }: Dataset): Int32Array {
  return Int32Array.from({ length }, (_, i) => targets[indices?.[i] ?? i]!);
}

/** `[samples, classes, pixels]` as `[samples, pixels, classes]`. */
function asRows(values: Float32Array, classes: number, pixels: number): Float32Array {
  const rows = new Float32Array(values.length);
  for (let at = 0, to = 0; at < values.length; at += classes * pixels) {
    for (let pixel = 0; pixel < pixels; pixel++) {
      for (let k = 0; k < classes; k++) rows[to++] = values[at + k * pixels + pixel]!;
    }
  }
  return rows;
}
