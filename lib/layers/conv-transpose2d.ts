import { z } from "zod";

import { convolutionFields, convolutionParameters, convolutionProducts, images, isImage } from "./convolution.js";
import { type Layer, type LayerOptions, layerType, makeLayer } from "./layer.js";
import { pairSchema } from "./pair.js";
import { showShape } from "./shape.js";

export const convTranspose2dOptions = z
  .strictObject({
    ...convolutionFields,
    padding: pairSchema(0).default([0, 0]).describe("Rows and columns cut off on either side of the output"),
    outputPadding: pairSchema(0).default([0, 0]).describe("Rows and columns added at the end of the output"),
  })
  .check(({ value, issues }) => {
    if (value.outputPadding.every((more, axis) => more < value.stride[axis]!)) return;
    const message = `less than the stride, ${showShape(value.stride)}`;
    const params = { code: "ERR_OPTION_RANGE" };
    issues.push({ code: "custom", path: ["outputPadding"], message, input: value, params });
  });

export const convTranspose2dType = layerType({
  type: "convTranspose2d",
  options: convTranspose2dOptions,
  outputShape: ({ channels, kernelSize, stride, padding, outputPadding }, input) => {
    if (!isImage(input)) return images;
    const size = (axis: 0 | 1) =>
      (input[axis + 1]! - 1) * stride[axis] - 2 * padding[axis] + kernelSize[axis] + outputPadding[axis];
    if (size(0) >= 1 && size(1) >= 1) return [channels, size(0), size(1)];
    return `${images} of which padding ${showShape(padding)} leaves something; it would give ${showShape([size(0), size(1)])} pixels`;
  },
  parameters: (options, input) => convolutionParameters(options, [input[0]!, options.channels]),
  multiplyAccumulates: ({ channels, kernelSize }, input) => convolutionProducts(channels, kernelSize, input),
});

/**
 * Transposed 2-d convolution, which makes images larger: each input pixel adds the kernel, times its value, to the
 * output, and the next one a stride further:
 *
 * `y_o[r s - p + k][c s - p + l] += w_io[k][l] x_i[r][c]`, for all i, r, c, k, l `(+ b_o)`
 *
 * with the stride `s` and the padding `p`, for rows and columns each. It is the gradient of a {@link conv2d} of the same
 * options with respect to its input, and shares its computation, on bits as well.
 *
 * @example convTranspose2d({ channels: 64, kernelSize: 2, stride: 2 }) // twice as many rows and columns
 *
 * Options:
 * - `channels`: channels of the output, an integer in 1..2^24. Required.
 * - `kernelSize`: of the kernel, an integer in 1..65536 or `[rows, columns]`. Required.
 * - `stride`: output pixels from one input pixel to the next, an integer in 1..65536 or `[rows, columns]`.
 *   Default `[1, 1]`.
 * - `padding`: output pixels cut off on either side, an integer in 0..65536 or `[rows, columns]`. Default `[0, 0]`.
 * - `outputPadding`: rows and columns more at the end of the output, to choose between the sizes that a convolution with
 *   a stride maps to the same one: an integer >= 0 or `[rows, columns]`, less than the stride. Default `[0, 0]`.
 * - `weights`: `"binary"` (+-1) or `"real"`. Default `"binary"`.
 * - `bias`: a number added to each output channel, `"none"`, `"real"` or `"binary"`. Default `"none"`.
 * - `name`: unique in its model; letters, digits, `_` and `-`. Default: the type and a number, such as
 *   `convTranspose2d1`.
 *
 * Shapes: `[in, rows, columns]` to `[channels, ...]` with `(size - 1) stride - 2 padding + kernel + outputPadding` rows
 * and columns. Parameters: `weight` `[in, channels, kernel rows, kernel columns]`, as in PyTorch, and `bias`
 * `[channels]`.
 *
 * @throws BayesBinnError `ERR_OPTION_UNKNOWN`, `ERR_OPTION_TYPE`, `ERR_OPTION_RANGE`; the model that it is put into:
 * `ERR_SHAPE_MISMATCH` where it is given no images, or ones of which the padding leaves nothing
 *
 * Source: Dumoulin, Visin, "A guide to convolution arithmetic for deep learning", 2016. Real weights begin as those of
 * {@link conv2d}: Glorot's limit depends on the sum of the fans, which is that of PyTorch as well.
 */
export function convTranspose2d(options: LayerOptions<typeof convTranspose2dOptions>): Layer {
  return makeLayer(convTranspose2dType, options);
}
