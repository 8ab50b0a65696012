import { z } from "zod";

import { type Layer, type LayerOptions, layerType, makeLayer } from "./layer.js";
import { globallyPooledShape } from "./pooling.js";

export const globalAveragePool2dOptions = z.strictObject({});

export const globalAveragePool2dType = layerType({
  type: "globalAveragePool2d",
  options: globalAveragePool2dOptions,
  outputShape: (_, input) => globallyPooledShape(input),
  parameters: () => [],
});

/**
 * The mean of each channel: `y_c = mean over r, k of x_crk`. In front of the last linear layer it stands for `flatten()`,
 * with far fewer weights to follow.
 *
 * @example globalAveragePool2d()
 *
 * Options:
 * - `name`: unique in its model; letters, digits, `_` and `-`. Default: the type and a number, such as
 *   `globalAveragePool2d1`.
 *
 * Shapes: `[channels, rows, columns]` to `[channels]`. Source: Lin et al., "Network In Network", ICLR 2014, section 3.2.
 */
export function globalAveragePool2d(options: LayerOptions<typeof globalAveragePool2dOptions> = {}): Layer {
  return makeLayer(globalAveragePool2dType, options);
}
