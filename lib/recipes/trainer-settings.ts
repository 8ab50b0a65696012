import type { Dataset } from "../data/dataset.js";
import type { Trainer } from "../training/trainer.js";
import { createLoss, createModel, createOptimizers } from "./assemble.js";
import { requireUsedOptimizers } from "./check-optimizers.js";
import type { Config } from "./config.js";
import { evaluationBatch } from "./evaluation-batch.js";
import type { RunOptions } from "./run-options.js";

/**
 * What a configuration makes a trainer with, for the samples and targets of `dataset`: memory for steps and evaluations.
 *
 * @throws BayesBinnError `ERR_SHAPE_MISMATCH`; `ERR_CONFIG` or `ERR_OPTIMIZER_CLAIM` for optimizers that do not fit the network
 */
export function trainerSettings(
  config: Config,
  dataset: Dataset,
  { device, threads }: Pick<RunOptions, "device" | "threads">,
) {
  const model = createModel(config, dataset);
  requireUsedOptimizers(config, model);
  return {
    model,
    optimizer: createOptimizers(config),
    loss: createLoss(config),
    seed: config.seed,
    maxBatch: Math.max(config.batchSize, evaluationBatch(model)),
    cuda: config.cuda,
    ...(device !== undefined && { device }),
    ...(threads !== undefined && { threads }),
  } satisfies ConstructorParameters<typeof Trainer>[0];
}
