import { z } from "zod";

import { type Layer, type LayerOptions, layerType, makeLayer } from "./layer.js";

export const reluOptions = z.strictObject({});

export const reluType = layerType({
  type: "relu",
  options: reluOptions,
  outputShape: (_, input) => input,
  parameters: () => [],
});

/**
 * Rectifier: `y = max(x, 0)`; its gradient at 0 is 0.
 *
 * Options:
 * - `name`: unique in its model; letters, digits, `_` and `-`. Default: the type and a number, such as `relu1`.
 *
 * Shapes: unchanged. Source: Nair, Hinton, "Rectified Linear Units Improve Restricted Boltzmann Machines", ICML 2010.
 */
export function relu(options: LayerOptions<typeof reluOptions> = {}): Layer {
  return makeLayer(reluType, options);
}
