import { type Dataset, fromArrays, loadMnist, subset, Trainer } from "../../lib/index.js";
import { createModel, createOptimizers } from "../../lib/recipes/assemble.js";
import { cifar10Vgg as cifar10VggRecipe } from "../../lib/recipes/cifar10-vgg.js";
import { type Config, checkConfig } from "../../lib/recipes/config.js";
import { emUnetSmall as emUnetSmallRecipe } from "../../lib/recipes/em-unet-small.js";
import { mnistMlp as mnistMlpRecipe } from "../../lib/recipes/mnist-mlp.js";

/** The first `length` training images of MNIST. */
export async function mnistPart(length: number): Promise<Dataset> {
  const { train } = await loadMnist();
  return subset(
    train,
    Array.from({ length }, (_, i) => i),
  );
}

/** Made-up bytes, the same on every run. */
function noise(): (count: number) => Uint8Array {
  let state = 1;
  const byte = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state >>> 24;
  };
  return (count) => Uint8Array.from({ length: count }, byte);
}

/** Images as those of CIFAR-10, of noise: no time depends on what they show. */
export function noiseImages(length: number): Dataset {
  const bytes = noise();
  return fromArrays({
    name: "noise",
    inputs: bytes(length * 3 * 32 * 32),
    sampleShape: [3, 32, 32],
    targets: Int32Array.from(bytes(length), (byte) => byte % 10),
    classes: 10,
    normalization: { scale: 1 / 255, mean: [0.5], std: [0.25] },
  });
}

/** Tiles and masks as those of `em-unet-small`, of noise. */
export function noiseTiles(length: number): Dataset {
  const bytes = noise();
  return fromArrays({
    name: "noise",
    inputs: bytes(length * 188 * 188),
    sampleShape: [1, 188, 188],
    targets: Int32Array.from(bytes(length * 100 * 100), (byte) => byte % 2),
    targetShape: [100, 100],
    classes: 2,
    normalization: { scale: 1 / 255, mean: [0.5], std: [0.25] },
  });
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

/** The recipe `cifar10-vgg`, whose posterior moves on a part of the data set as on the whole. */
export const cifar10Vgg = checkConfig({
  ...cifar10VggRecipe.config,
  optimizer: { ...cifar10VggRecipe.config.optimizer, trainSetSize: 45000 },
});

/** The recipe `em-unet-small`, whose posterior moves on a part of the data set as on tiles of the whole. */
export const emUnetSmall = checkConfig({
  ...emUnetSmallRecipe.config,
  optimizer: { ...emUnetSmallRecipe.config.optimizer, trainSetSize: 864 },
});

/** A trainer of one of these for its batches. */
export function trainerOf(config: Config, data: Dataset, threads: number): Trainer {
  const { batchSize: maxBatch } = config;
  return new Trainer({ model: createModel(config, data), optimizer: createOptimizers(config), threads, maxBatch });
}
