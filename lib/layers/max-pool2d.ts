import { type Layer, type LayerOptions, layerType, makeLayer } from "./layer.js";
import { pooledShape, windowOptions } from "./pooling.js";

export const maxPool2dType = layerType({
  type: "maxPool2d",
  options: windowOptions,
  outputShape: pooledShape,
  parameters: () => [],
});

/**
 * Max pooling: `y_c[r][k] = max over i, j in the window of x_c[r s - p + i][k s - p + j]`, with the stride `s` and the
 * padding `p`, for rows and columns each.
 *
 * Padding counts as minus infinity. Windows that reach beyond it are left out: the last rows and columns may be in none.
 * Windows may overlap. The gradient goes to the first largest value in row-major order; a NaN is larger than any number.
 *
 * @example maxPool2d({ size: 2 })
 * @example maxPool2d({ size: 3, stride: 2, padding: 1 })
 * @example maxPool2d({ size: [1, 4] }) // along columns only
 *
 * Options:
 * - `size`: of a window, an integer in 1..65536 or `[rows, columns]`. Required.
 * - `stride`: pixels from one window to the next, an integer in 1..65536 or `[rows, columns]`. Default: the size.
 * - `padding`: pixels around the image, on either side, an integer >= 0 or `[rows, columns]`, at most half the size.
 *   Default `[0, 0]`.
 * - `name`: unique in its model; letters, digits, `_` and `-`. Default: the type and a number, such as `maxPool2d1`.
 *
 * Shapes: `[channels, rows, columns]` to `[channels, ...]` with `floor((pixels + 2 padding - size) / stride) + 1` rows and
 * columns.
 *
 * @throws BayesBinnError `ERR_OPTION_RANGE`, `ERR_OPTION_TYPE`, `ERR_OPTION_UNKNOWN`; the model that it is put into:
 * `ERR_SHAPE_MISMATCH` where it is given no images, or ones that a window does not fit into
 */
export function maxPool2d(options: LayerOptions<typeof windowOptions>): Layer {
  return makeLayer(maxPool2dType, options);
}
