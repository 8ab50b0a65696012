import { z } from "zod";

import { type Layer, type LayerOptions, layerType, makeLayer } from "./layer.js";

export const linearOptions = z.strictObject({
  units: z
    .int()
    .min(1)
    .max(2 ** 24)
    .describe("Number of outputs"),
  weights: z.enum(["binary", "real"]).default("binary").describe("Whether the weights are +-1 or real numbers"),
  bias: z
    .enum(["none", "real", "binary"])
    .default("none")
    .describe("Whether a bias is added to each output, and of which kind"),
});

export const linearType = layerType({
  type: "linear",
  options: linearOptions,
  outputShape: ({ units }, input) => (input.length === 1 ? [units] : "one axis of features; put flatten() before it"),
  parameters: ({ units, weights, bias }, input) => [
    { name: "weight", shape: [units, input[0]!], kind: weights },
    ...(bias === "none" ? [] : [{ name: "bias", shape: [units], kind: bias }]),
  ],
  multiplyAccumulates: ({ units }, input) => units * input[0]!,
});

/**
 * Fully connected layer: `y_o = sum_i w_oi x_i (+ b_o)`.
 *
 * Binary weights are +-1 and are drawn anew in each training step by the optimizer that owns them; evaluation uses their
 * mode. A binary layer has no scale of its own: put {@link batchNorm} behind it.
 *
 * @example linear({ units: 2048 })
 * @example linear({ units: 10, weights: "real", bias: "real", name: "head" })
 *
 * Options:
 * - `units`: number of outputs, an integer in 1..2^24. Required.
 * - `weights`: `"binary"` (+-1) or `"real"`. Default `"binary"`.
 * - `bias`: a number added to each output, `"none"`, `"real"` or `"binary"`. Default `"none"`.
 * - `name`: unique in its model; letters, digits, `_` and `-`. Default: the type and a number, such as `linear1`.
 *
 * Shapes: `[features]` to `[units]`. Parameters: `weight` `[units, features]`, `bias` `[units]`.
 */
export function linear(options: LayerOptions<typeof linearOptions>): Layer {
  return makeLayer(linearType, options);
}
