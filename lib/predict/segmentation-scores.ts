import { outOfRange } from "../options/check.js";

/** How well pixels are told apart. */
export interface SegmentationScores {
  /** Share of the pixels whose class is right, 0..1. */
  readonly pixelAccuracy: number;
  /**
   * Intersection over union of each class, `TP / (TP + FP + FN)`, 0..1; NaN of one that is neither there nor predicted.
   */
  readonly iou: readonly number[];
  /** Mean of {@link iou} over the classes that are there or predicted. */
  readonly meanIou: number;
}

/** Scores, and those of the answer that takes no look at the images. */
export interface Segmentation extends SegmentationScores {
  /** Of the class of most of the pixels, given as the answer everywhere. */
  readonly constant: SegmentationScores & { readonly class: number };
}

/**
 * Scores of a segmentation from its confusion matrix, with those of the constant answer: a share of right pixels says little
 * where one class covers most of the image.
 *
 * @example
 * segmentationScores([[30, 10], [5, 55]]).iou; // [30 / 45, 55 / 70]
 *
 * @param confusion pixels by true class (rows) and by predicted class (columns), as `confusionMatrix` gives them
 * @throws BayesBinnError `ERR_OPTION_RANGE` for a matrix that is not square or has no pixels
 */
export function segmentationScores(confusion: readonly (readonly number[])[]): Segmentation {
  if (confusion.length === 0 || confusion.some((row) => row.length !== confusion.length)) {
    throw outOfRange("segmentationScores.confusion", confusion, "as many columns as rows");
  }
  const truth = confusion.map(sum);
  if (!(sum(truth) > 0)) throw outOfRange("segmentationScores.confusion", confusion, "one pixel or more");
  const most = truth.indexOf(Math.max(...truth));
  const constant = truth.map((pixels) => truth.map((_, predicted) => (predicted === most ? pixels : 0)));
  return { ...scoresOf(confusion), constant: { class: most, ...scoresOf(constant) } };
}

function scoresOf(confusion: readonly (readonly number[])[]): SegmentationScores {
  const iou = confusion.map((row, k) => {
    const both = row[k]!;
    return both / (sum(row) + sum(confusion.map((other) => other[k]!)) - both);
  });
  const present = iou.filter((value) => !Number.isNaN(value));
  const right = sum(confusion.map((row, k) => row[k]!));
  return { pixelAccuracy: right / sum(confusion.map(sum)), iou, meanIou: sum(present) / present.length };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
