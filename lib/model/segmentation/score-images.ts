import { centreLabels } from "../../data/centre-labels.js";
import type { Dataset } from "../../data/dataset.js";
import { subset } from "../../data/subset.js";
import { type Segmentation, segmentationScores } from "../../predict/segmentation-scores.js";
import { eachPixel, stitch, wholeImages } from "./whole-images.js";

/**
 * Scores of predictions over whole images, each pixel counted once.
 *
 * @param probabilities `[samples, classes, ...output]`
 * @throws BayesBinnError `ERR_SHAPE_MISMATCH` for tiles that do not cover their images
 */
export function scoreImages(
  dataset: Dataset,
  [classes, ...pixels]: readonly number[],
  probabilities: Float32Array,
): Segmentation {
  const output = pixels as [number, number];
  const confusion = Array.from({ length: classes! }, () => new Array<number>(classes!).fill(0));
  for (const whole of wholeImages(dataset, output)) {
    const { image, tiles } = whole;
    const predicted = likeliestClasses(stitch(whole, output, probabilities, classes!), classes!);
    const seen = new Uint8Array(predicted.length);
    for (const tile of tiles) {
      const labels = centreLabels(subset(dataset, [tile.sample]), output);
      eachPixel(image, tile, output, (pixel, place) => {
        if (seen[pixel] === 1) return;
        seen[pixel] = 1;
        confusion[labels[place]!]![predicted[pixel]!]! += 1;
      });
    }
  }
  return segmentationScores(confusion);
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
