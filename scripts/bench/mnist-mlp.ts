import { type Dataset, loadMnist, subset, Trainer } from "../../lib/index.js";
import { createModel, createOptimizer } from "../../lib/recipes/assemble.js";
import { checkConfig } from "../../lib/recipes/config.js";
import { mnistMlp } from "../../lib/recipes/mnist-mlp.js";

/** The first `length` training images of MNIST. */
export async function mnistPart(length: number): Promise<Dataset> {
  const { train } = await loadMnist();
  return subset(
    train,
    Array.from({ length }, (_, i) => i),
  );
}

/** A trainer of the recipe `mnist-mlp`, whose posterior moves as on the whole data set, for a part of it. */
export function mnistMlpTrainer(data: Dataset, threads: number): Trainer {
  const { optimizer, ...rest } = mnistMlp.config;
  const config = checkConfig({ ...rest, optimizer: { ...optimizer, trainSetSize: 54000 } });
  return new Trainer({ model: createModel(config, data), optimizer: createOptimizer(config), threads, maxBatch: 100 });
}
