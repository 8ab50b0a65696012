import { z } from "zod";

import { type Layer, type LayerOptions, layerType, makeLayer } from "./layer.js";

export const tanhOptions = z.strictObject({});

export const tanhType = layerType({
  type: "tanh",
  options: tanhOptions,
  outputShape: (_, input) => input,
  parameters: () => [],
});

/**
 * Hyperbolic tangent: `y = tanh(x)`, with the gradient `1 - y^2`.
 *
 * Options:
 * - `name`: unique in its model; letters, digits, `_` and `-`. Default: the type and a number, such as `tanh1`.
 *
 * Shapes: unchanged.
 */
export function tanh(options: LayerOptions<typeof tanhOptions> = {}): Layer {
  return makeLayer(tanhType, options);
}
