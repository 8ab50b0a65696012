import { z } from "zod";

import { type Layer, type LayerOptions, layerType, makeLayer } from "./layer.js";

export const dropout2dOptions = z.strictObject({
  rate: z.number().min(0).lt(1).default(0.5).describe("Probability that a channel is dropped"),
});

export const dropout2dType = layerType({
  type: "dropout2d",
  options: dropout2dOptions,
  outputShape: (_, input) => (input.length === 3 ? input : "[channels, rows, columns]"),
  parameters: () => [],
});

/**
 * Dropout of whole channels: in training all values of a channel of a sample become 0 with probability `rate` and are
 * divided by `1 - rate` otherwise; in evaluation nothing happens.
 *
 * Neighbouring pixels tell much the same, so that dropping single ones, as {@link dropout} does, takes little away.
 *
 * @example dropout2d({ rate: 0.2 })
 *
 * Options:
 * - `rate`: probability that a channel is dropped, >= 0 and < 1. Default `0.5`.
 * - `name`: unique in its model; letters, digits, `_` and `-`. Default: the type and a number, such as `dropout2d1`.
 *
 * Shapes: `[channels, rows, columns]` unchanged. Source: Tompson et al., "Efficient Object Localization Using
 * Convolutional Networks", CVPR 2015 (PyTorch's `Dropout2d`, Keras's `SpatialDropout2D`).
 */
export function dropout2d(options: LayerOptions<typeof dropout2dOptions> = {}): Layer {
  return makeLayer(dropout2dType, options);
}
