import { z } from "zod";

import { type Layer, type LayerOptions, layerType, makeLayer } from "./layer.js";
import { globallyPooledShape } from "./pooling.js";

export const globalMaxPool2dOptions = z.strictObject({});

export const globalMaxPool2dType = layerType({
  type: "globalMaxPool2d",
  options: globalMaxPool2dOptions,
  outputShape: (_, input) => globallyPooledShape(input),
  parameters: () => [],
});

/**
 * The largest value of each channel: `y_c = max over r, k of x_crk`.
 *
 * The gradient goes to the first largest value in row-major order; a NaN is larger than any number.
 *
 * @example globalMaxPool2d()
 *
 * Options:
 * - `name`: unique in its model; letters, digits, `_` and `-`. Default: the type and a number, such as `globalMaxPool2d1`.
 *
 * Shapes: `[channels, rows, columns]` to `[channels]`.
 */
export function globalMaxPool2d(options: LayerOptions<typeof globalMaxPool2dOptions> = {}): Layer {
  return makeLayer(globalMaxPool2dType, options);
}
