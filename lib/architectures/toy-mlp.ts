import { z } from "zod";

import { batchNorm } from "../layers/batch-norm.js";
import type { Layer } from "../layers/layer.js";
import { linear, linearOptions } from "../layers/linear.js";
import { tanh } from "../layers/tanh.js";
import type { Model } from "../model/model.js";
import { sequential } from "../model/sequential.js";
import { type ArchitectureOptions, architecture, buildArchitecture } from "./architecture.js";
import { batchNormSettings, weightsOption } from "./blocks.js";

const options = z.strictObject({
  hiddenUnits: linearOptions.shape.units.default(64).describe("Units of each hidden layer"),
  hiddenLayers: z.int().min(1).max(100).default(2).describe("Number of hidden layers"),
  bias: linearOptions.shape.bias.removeDefault().default("binary").describe("Bias of each linear layer"),
  normalize: z
    .enum(["none", "output", "all"])
    .default("none")
    .describe("Where batch norm without gain and bias stands: behind no linear layer, the last one, or each"),
  batchNorm: batchNormSettings(0.15, 1e-4).describe("Batch norm, where there is one"),
  weights: weightsOption,
});

export const toyMlpArchitecture = architecture({
  name: "toyMlp",
  description: "Small fully connected tanh network of the paper's synthetic data, n-64-64-n",
  options,
  build(given, { inputShape, outputs, seed }) {
    const { hiddenUnits, hiddenLayers, bias, normalize, weights } = given;
    const block = (units: number, normalized: boolean): Layer[] => [
      linear({ units, weights, bias }),
      ...(normalized ? [batchNorm(given.batchNorm)] : []),
    ];
    const hidden = Array.from({ length: hiddenLayers }, () => [...block(hiddenUnits, normalize === "all"), tanh()]);
    return sequential({ inputShape, layers: [...hidden.flat(), ...block(outputs, normalize !== "none")], seed });
  },
});

/**
 * The fully connected network of the paper's regression and two moons: tanh between linear layers with biases.
 *
 * @example toyMlp({ inputShape: [2], outputs: 1 }) // two moons
 * @example toyMlp({ inputShape: [1], outputs: 1, normalize: "output" }) // regression
 *
 * Options:
 * - `inputShape`: `[features]`. Required.
 * - `outputs`: number of outputs. Required.
 * - `hiddenUnits`: units of each hidden layer. Default `64`.
 * - `hiddenLayers`: number of hidden layers, an integer in 1..100. Default `2`.
 * - `bias`: of each linear layer, `"none"`, `"real"` or `"binary"`. Default `"binary"`.
 * - `normalize`: where batch norm without gain and bias stands, `"none"`, `"output"` (behind the last layer) or `"all"`.
 *   Default `"none"`.
 * - `batchNorm`: `{ momentum, epsilon }`, where there is one. Default `{ momentum: 0.15, epsilon: 1e-4 }`.
 * - `weights`: `"binary"`, or `"real"` for the network at full precision. Default `"binary"`.
 * - `seed`: of the first weights and of the draws of a mean prediction, an integer >= 0. Default `1`.
 *
 * Shapes: `[features]` to `[outputs]`.
 * Source: Meng et al. 2020, Tables 3 and 4; biases and batch norm are those of the authors' notebook.
 *
 * @throws BayesBinnError `ERR_SHAPE_MISMATCH` for an input that is no vector; `ERR_OPTION_UNKNOWN`, `ERR_OPTION_TYPE`,
 *   `ERR_OPTION_RANGE`
 */
export function toyMlp(options: ArchitectureOptions<(typeof toyMlpArchitecture)["options"]>): Model {
  return buildArchitecture(toyMlpArchitecture, options);
}
