import { z } from "zod";

import { checkOptions } from "../options/check.js";
import { layerSchema, Model, modelOptions } from "./model.js";

/** Options of {@link sequential}. */
export const sequentialOptions = z.strictObject({
  inputShape: modelOptions.shape.inputShape,
  layers: z.array(layerSchema).min(1).readonly().describe("Layers, each reading the one before"),
  seed: modelOptions.shape.seed,
});

/**
 * A network of layers one after the other. Layers without a name are numbered by type: `linear1`, `batchNorm1`, ...
 *
 * @example
 * const model = sequential({
 *   inputShape: [784],
 *   layers: [linear({ units: 256 }), batchNorm(), relu(), linear({ units: 10 }), batchNorm()],
 * });
 *
 * Options:
 * - `inputShape`: shape of one sample without the batch, integers >= 1. Required.
 * - `layers`: one or more layers, each reading the one before. Required.
 * - `seed`: of the first weights and of the draws of a mean prediction, an integer >= 0. Default `1`.
 *
 * @throws BayesBinnError `ERR_SHAPE_MISMATCH` naming both layers where one cannot take what the other gives;
 * `ERR_OPTION_UNKNOWN`, `ERR_OPTION_TYPE`, `ERR_OPTION_RANGE`
 */
export function sequential(options: z.input<typeof sequentialOptions>): Model {
  const { inputShape, layers, seed } = checkOptions(sequentialOptions, options, "sequential");
  return new Model({ inputShape, nodes: layers.map((layer) => ({ layer })), seed });
}
