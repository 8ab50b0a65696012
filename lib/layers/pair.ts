import { z } from "zod";

/** Rows and columns of an image, of a kernel or of its steps. */
export type Pair = readonly [rows: number, columns: number];

/** Largest kernel, stride and padding: far beyond any use, and no sum of them overflows. */
const largest = 2 ** 16;

/** A pair of integers, or one for both: `3` is `[3, 3]`. */
export function pairSchema(minimum: number) {
  const one = z.int().min(minimum).max(largest);
  return z
    .union([one.transform((both): Pair => [both, both]), z.tuple([one, one]).readonly()])
    .meta({ accepted: `an integer in ${minimum}..${largest}, or two of them, [rows, columns]` });
}
