import { z } from "zod";

import { type Layer, type LayerOptions, layerType, makeLayer } from "./layer.js";

export const batchNormOptions = z.strictObject({
  momentum: z
    .number()
    .min(0)
    .max(1)
    .default(0.1)
    .describe("Share of the batch in the running statistics: running = (1 - momentum) running + momentum batch"),
  epsilon: z.number().gt(0).default(1e-5).describe("Added to the variance"),
  affine: z.boolean().default(false).describe("Whether a real-valued gain and bias follow, one a channel"),
});

export const batchNormType = layerType({
  type: "batchNorm",
  options: batchNormOptions,
  outputShape: (_, input) => input,
  parameters: ({ affine }, input) =>
    affine
      ? [
          { name: "weight", shape: [input[0]!], kind: "real" },
          { name: "bias", shape: [input[0]!], kind: "real" },
        ]
      : [],
});

/**
 * Batch normalisation of each channel: `y = (x - mean) / sqrt(variance + epsilon)`, with `affine` times `weight` plus `bias`.
 *
 * Training uses the mean and the biased variance of the batch and moves the running statistics (with the unbiased
 * variance, as PyTorch does), once for each weight sample of a step; evaluation uses the running statistics.
 *
 * @example batchNorm({ momentum: 0.15, epsilon: 1e-4 })
 *
 * Options:
 * - `momentum`: share of the batch in the running statistics, in 0..1:
 *   `running = (1 - momentum) running + momentum batch`. Default `0.1`.
 * - `epsilon`: number > 0 that is added to the variance. Default `1e-5`.
 * - `affine`: whether a real-valued gain and bias follow, one a channel. Default `false`.
 * - `name`: unique in its model; letters, digits, `_` and `-`. Default: the type and a number, such as `batchNorm1`.
 *
 * Shapes: `[channels, ...]` unchanged. Parameters with `affine`: `weight` and `bias`, both `[channels]` and real-valued,
 * so that they need an optimizer such as Adam.
 * Source: Ioffe, Szegedy, "Batch Normalization", ICML 2015, algorithm 1.
 */
export function batchNorm(options: LayerOptions<typeof batchNormOptions> = {}): Layer {
  return makeLayer(batchNormType, options);
}
