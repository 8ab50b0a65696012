import { z } from "zod";

import { flatten } from "../layers/flatten.js";
import { linearOptions } from "../layers/linear.js";
import { relu } from "../layers/relu.js";
import type { Model } from "../model/model.js";
import { sequential } from "../model/sequential.js";
import { type ArchitectureOptions, architecture, buildArchitecture } from "./architecture.js";
import { batchNormSettings, denseBlock, weightsOption } from "./blocks.js";
import { vggFeatures, widthOption } from "./vgg-features.js";

const options = z.strictObject({
  width: widthOption,
  hiddenUnits: linearOptions.shape.units.default(1024).describe("Units of each hidden linear layer"),
  hiddenLayers: z.int().min(0).max(100).default(2).describe("Number of hidden linear layers"),
  convBatchNorm: batchNormSettings(0.2, 1e-5).describe("Batch norm of the convolutions, without gain and bias"),
  linearBatchNorm: batchNormSettings(0.1, 1e-5).describe("Batch norm of the linear layers, without gain and bias"),
  weights: weightsOption,
});

export const vggBinaryConnectArchitecture = architecture({
  name: "vggBinaryConnect",
  description: "Convolutional network of the paper for CIFAR: six 3x3 convolutions, three linear layers",
  options,
  build(given, { inputShape, outputs, seed }) {
    const { width, hiddenLayers, weights } = given;
    const block = (units: number) => denseBlock(units, weights, given.linearBatchNorm);
    const hidden = Array.from({ length: hiddenLayers }, () => [...block(given.hiddenUnits), relu()]);
    const features = vggFeatures({ width, weights, batchNorm: given.convBatchNorm });
    const layers = [...features, flatten(), ...hidden.flat(), ...block(outputs)];
    return sequential({ inputShape, layers, seed });
  },
});

/**
 * The convolutional network of the paper for CIFAR: three pairs of 3x3 convolutions of `width`, `2 width` and `4 width`
 * channels, each pair with a maximum of 2x2 pixels, then linear layers. Each layer is followed by batch norm without
 * gain and bias and, but the last one, by ReLU; the pooling stands before the batch norm.
 *
 * @example vggBinaryConnect({ inputShape: [3, 32, 32], outputs: 10 })
 * @example vggBinaryConnect({ inputShape: [3, 32, 32], outputs: 10, width: 32, hiddenUnits: 256 }) // a quarter
 *
 * Options:
 * - `inputShape`: `[channels, rows, columns]`, 8 rows and columns at least. Required.
 * - `outputs`: number of classes. Required.
 * - `width`: channels of the first convolutions. Default `128`.
 * - `hiddenUnits`: units of each hidden linear layer. Default `1024`.
 * - `hiddenLayers`: number of hidden linear layers, an integer in 0..100. Default `2`.
 * - `convBatchNorm`: `{ momentum, epsilon }` behind convolutions. Default `{ momentum: 0.2, epsilon: 1e-5 }`.
 * - `linearBatchNorm`: `{ momentum, epsilon }` behind linear layers. Default `{ momentum: 0.1, epsilon: 1e-5 }`.
 * - `weights`: `"binary"`, or `"real"` for the network at full precision. Default `"binary"`.
 * - `seed`: of the first weights and of the draws of a mean prediction, an integer >= 0. Default `1`.
 *
 * Shapes: `[channels, rows, columns]` to `[outputs]`.
 * Source: Meng et al. 2020, Table 8 ("VGGBinaryConnect"); order of layers and batch norms are those of the authors' code.
 *
 * @throws BayesBinnError `ERR_SHAPE_MISMATCH` for an input that is no image, or too small; `ERR_OPTION_UNKNOWN`,
 *   `ERR_OPTION_TYPE`, `ERR_OPTION_RANGE`
 */
export function vggBinaryConnect(
  options: ArchitectureOptions<(typeof vggBinaryConnectArchitecture)["options"]>,
): Model {
  return buildArchitecture(vggBinaryConnectArchitecture, options);
}
