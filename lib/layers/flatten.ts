import { z } from "zod";

import { type Layer, type LayerOptions, layerType, makeLayer } from "./layer.js";
import { sizeOf } from "./shape.js";

export const flattenOptions = z.strictObject({});

export const flattenType = layerType({
  type: "flatten",
  options: flattenOptions,
  outputShape: (_, input) => [sizeOf(input)],
  parameters: () => [],
});

/**
 * All axes of a sample in one, row-major: `y_(i B + j) = x_ij` for a shape `[A, B]`.
 *
 * Options:
 * - `name`: unique in its model; letters, digits, `_` and `-`. Default: the type and a number, such as `flatten1`.
 *
 * Shapes: `[a, b, ...]` to `[a * b * ...]`.
 */
export function flatten(options: LayerOptions<typeof flattenOptions> = {}): Layer {
  return makeLayer(flattenType, options);
}
