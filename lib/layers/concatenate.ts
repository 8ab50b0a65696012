import { z } from "zod";

import { type Layer, type LayerOptions, layerType, makeLayer } from "./layer.js";

export const concatenateOptions = z.strictObject({});

export const concatenateType = layerType({
  type: "concatenate",
  options: concatenateOptions,
  merges: true,
  outputShape: (_, ...inputs) => {
    const [, ...axes] = inputs[0];
    const alike = inputs.every(
      ([, ...others]) => others.length === axes.length && others.every((size, axis) => size === axes[axis]),
    );
    if (!alike) return "inputs that differ in their first axis only";
    return [inputs.reduce((sum, input) => sum + input[0]!, 0), ...axes];
  },
  parameters: () => [],
});

/**
 * The channels of all inputs, one input after the other: `y = [a_1, ..., a_m, b_1, ..., b_n, ...]`.
 *
 * @example merge(concatenate(), skip, up)
 *
 * Options:
 * - `name`: unique in its model; letters, digits, `_` and `-`. Default: the type and a number, such as `concatenate1`.
 *
 * Shapes: two or more `[channels, ...]` that are equal but for their channels, images or vectors, to one with the sum of
 * their channels.
 */
export function concatenate(options: LayerOptions<typeof concatenateOptions> = {}): Layer {
  return makeLayer(concatenateType, options);
}
