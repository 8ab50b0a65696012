import { z } from "zod";

import { convolutionFields, convolutionParameters, convolutionProducts, images, isImage } from "./convolution.js";
import { type Layer, type LayerOptions, layerType, makeLayer } from "./layer.js";
import { type Pair, pairSchema } from "./pair.js";
import { showShape } from "./shape.js";

export const conv2dOptions = z
  .strictObject({
    ...convolutionFields,
    padding: z
      .union([z.enum(["valid", "same"]), pairSchema(0)])
      .default([0, 0])
      .meta({ accepted: '"same", "valid", an integer >= 0, or two of them, [rows, columns]' })
      .describe("Zeros on either side of rows and of columns"),
  })
  .check(({ value, issues }) => {
    if (value.padding !== "same") return;
    const refuse = (path: "stride" | "kernelSize", message: string) =>
      issues.push({ code: "custom", path: [path], message, input: value, params: { code: "ERR_OPTION_RANGE" } });
    if (value.stride.some((step) => step !== 1)) refuse("stride", '1, as padding is "same"');
    if (value.kernelSize.some((size) => size % 2 === 0)) refuse("kernelSize", 'odd numbers, as padding is "same"');
  })
  // Native code takes numbers, and a model file holds them.
  .overwrite((options) => ({ ...options, padding: paddingOf(options) }));

export const conv2dType = layerType({
  type: "conv2d",
  options: conv2dOptions,
  outputShape: (options, input) => {
    if (!isImage(input)) return images;
    const { channels, kernelSize, stride } = options;
    const padding = paddingOf(options);
    const least = kernelSize.map((size, axis) => Math.max(1, size - 2 * padding[axis]!));
    const size = (axis: 0 | 1) =>
      Math.floor((input[axis + 1]! + 2 * padding[axis] - kernelSize[axis]) / stride[axis]) + 1;
    if (size(0) >= 1 && size(1) >= 1) return [channels, size(0), size(1)];
    return `${images} of at least ${showShape(least)} pixels, for a kernel of ${showShape(kernelSize)} with padding ${showShape(padding)}`;
  },
  parameters: (options, input) => convolutionParameters(options, [options.channels, input[0]!]),
  multiplyAccumulates: ({ kernelSize }, input, output) => convolutionProducts(input[0]!, kernelSize, output),
});

/** Padding in numbers: "same" is half of an odd kernel. */
function paddingOf({ padding, kernelSize }: { padding: Pair | "valid" | "same"; kernelSize: Pair }): Pair {
  if (padding === "valid") return [0, 0];
  if (padding === "same") return [(kernelSize[0] - 1) / 2, (kernelSize[1] - 1) / 2];
  return padding;
}

/**
 * 2-d convolution of images, in the sense of networks (a cross-correlation), with zeros beyond the edges:
 *
 * `y_o[r][c] = sum over i, k, l of w_oi[k][l] x_i[r s - p + k][c s - p + l] (+ b_o)`
 *
 * with the stride `s` and the padding `p`, for rows and columns each.
 *
 * Binary weights are +-1 and are drawn anew in each training step by the optimizer that owns them; evaluation uses their
 * mode. A binary layer has no scale of its own: put {@link batchNorm} behind it. Where the method makes the weights
 * signs, they are multiplied as bits.
 *
 * @example conv2d({ channels: 128, kernelSize: 3, padding: "same" })
 * @example conv2d({ channels: 32, kernelSize: [3, 5], stride: 2, padding: [1, 2], weights: "real", bias: "real" })
 *
 * Options:
 * - `channels`: channels of the output, an integer in 1..2^24. Required.
 * - `kernelSize`: of the kernel, an integer in 1..65536 or `[rows, columns]`. Required.
 * - `stride`: pixels from one place of the kernel to the next, an integer in 1..65536 or `[rows, columns]`.
 *   Default `[1, 1]`.
 * - `padding`: zeros on either side, an integer in 0..65536 or `[rows, columns]`; `"valid"`, none; or `"same"`, half a
 *   kernel, so that the image keeps its size, which takes a stride of 1 and an odd kernel. Default `[0, 0]`.
 * - `weights`: `"binary"` (+-1) or `"real"`. Default `"binary"`.
 * - `bias`: a number added to each output channel, `"none"`, `"real"` or `"binary"`. Default `"none"`.
 * - `name`: unique in its model; letters, digits, `_` and `-`. Default: the type and a number, such as `conv2d1`.
 *
 * Shapes: `[in, rows, columns]` to `[channels, ...]` with `floor((size + 2 padding - kernel) / stride) + 1` rows and
 * columns. Parameters: `weight` `[channels, in, kernel rows, kernel columns]`, `bias` `[channels]`.
 *
 * @throws BayesBinnError `ERR_OPTION_UNKNOWN`, `ERR_OPTION_TYPE`, `ERR_OPTION_RANGE`; the model that it is put into:
 * `ERR_SHAPE_MISMATCH` where it is given no images, or ones that the kernel does not fit into
 *
 * Source: LeCun et al., "Gradient-Based Learning Applied to Document Recognition", Proc. IEEE 1998; real weights begin
 * as in Glorot, Bengio, AISTATS 2010, eq. 16, with the fans `in * kernel pixels` and `channels * kernel pixels`.
 */
export function conv2d(options: LayerOptions<typeof conv2dOptions>): Layer {
  return makeLayer(conv2dType, options);
}
