import { z } from "zod";

import { flatten } from "../layers/flatten.js";
import { linearOptions } from "../layers/linear.js";
import { relu } from "../layers/relu.js";
import type { Model } from "../model/model.js";
import { sequential } from "../model/sequential.js";
import { type ArchitectureOptions, architecture, buildArchitecture } from "./architecture.js";
import { batchNormSettings, convBlock, denseBlock, weightsOption } from "./blocks.js";
import { widthOption } from "./vgg-features.js";

const options = z.strictObject({
  width: widthOption
    .removeDefault()
    .default(32)
    .describe("Channels of the first convolution; the second has twice as many"),
  hiddenUnits: linearOptions.shape.units.default(512).describe("Units of the hidden linear layer"),
  convBatchNorm: batchNormSettings(0.2, 1e-5).describe("Batch norm of the convolutions, without gain and bias"),
  linearBatchNorm: batchNormSettings(0.1, 1e-5).describe("Batch norm of the linear layers, without gain and bias"),
  weights: weightsOption,
});

export const lrnetSmallArchitecture = architecture({
  name: "lrnetSmall",
  description: "LR-net's network for MNIST: two 5x5 convolutions, two linear layers",
  options,
  build(given, { inputShape, outputs, seed }) {
    const { width, weights, convBatchNorm, linearBatchNorm } = given;
    const conv = (channels: number) =>
      convBlock({ channels, kernelSize: 5, padding: "same", weights, pool: true, batchNorm: convBatchNorm });
    const dense = (units: number) => denseBlock(units, weights, linearBatchNorm);
    const features = [...conv(width), relu(), ...conv(2 * width), relu(), flatten()];
    const layers = [...features, ...dense(given.hiddenUnits), relu(), ...dense(outputs)];
    return sequential({ inputShape, layers, seed });
  },
});

/**
 * LR-net's network for MNIST: 32C5 - MP2 - 64C5 - MP2 - 512FC - outputs. Each layer is followed by batch norm without gain
 * and bias and, but the last one, by ReLU; the pooling stands before the batch norm.
 *
 * @example lrnetSmall({ inputShape: [1, 28, 28], outputs: 10 })
 *
 * Options:
 * - `inputShape`: `[channels, rows, columns]`, 4 rows and columns at least. Required.
 * - `outputs`: number of classes. Required.
 * - `width`: channels of the first convolution; the second has twice as many. Default `32`.
 * - `hiddenUnits`: units of the hidden linear layer. Default `512`.
 * - `convBatchNorm`: `{ momentum, epsilon }` behind convolutions. Default `{ momentum: 0.2, epsilon: 1e-5 }`.
 * - `linearBatchNorm`: `{ momentum, epsilon }` behind linear layers. Default `{ momentum: 0.1, epsilon: 1e-5 }`.
 * - `weights`: `"binary"`, or `"real"` for the network at full precision. Default `"binary"`.
 * - `seed`: of the first weights and of the draws of a mean prediction, an integer >= 0. Default `1`.
 *
 * Shapes: `[channels, rows, columns]` to `[outputs]`.
 * Source: Shayer, Levi, Fetaya, "Learning Discrete Weights Using the Local Reparameterization Trick", ICLR 2018; Meng et
 * al. 2020, Table 11.
 *
 * @throws BayesBinnError `ERR_SHAPE_MISMATCH` for an input that is no image, or too small; `ERR_OPTION_UNKNOWN`,
 *   `ERR_OPTION_TYPE`, `ERR_OPTION_RANGE`
 */
export function lrnetSmall(options: ArchitectureOptions<(typeof lrnetSmallArchitecture)["options"]>): Model {
  return buildArchitecture(lrnetSmallArchitecture, options);
}
