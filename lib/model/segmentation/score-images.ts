import type { Dataset } from "../../data/dataset.js";
import { type Segmentation, segmentationScores } from "../../predict/segmentation-scores.js";
import { trueClasses } from "./source-maps.js";
import { stitch, wholeImages } from "./whole-images.js";

/** A whole image as it is predicted. */
export interface LabelledImage {
  /** `[classes, pixels]`, averaged where tiles overlap. */
  readonly probabilities: Float32Array;
  /** The true class of each pixel; -1 where no tile is. */
  readonly labels: Int32Array;
}

/**
 * The images that the samples of `dataset` were cut from, one after the other, with predictions and labels of each pixel.
 *
 * @param probabilities `[samples, classes, ...output]`
 * @throws BayesBinnError `ERR_SHAPE_MISMATCH` for tiles that do not cover their images
 */
export function* labelledImages(
  dataset: Dataset,
  [classes, ...pixels]: readonly number[],
  probabilities: Float32Array,
): Generator<LabelledImage> {
  const output = pixels as [number, number];
  for (const whole of wholeImages(dataset, output)) {
    const labels = trueClasses(dataset, whole, output);
    yield { probabilities: stitch(whole, output, probabilities, classes!), labels };
  }
}

/**
 * Scores of predictions over whole images, each pixel counted once.
 *
 * @param probabilities `[samples, classes, ...output]`
 * @throws BayesBinnError `ERR_SHAPE_MISMATCH` for tiles that do not cover their images
 */
export function scoreImages(
  dataset: Dataset,
  outputShape: readonly number[],
  probabilities: Float32Array,
): Segmentation {
  const classes = outputShape[0]!;
  const confusion = noConfusion(classes);
  for (const image of labelledImages(dataset, outputShape, probabilities)) {
    countPixels(confusion, image.labels, likeliestClasses(image.probabilities, classes));
  }
  return segmentationScores(confusion);
}

/** A confusion matrix without a pixel. */
export function noConfusion(classes: number): number[][] {
  return Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
}

/** Adds the pixels of an image, but for those of no true class (-1), by true class (rows) and by predicted class. */
export function countPixels(confusion: readonly number[][], truth: Int32Array, predicted: Uint16Array): void {
  for (let pixel = 0; pixel < truth.length; pixel++) {
    const label = truth[pixel]!;
    if (label >= 0) confusion[label]![predicted[pixel]!]! += 1;
  }
}

/** The class of the largest probability at each pixel, the first of equal ones. `[classes, pixels]` to `[pixels]`. */
export function likeliestClasses(probabilities: Float32Array, classes: number): Uint16Array {
  const pixels = probabilities.length / classes;
  const likeliest = new Uint16Array(pixels);
  for (let k = 1; k < classes; k++) {
    for (let pixel = 0; pixel < pixels; pixel++) {
      const best = likeliest[pixel]! * pixels + pixel;
      if (probabilities[k * pixels + pixel]! > probabilities[best]!) likeliest[pixel] = k;
    }
  }
  return likeliest;
}
