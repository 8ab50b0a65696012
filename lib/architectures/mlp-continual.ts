import { z } from "zod";

import { linearOptions } from "../layers/linear.js";
import type { Model } from "../model/model.js";
import { type ArchitectureOptions, architecture, buildArchitecture } from "./architecture.js";
import { batchNormSettings, weightsOption } from "./blocks.js";
import { mlpBinaryConnectArchitecture } from "./mlp-binary-connect.js";

const options = z.strictObject({
  hiddenUnits: linearOptions.shape.units.default(100).describe("Units of each hidden layer"),
  hiddenLayers: z.int().min(1).max(100).default(2).describe("Number of hidden layers"),
  batchNorm: batchNormSettings(0.15, 1e-4).describe("Batch norm after each linear layer, without gain and bias"),
  weights: weightsOption,
});

export const mlpContinualArchitecture = architecture({
  name: "mlpContinual",
  description: "Small fully connected network of the paper's continual learning, 784-100-100-10",
  options,
  build: (given, task) => mlpBinaryConnectArchitecture.build({ ...given, dropout: 0 }, task),
});

/**
 * The fully connected network of the paper's continual learning: two hidden layers of 100 units without dropout, and
 * otherwise as {@link mlpBinaryConnect}.
 *
 * @example mlpContinual({ inputShape: [784], outputs: 10 })
 *
 * Options:
 * - `inputShape`: shape of one sample without the batch. Required.
 * - `outputs`: number of classes. Required.
 * - `hiddenUnits`: units of each hidden layer. Default `100`.
 * - `hiddenLayers`: number of hidden layers, an integer in 1..100. Default `2`.
 * - `batchNorm`: `{ momentum, epsilon }` of each batch norm. Default `{ momentum: 0.15, epsilon: 1e-4 }`.
 * - `weights`: `"binary"`, or `"real"` for the network at full precision. Default `"binary"`.
 * - `seed`: of the first weights and of the draws of a mean prediction, an integer >= 0. Default `1`.
 *
 * Shapes: `[product(inputShape)]` to `[outputs]`.
 * Source: Meng et al. 2020, Table 12.
 *
 * @throws BayesBinnError `ERR_OPTION_UNKNOWN`, `ERR_OPTION_TYPE`, `ERR_OPTION_RANGE`
 */
export function mlpContinual(options: ArchitectureOptions<(typeof mlpContinualArchitecture)["options"]>): Model {
  return buildArchitecture(mlpContinualArchitecture, options);
}
