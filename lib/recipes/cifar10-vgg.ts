import type { Recipe } from "./recipe.js";

/**
 * CIFAR-10 with the convolutional network of the paper: Table 8 trained with the settings of Table 9 for BayesBiNN.
 *
 * As in the authors' code, images are padded with black before they are normalised and cropped, half of them are
 * flipped, and N is ten times the number of training images.
 *
 * Source: Meng, Bachmann, Khan, "Training Binary Neural Networks using the Bayesian Learning Rule", ICML 2020.
 */
export const cifar10Vgg = {
  name: "cifar10-vgg",
  title: "CIFAR-10, binary VGG of 14 million weights, BayesBiNN",
  config: {
    name: "cifar10-vgg",
    dataset: { name: "cifar10", validationFraction: 0.1 },
    augmentation: [{ name: "randomCrop", padding: 4, fill: "black" }, { name: "randomFlip" }],
    model: { name: "vggBinaryConnect" },
    optimizer: {
      name: "bayesbinn",
      learningRate: 3e-4,
      momentum: 0,
      temperature: 1e-10,
      samples: 1,
      initialLambda: 10,
      trainSizeFactor: 10,
      schedules: { learningRate: { name: "cosine", final: 1e-16 } },
    },
    loss: { name: "softmaxCrossEntropy" },
    epochs: 500,
    batchSize: 50,
    seed: 10,
    evaluation: { samples: 10 },
  },
  paper: {
    source: "Table 2, BayesBiNN (mode), 5 runs",
    metric: "test.mode.accuracy",
    value: 0.9372,
    std: 0.0016,
  },
} satisfies Recipe;
