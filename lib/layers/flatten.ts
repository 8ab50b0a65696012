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

/** All axes of a sample in one, row-major. Shapes: `[a, b, ...]` to `[a * b * ...]`. */
export function flatten(options: LayerOptions<typeof flattenOptions> = {}): Layer {
  return makeLayer(flattenType, options);
}
