import { outOfRange } from "../options/check.js";
import type { Dataset } from "./dataset.js";

/**
 * The samples of `dataset` at `positions`, in that order; repeats are allowed. The samples are shared, not copied.
 *
 * ```ts
 * const [rest, held] = [subset(train, order.subarray(0, 54000)), subset(train, order.subarray(54000))];
 * ```
 *
 * - `positions`: integers in 0 to `dataset.length - 1`, counted in the order of `dataset`, which may be a subset itself.
 * - `name`: for error messages. Default: that of `dataset`.
 *
 * Errors: `ERR_OPTION_RANGE` for no positions, or one that `dataset` does not have.
 */
export function subset(dataset: Dataset, positions: ArrayLike<number>, name: string = dataset.name): Dataset {
  const { length } = positions;
  if (length === 0) throw outOfRange("subset.positions.length", 0, "at least one sample");
  const indices = new Uint32Array(length);
  for (let i = 0; i < length; i++) {
    const position = positions[i] as number;
    if (!Number.isInteger(position) || position < 0 || position >= dataset.length) {
      throw outOfRange(`subset.positions[${i}]`, position, `integers in 0 to ${dataset.length - 1}`);
    }
    indices[i] = dataset.indices === undefined ? position : (dataset.indices[position] as number);
  }
  return { ...dataset, name, length, indices };
}
