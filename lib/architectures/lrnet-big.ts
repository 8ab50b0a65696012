import { z } from "zod";

import { linearOptions } from "../layers/linear.js";
import type { Model } from "../model/model.js";
import { type ArchitectureOptions, architecture, buildArchitecture } from "./architecture.js";
import { batchNormSettings, weightsOption } from "./blocks.js";
import { vggBinaryConnectArchitecture } from "./vgg-binary-connect.js";
import { widthOption } from "./vgg-features.js";

const options = z.strictObject({
  width: widthOption,
  hiddenUnits: linearOptions.shape.units.default(1024).describe("Units of the hidden linear layer"),
  convBatchNorm: batchNormSettings(0.2, 1e-5).describe("Batch norm of the convolutions, without gain and bias"),
  linearBatchNorm: batchNormSettings(0.1, 1e-5).describe("Batch norm of the linear layers, without gain and bias"),
  weights: weightsOption,
});

export const lrnetBigArchitecture = architecture({
  name: "lrnetBig",
  description: "LR-net's network for CIFAR-10: six 3x3 convolutions, two linear layers",
  options,
  build: (given, task) => vggBinaryConnectArchitecture.build({ ...given, hiddenLayers: 1 }, task),
});

/**
 * LR-net's network for CIFAR-10: 2x128C3 - MP2 - 2x256C3 - MP2 - 2x512C3 - MP2 - 1024FC - outputs. It is
 * {@link vggBinaryConnect} with one hidden linear layer, and with a batch norm behind every layer.
 *
 * @example lrnetBig({ inputShape: [3, 32, 32], outputs: 10 })
 *
 * Options:
 * - `inputShape`: `[channels, rows, columns]`, 8 rows and columns at least. Required.
 * - `outputs`: number of classes. Required.
 * - `width`: channels of the first convolutions. Default `128`.
 * - `hiddenUnits`: units of the hidden linear layer. Default `1024`.
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
export function lrnetBig(options: ArchitectureOptions<(typeof lrnetBigArchitecture)["options"]>): Model {
  return buildArchitecture(lrnetBigArchitecture, options);
}
