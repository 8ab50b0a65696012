import { z } from "zod";

import { dropoutOptions } from "../layers/dropout.js";
import { linearOptions } from "../layers/linear.js";
import { relu } from "../layers/relu.js";
import { sizeOf } from "../layers/shape.js";
import type { Model } from "../model/model.js";
import { sequential } from "../model/sequential.js";
import { type ArchitectureOptions, architecture, buildArchitecture } from "./architecture.js";
import { batchNormSettings, denseBlock, weightsOption } from "./blocks.js";

const options = z.strictObject({
  hiddenUnits: linearOptions.shape.units.default(2048).describe("Units of each hidden layer"),
  hiddenLayers: z.int().min(1).max(100).default(3).describe("Number of hidden layers"),
  dropout: dropoutOptions.shape.rate.removeDefault().default(0.2).describe("Dropout rate before each linear layer"),
  batchNorm: batchNormSettings(0.15, 1e-4).describe("Batch norm after each linear layer, without gain and bias"),
  weights: weightsOption,
});

export const mlpBinaryConnectArchitecture = architecture({
  name: "mlpBinaryConnect",
  description: "Fully connected network of the paper, 784-2048-2048-2048-10 for MNIST",
  options,
  build(given, { inputShape, outputs, seed }) {
    const block = (units: number) => denseBlock(units, given.weights, given.batchNorm, given.dropout);
    const hidden = Array.from({ length: given.hiddenLayers }, () => [...block(given.hiddenUnits), relu()]);
    return sequential({ inputShape: [sizeOf(inputShape)], layers: [...hidden.flat(), ...block(outputs)], seed });
  },
});

/**
 * The fully connected network of the paper: weights without biases, dropout before each linear layer, batch norm
 * without gain and bias after it, ReLU between the layers and none at the end.
 *
 * @example mlpBinaryConnect({ inputShape: [784], outputs: 10, hiddenUnits: 256 })
 *
 * Options:
 * - `inputShape`: shape of one sample without the batch. Required.
 * - `outputs`: number of classes. Required.
 * - `hiddenUnits`: units of each hidden layer. Default `2048`.
 * - `hiddenLayers`: number of hidden layers, an integer in 1..100. Default `3`.
 * - `dropout`: rate before each linear layer, >= 0 and < 1. Default `0.2`.
 * - `batchNorm`: `{ momentum, epsilon }` of each batch norm. Default `{ momentum: 0.15, epsilon: 1e-4 }`.
 * - `weights`: `"binary"`, or `"real"` for the network at full precision. Default `"binary"`.
 * - `seed`: of the first weights and of the draws of a mean prediction, an integer >= 0. Default `1`.
 *
 * Shapes: `[product(inputShape)]` to `[outputs]`.
 * Source: Meng et al. 2020, Table 5 ("MLPBinaryConnect"); the order of batch norm and ReLU is that of the authors' code.
 *
 * @throws BayesBinnError `ERR_OPTION_UNKNOWN`, `ERR_OPTION_TYPE`, `ERR_OPTION_RANGE`
 */
export function mlpBinaryConnect(
  options: ArchitectureOptions<(typeof mlpBinaryConnectArchitecture)["options"]>,
): Model {
  return buildArchitecture(mlpBinaryConnectArchitecture, options);
}
