import { z } from "zod";

import { type Layer, type LayerOptions, layerType, makeLayer } from "./layer.js";

export const addOptions = z.strictObject({});

export const addType = layerType({
  type: "add",
  options: addOptions,
  merges: true,
  outputShape: (_, first, ...others) => {
    const alike = (other: typeof first) =>
      other.length === first.length && other.every((size, axis) => size === first[axis]);
    return others.every(alike) ? first : "inputs of one shape";
  },
  parameters: () => [],
});

/**
 * The sum of all inputs, element by element: `y = a + b + ...`. With a path around some layers it is a residual
 * connection.
 *
 * @example merge(add(), path, skip)
 *
 * Options:
 * - `name`: unique in its model; letters, digits, `_` and `-`. Default: the type and a number, such as `add1`.
 *
 * Shapes: two or more of one shape, unchanged. Source: He et al., "Deep Residual Learning for Image Recognition", CVPR 2016.
 */
export function add(options: LayerOptions<typeof addOptions> = {}): Layer {
  return makeLayer(addType, options);
}
