import type { Dataset } from "./dataset.js";

/**
 * The labels of the `rows` x `columns` pixels in the middle of each mask, in the order of `dataset`.
 *
 * Shapes: `[length, rows, columns]`, newly allocated.
 */
export function centreLabels(
  { targets, targetShape = [1, 1], indices, length }: Dataset,
  [rows, columns]: readonly [number, number],
): Int32Array {
  const [height, width] = targetShape;
  const first = ((height - rows) / 2) * width + (width - columns) / 2;
  const labels = new Int32Array(length * rows * columns);
  for (let i = 0, to = 0; i < length; i++) {
    let from = (indices?.[i] ?? i) * height * width + first;
    for (let row = 0; row < rows; row++, from += width) {
      for (let column = 0; column < columns; column++) labels[to++] = targets[from + column]!;
    }
  }
  return labels;
}
