import { outOfRange, wrongType } from "../options/check.js";
import type { Dataset } from "./dataset.js";

/**
 * Weights with which every class counts alike in a loss: `w_c = n / (classes n_c)`, where `n_c` of the `n` labels are `c`.
 * The mean of the labels' weights is 1.
 *
 * The labels are those of the samples that the data set has, each as often as it has it: of a split or subset, those of its
 * part. Where samples have several labels, such as one a pixel, all of them count.
 *
 * @example
 * const { train } = await loadImageFolder({ folder: "parts" });
 * const loss = softmaxCrossEntropy({ classWeights: balancedClassWeights(train) });
 *
 * @throws BayesBinnError `ERR_OPTION_TYPE` for a data set without labels or number of classes; `ERR_OPTION_RANGE` for a
 * class without labels, which no weight can make up for, and for a label or a sample that there cannot be
 *
 * Source: "balanced" of scikit-learn's `compute_class_weight`; King, Zeng, "Logistic Regression in Rare Events Data",
 * Political Analysis 9(2), 2001.
 */
export function balancedClassWeights(dataset: Dataset): number[] {
  const { name, targets, targetWidth, classes, indices, length } = dataset;
  if (!(targets instanceof Int32Array)) throw wrongType(`${name}.targets`, targets, "class labels (Int32Array)");
  if (classes === undefined) throw wrongType(`${name}.classes`, classes, "the number of classes");
  const counts = new Array<number>(classes).fill(0);
  for (let position = 0; position < length; position++) {
    const first = (indices?.[position] ?? position) * targetWidth;
    for (let i = first; i < first + targetWidth; i++) {
      const label = targets[i];
      if (label === undefined || !(label in counts)) {
        throw outOfRange(`${name}.targets[${i}]`, label, `labels 0 to ${classes - 1}`);
      }
      counts[label]!++;
    }
  }
  const labels = length * targetWidth;
  return counts.map((count, label) => {
    if (count === 0) throw outOfRange(`${name}: number of labels ${label}`, count, "at least one of every class");
    return labels / (classes * count);
  });
}
