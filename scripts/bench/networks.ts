import { type Dataset, loadMnist, subset, Trainer } from "../../lib/index.js";
import { createModel, createOptimizer } from "../../lib/recipes/assemble.js";
import { type Config, checkConfig } from "../../lib/recipes/config.js";
import { mnistMlp as mnistMlpRecipe } from "../../lib/recipes/mnist-mlp.js";

/** The first `length` training images of MNIST. */
export async function mnistPart(length: number): Promise<Dataset> {
  const { train } = await loadMnist();
  return subset(
    train,
    Array.from({ length }, (_, i) => i),
  );
}

const { optimizer, ...recipe } = mnistMlpRecipe.config;

/** The recipe `mnist-mlp`, whose posterior moves on a part of the data set as on the whole. */
export const mnistMlp = checkConfig({ ...recipe, optimizer: { ...optimizer, trainSetSize: 54000 } });

/** The network of the paper's continual learning, 784-100-100-10, at its temperature: weights that are no signs. */
export const continualMlp = checkConfig({
  ...recipe,
  name: "continual-mlp",
  model: { ...recipe.model, hiddenUnits: 100, hiddenLayers: 2, dropout: 0 },
  optimizer: { ...optimizer, learningRate: 1e-3, temperature: 1e-2, trainSetSize: 60000 },
});

/** A trainer of one of these for a part of MNIST, in batches of 100. */
export function trainerOf(config: Config, data: Dataset, threads: number): Trainer {
  return new Trainer({ model: createModel(config, data), optimizer: createOptimizer(config), threads, maxBatch: 100 });
}
