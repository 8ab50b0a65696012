import { centreLabels } from "../../data/centre-labels.js";
import type { Dataset } from "../../data/dataset.js";
import { subset } from "../../data/subset.js";
import { eachPixel, eachRow, type WholeImage } from "./whole-images.js";

/**
 * The true class of each pixel of an image; -1 where no output lies.
 *
 * @param output rows and columns of the network's output
 * @returns `[rows, columns]`
 */
export function trueClasses(
  dataset: Dataset,
  { image, tiles }: WholeImage,
  output: readonly [number, number],
): Int32Array {
  const classes = new Int32Array(image.rows * image.columns).fill(-1);
  const samples = tiles.map(({ sample }) => sample);
  const labels = centreLabels(subset(dataset, samples), output);
  tiles.forEach((tile, index) => {
    const first = index * output[0] * output[1];
    eachRow(image, tile, output, (pixel, place, width) => {
      classes.set(labels.subarray(first + place, first + place + width), pixel);
    });
  });
  return classes;
}

/**
 * An image as it is stored, put together from the middle of its tiles; 0 where no output lies.
 *
 * @param output rows and columns of the network's output
 * @returns `[channels, rows, columns]`
 */
export function storedImage<T extends Uint8Array | Float32Array>(
  { inputs, sampleShape, indices }: Pick<Dataset, "sampleShape" | "indices"> & { readonly inputs: T },
  { image, tiles }: WholeImage,
  output: readonly [number, number],
): T {
  const [channels, rows, columns] = sampleShape as [number, number, number];
  const size = image.rows * image.columns;
  const first = Math.floor((rows - output[0]) / 2) * columns + Math.floor((columns - output[1]) / 2);
  const pixels = new (inputs.constructor as new (length: number) => T)(channels * size);
  for (const tile of tiles) {
    const stored = (indices?.[tile.sample] ?? tile.sample) * channels * rows * columns + first;
    eachPixel(image, tile, output, (pixel, place) => {
      const from = stored + Math.floor(place / output[1]) * columns + (place % output[1]);
      for (let channel = 0; channel < channels; channel++) {
        pixels[channel * size + pixel] = inputs[from + channel * rows * columns]!;
      }
    });
  }
  return pixels;
}
