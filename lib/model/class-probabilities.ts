import { centreLabels, copyCentres } from "../data/centre-labels.js";
import type { Dataset } from "../data/dataset.js";
import type { Shape } from "../layers/layer.js";
import { sizeOf } from "../layers/shape.js";
import type { Loss } from "../losses/loss.js";
import { lossTypeOf } from "../losses/loss-type-of.js";
import { outOfRange } from "../options/check.js";
import type { Network } from "./check-dataset.js";
import { isOfPixels } from "./measure.js";
import { labelledImages } from "./segmentation/score-images.js";

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
  const targets = copyCentres(dataset, [1, 1], new Float32Array(dataset.length));
  const wrong = targets.findIndex((target) => target !== 0 && target !== 1);
  if (wrong < 0) return;
  throw outOfRange(`${path}: target ${wrong} of ${dataset.name}`, targets[wrong], "0 or 1");
}

/**
 * The predictions `[samples, ...outputShape]` for `dataset`, which {@link checkClasses} took. A single output p is two
 * classes of 1 - p and p; 1 - p is at least 2^-25, the most that a p which rounded to 1 lacks, as in the loss.
 * Of pixels, the rows are those of the whole images, each once.
 */
export function classTable(network: Network, loss: Loss, dataset: Dataset, predictions: Float32Array): ClassTable {
  const { outputShape } = network;
  if (lossTypeOf(loss).statistics === "outputs") {
    const both = Float32Array.from({ length: 2 * predictions.length }, (_, i) => {
      const p = predictions[i >> 1]!;
      return i % 2 === 1 ? p : Math.max(1 - p, 2 ** -25);
    });
    return { classes: 2, probabilities: both, labels: centreLabels(dataset, [1, 1]) };
  }
  const classes = outputShape[0]!;
  if (isOfPixels(network, loss, dataset)) return pixelTable(dataset, outputShape, predictions);
  return { classes, probabilities: predictions, labels: centreLabels(dataset, [1, 1]) };
}

function pixelTable(dataset: Dataset, outputShape: Shape, predictions: Float32Array): ClassTable {
  const classes = outputShape[0]!;
  const images = [...labelledImages(dataset, outputShape, predictions)];
  const known = images.reduce((sum, { labels }) => sum + labels.filter((label) => label >= 0).length, 0);
  const table = { classes, probabilities: new Float32Array(known * classes), labels: new Int32Array(known) };
  let row = 0;
  for (const { labels, probabilities } of images) {
    labels.forEach((label, pixel) => {
      if (label < 0) return;
      table.labels[row] = label;
      for (let k = 0; k < classes; k++) {
        table.probabilities[row * classes + k] = probabilities[k * labels.length + pixel]!;
      }
      row++;
    });
  }
  return table;
}
