import { z } from "zod";

import { type Layer, type LayerOptions, layerType, makeLayer } from "./layer.js";

export const dropoutOptions = z.strictObject({
  rate: z.number().min(0).lt(1).default(0.5).describe("Probability that a value is dropped"),
});

export const dropoutType = layerType({
  type: "dropout",
  options: dropoutOptions,
  outputShape: (_, input) => input,
  parameters: () => [],
});

/**
 * Dropout: in training each value becomes 0 with probability `rate` and is divided by `1 - rate` otherwise; in evaluation
 * nothing happens.
 *
 * @example dropout({ rate: 0.2 })
 *
 * Options:
 * - `rate`: probability that a value is dropped, >= 0 and < 1. Default `0.5`.
 * - `name`: unique in its model; letters, digits, `_` and `-`. Default: the type and a number, such as `dropout1`.
 *
 * Shapes: unchanged. Source: Srivastava et al., "Dropout", JMLR 2014 (in the scaled form of PyTorch).
 */
export function dropout(options: LayerOptions<typeof dropoutOptions> = {}): Layer {
  return makeLayer(dropoutType, options);
}
