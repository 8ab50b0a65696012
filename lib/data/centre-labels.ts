import type { Dataset } from "./dataset.js";

/**
 * Copies the values of the `rows` x `columns` pixels in the middle of each target, in the order of `dataset`, to `into`,
 * `[length, rows, columns]`. Targets have a value a pixel; without a shape, they are a pixel.
 */
export function copyCentres<T extends Int32Array | Float32Array>(
  { targets, targetShape = [1, 1], indices, length }: Dataset,
  [rows, columns]: readonly [number, number],
  into: T,
): T {
  const [height, width] = targetShape;
  const first = ((height - rows) / 2) * width + (width - columns) / 2;
  for (let i = 0, to = 0; i < length; i++) {
    let from = (indices?.[i] ?? i) * height * width + first;
    for (let row = 0; row < rows; row++, from += width) {
      for (let column = 0; column < columns; column++) into[to++] = targets[from + column]!;
    }
  }
  return into;
}

/**
 * The labels of the `rows` x `columns` pixels in the middle of each mask, in the order of `dataset`.
 *
 * Shapes: `[length, rows, columns]`, newly allocated.
 */
export function centreLabels(dataset: Dataset, size: readonly [number, number]): Int32Array {
  return copyCentres(dataset, size, new Int32Array(dataset.length * size[0] * size[1]));
}
