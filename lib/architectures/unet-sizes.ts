import { z } from "zod";

import type { Shape } from "../layers/layer.js";
import { showShape } from "../layers/shape.js";
import { BayesBinnError } from "../native/errors.js";
import { checkOptions } from "../options/check.js";
import { either } from "../options/show.js";

/** Options of a U-Net that its sizes depend on. */
export const unetSizeOptions = z.strictObject({
  depth: z.int().min(1).max(8).default(5).describe("Number of levels; each but the last one halves rows and columns"),
  padding: z
    .enum(["valid", "same"])
    .default("valid")
    .describe('Of the 3x3 convolutions: "valid" ones shrink the image, "same" ones keep its size'),
});

export type UnetSizeOptions = z.input<typeof unetSizeOptions>;

type Sizing = z.output<typeof unetSizeOptions>;

const pixels = z
  .int()
  .min(1)
  .max(2 ** 24);

/**
 * Rows or columns of the output of a {@link unet} for so many of its input.
 *
 * With `h = 2^(depth - 1)`, `"valid"` padding takes `12 h - 8` pixels off a size that is 4 less than a multiple of `h`, and
 * `"same"` padding takes none off a multiple of `h`. Other sizes are odd at some level, where they have to be halved.
 *
 * @example unetOutputSize(572) // 388
 * @example unetOutputSize(64, { depth: 3, padding: "same" }) // 64
 *
 * Options, those of the network:
 * - `depth`: number of levels, an integer in 1..8. Default `5`.
 * - `padding`: of the 3x3 convolutions, `"valid"` or `"same"`. Default `"valid"`.
 *
 * @param size pixels, an integer >= 1
 * @throws BayesBinnError `ERR_SHAPE_MISMATCH` for a size that does not fit, naming near ones that do; `ERR_OPTION_UNKNOWN`,
 *   `ERR_OPTION_TYPE`, `ERR_OPTION_RANGE`
 */
export function unetOutputSize(size: number, options: UnetSizeOptions = {}): number {
  const given = checkOptions(unetSizeOptions, options, "unetOutputSize");
  const path = "unetOutputSize.size";
  const checked = checkOptions(pixels, size, path);
  if (!fits(checked, given)) throw misfit(path, checked, checked, "pixels", given);
  return checked - limits(given).lost;
}

/**
 * Three sizes that a {@link unet} can take, in ascending order: the one nearest to `size`, the one before it and the one
 * after it; near the least of all, the first three.
 *
 * @example unetInputSizes(576) // [556, 572, 588]
 *
 * Options: those of {@link unetOutputSize}.
 *
 * @param size wanted rows or columns of the input, an integer >= 1
 * @throws BayesBinnError `ERR_OPTION_UNKNOWN`, `ERR_OPTION_TYPE`, `ERR_OPTION_RANGE`
 */
export function unetInputSizes(size: number, options: UnetSizeOptions = {}): [number, number, number] {
  const given = checkOptions(unetSizeOptions, options, "unetInputSizes");
  return near(checkOptions(pixels, size, "unetInputSizes.size"), given);
}

/** Refuses rows or columns that do not fit; what is no image, the first convolution refuses. */
export function checkUnetSizes(inputShape: Shape, given: Sizing): void {
  if (inputShape.length !== 3) return;
  const [, ...sizes] = inputShape;
  const axis = sizes.findIndex((size) => !fits(size, given));
  if (axis < 0) return;
  const what = `${axis === 0 ? "rows" : "columns"} of ${showShape(inputShape)}`;
  throw misfit("unet.inputShape", inputShape, sizes[axis]!, what, given);
}

/** All sizes are the least one plus a multiple of the step, and lose as many pixels. */
function limits({ depth, padding }: Sizing) {
  const step = 2 ** (depth - 1);
  if (padding === "same") return { step, least: step, lost: 0 };
  // Two convolutions lose 4 pixels: on the last level once, 4 h of the input, and on each level above twice, 8 (h - 1) in all.
  const lost = 12 * step - 8;
  // What is left is 4 more than a multiple of h.
  return { step, least: lost + Math.min(step, 4), lost };
}

function fits(size: number, given: Sizing): boolean {
  const { step, least } = limits(given);
  return size >= least && (size - least) % step === 0;
}

function near(size: number, given: Sizing): [number, number, number] {
  const { step, least } = limits(given);
  const first = least + step * Math.max(Math.round((size - least) / step) - 1, 0);
  return [first, first + step, first + 2 * step];
}

function misfit(path: string, value: number | Shape, size: number, what: string, given: Sizing): BayesBinnError {
  const problem = size < limits(given).least ? "are too few" : "cannot be halved evenly";
  const accepted = near(size, given);
  const message = `${path}: ${size} ${what} ${problem} at depth ${given.depth} with padding "${given.padding}", accepted: ${either(accepted.map(String))}`;
  return new BayesBinnError("ERR_SHAPE_MISMATCH", message, { path, value, accepted });
}
