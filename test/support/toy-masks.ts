import type { Dataset } from "../../lib/data/dataset.js";
import { fromArrays } from "../../lib/data/from-arrays.js";
import { generator } from "../native/support/random.js";

/** Pixels of an image of {@link toyDiscs}: rows and columns. */
export const discImage = [32, 28] as const;

/**
 * Bright discs (class 1, about a quarter of the pixels) on a dark ground, in noise that leaves single pixels uncertain. The
 * mask is moved by `shift` rows and columns against the image, with nothing where it came from.
 */
export function toyDiscs(count: number, seed: number, shift = 0): Dataset {
  const next = generator(seed);
  const [rows, columns] = discImage;
  const size = rows * columns;
  const inputs = new Float32Array(count * size);
  const targets = new Int32Array(count * size);
  for (let image = 0; image < count; image++) {
    const discs = Array.from({ length: 3 }, () => [next() * rows, next() * columns, 4 + 3 * next()] as const);
    const isInside = (row: number, column: number) =>
      discs.some(([y, x, radius]) => (row - y) ** 2 + (column - x) ** 2 < radius ** 2);
    for (let pixel = 0; pixel < size; pixel++) {
      const [row, column] = [Math.floor(pixel / columns), pixel % columns];
      // The sum of three uniforms: a standard deviation of 0.5 around the brightness of 0 or 1.
      const noise = next() + next() + next() - 1.5;
      inputs[image * size + pixel] = Number(isInside(row, column)) + noise;
      const [y, x] = [row - shift, column - shift];
      targets[image * size + pixel] = Number(y >= 0 && x >= 0 && isInside(y, x));
    }
  }
  return fromArrays({
    name: "discs",
    inputs,
    sampleShape: [1, rows, columns],
    targets,
    targetShape: [rows, columns],
    classes: 2,
    normalization: { scale: 1, mean: [0.25], std: [0.65] },
  });
}
