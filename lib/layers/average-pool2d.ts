import { type Layer, type LayerOptions, layerType, makeLayer } from "./layer.js";
import { checkPadding, pooledShape, windowOptions, withStride } from "./pooling.js";

export const averagePool2dType = layerType({
  type: "averagePool2d",
  options: windowOptions,
  outputShape: pooledShape,
  parameters: () => [],
});

/**
 * Average pooling: `y_crk = sum over i, j < size of x_c,(r stride - padding + i),(k stride - padding + j) / size^2`.
 *
 * Padding counts as zeros that are part of the average, as PyTorch's default does. Windows that reach beyond it are left
 * out: the last rows and columns may be in none. Windows may overlap.
 *
 * @example averagePool2d({ size: 2 })
 * @example averagePool2d({ size: 3, stride: 2, padding: 1 })
 *
 * Options:
 * - `size`: rows and columns of a window, an integer in 1..2^24. Required.
 * - `stride`: rows and columns from one window to the next, an integer in 1..2^24. Default: the size.
 * - `padding`: rows and columns of zeros around the image, an integer >= 0 and at most half the size. Default `0`.
 * - `name`: unique in its model; letters, digits, `_` and `-`. Default: the type and a number, such as `averagePool2d1`.
 *
 * Shapes: `[channels, rows, columns]` to `[channels, r, c]` with `r = floor((rows + 2 padding - size) / stride) + 1`, and
 * columns likewise.
 *
 * @throws BayesBinnError `ERR_OPTION_RANGE`, `ERR_OPTION_TYPE`, `ERR_OPTION_UNKNOWN`
 */
export function averagePool2d(options: LayerOptions<typeof windowOptions>): Layer {
  return checkPadding(makeLayer(averagePool2dType, withStride(options)));
}
