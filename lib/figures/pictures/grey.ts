import type { Picture } from "../../io/write-png.js";
import { outOfRange } from "../../options/check.js";

/** Rows and columns of maps, row-major. */
interface Size {
  readonly rows: number;
  readonly columns: number;
}

/**
 * The grey value of each class in a mask, evenly spread: 0 and 255 of two classes, `round(255 k / (classes - 1))`. What
 * `loadMaskFolder` takes as `classValues`.
 *
 * @throws BayesBinnError `ERR_OPTION_RANGE` for more classes than grey values
 */
export function classValues(classes: number): number[] {
  if (classes > 256) throw outOfRange("classes", classes, "at most 256, which a mask of 8 bits can tell apart");
  return Array.from({ length: classes }, (_, k) => Math.round((255 * k) / Math.max(1, classes - 1)));
}

/** A class for each pixel as a mask; pixels of no class (-1) are black. */
export function maskPicture({ rows, columns }: Size, labels: ArrayLike<number>, classes: number): Picture {
  const values = classValues(classes);
  return { rows, columns, channels: 1, pixels: Uint8Array.from(labels, (label) => values[label] ?? 0) };
}

/** Numbers in 0..`most` as grey values from black to white. */
export function greyPicture({ rows, columns }: Size, values: ArrayLike<number>, most: number): Picture {
  // Typed arrays of clamped bytes round as well.
  const pixels = new Uint8Array(Uint8ClampedArray.from(values, (value) => (255 * value) / most).buffer);
  return { rows, columns, channels: 1, pixels };
}

/**
 * An image as data sets hold it, `[channels, rows, columns]`: bytes as they are, other numbers stretched from the smallest to the
 * largest. One and three channels are grey and colour, of another number the first one is seen.
 */
export function imagePicture({ rows, columns }: Size, image: Uint8Array | Float32Array): Picture {
  const size = rows * columns;
  const channels = image.length === 3 * size ? 3 : 1;
  const planes = image.subarray(0, channels * size);
  const bytes = planes instanceof Uint8Array ? planes : stretched(planes);
  const pixels = Uint8Array.from({ length: channels * size }, (_, at) => {
    return bytes[(at % channels) * size + Math.floor(at / channels)]!;
  });
  return { rows, columns, channels, pixels };
}

function stretched(values: Float32Array): Uint8ClampedArray {
  let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) [least, most] = [Math.min(least, value), Math.max(most, value)];
  const range = most > least ? most - least : 1;
  return Uint8ClampedArray.from(values, (value) => (255 * (value - least)) / range);
}
