import { mnistMlp } from "../../lib/recipes/mnist-mlp.js";
import { createModel, createOptimizer } from "../../lib/recipes/assemble.js";
import { checkConfig } from "../../lib/recipes/config.js";
import { type Dataset, Trainer } from "../../lib/index.js";

/** A trainer of the recipe `mnist-mlp` for data of the user's own. */
export function mnistMlpTrainer(data: Dataset, threads: number): Trainer {
  const config = checkConfig(mnistMlp.config);
  return new Trainer({ model: createModel(config, data), optimizer: createOptimizer(config), threads, maxBatch: 100 });
}
