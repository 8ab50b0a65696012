import { z } from "zod";

import { batchNorm, batchNormOptions } from "../../layers/batch-norm.js";
import { dropout, dropoutOptions } from "../../layers/dropout.js";
import type { Layer } from "../../layers/layer.js";
import { linear, linearOptions } from "../../layers/linear.js";
import { relu } from "../../layers/relu.js";
import { sizeOf } from "../../layers/shape.js";
import { sequential } from "../../model/sequential.js";
import { classesOf } from "./classes-of.js";
import type { ModelBuilder } from "./model-builder.js";

// What a layer accepts is the layer's business; only the defaults are this network's own.
const options = z.strictObject({
  hiddenUnits: linearOptions.shape.units.default(2048).describe("Units of each hidden layer"),
  hiddenLayers: z.int().min(1).max(100).default(3).describe("Number of hidden layers"),
  dropout: dropoutOptions.shape.rate.removeDefault().default(0.2).describe("Dropout rate before each linear layer"),
  batchNorm: z
    .strictObject({
      momentum: batchNormOptions.shape.momentum.removeDefault().default(0.15),
      epsilon: batchNormOptions.shape.epsilon.removeDefault().default(1e-4),
    })
    .prefault({})
    .describe("Batch norm after each linear layer, without gain and bias"),
});

/**
 * The fully connected network of the paper ("MLPBinaryConnect"): binary weights without biases, dropout before each
 * linear layer, batch norm without gain and bias after it, ReLU between the layers and none at the end.
 *
 * Options: `hiddenUnits` (default 2048), `hiddenLayers` (default 3), `dropout` (rate, default 0.2), `batchNorm.momentum`
 * (default 0.15), `batchNorm.epsilon` (default 1e-4).
 *
 * Shapes: `[product(sampleShape)]` to `[classes]`.
 *
 * Errors: `ERR_CONFIG` for data without class labels.
 *
 * Source: Meng et al. 2020, Table 5; the order of batch norm and ReLU is that of the authors' code.
 */
export const mlpBinaryConnect: ModelBuilder<typeof options> = {
  name: "mlpBinaryConnect",
  description: "Fully connected binary network of the paper",
  options,
  build(given, dataset, seed) {
    const block = (units: number): Layer[] => [
      ...(given.dropout > 0 ? [dropout({ rate: given.dropout })] : []),
      linear({ units, weights: "binary", bias: "none" }),
      batchNorm({ ...given.batchNorm, affine: false }),
    ];
    const hidden = Array.from({ length: given.hiddenLayers }, () => [...block(given.hiddenUnits), relu()]);
    const layers = [...hidden.flat(), ...block(classesOf(dataset))];
    return sequential({ inputShape: [sizeOf(dataset.sampleShape)], layers, seed });
  },
};
