import type { Recipe } from "./recipe.js";

/**
 * MNIST with LR-net's network, trained on all training images without dropout, as in the paper's comparison with LR-net;
 * the test accuracy is that of the last epoch.
 *
 * Source: Meng, Bachmann, Khan, "Training Binary Neural Networks using the Bayesian Learning Rule", ICML 2020, Table 11.
 * What the paper leaves open (batch size, learning rate, batch norm) is as in its other MNIST runs.
 */
export const mnistLrnet = {
  name: "mnist-lrnet",
  title: "MNIST, binary 32C5-MP2-64C5-MP2-512FC, BayesBiNN",
  config: {
    name: "mnist-lrnet",
    dataset: { name: "mnist", validationFraction: 0 },
    model: { name: "lrnetSmall", convBatchNorm: { momentum: 0.15 } },
    optimizer: {
      name: "bayesbinn",
      learningRate: 1e-4,
      momentum: 0,
      temperature: 1e-10,
      samples: 1,
      initialLambda: 10,
      schedules: { learningRate: { name: "cosine", final: 1e-16 } },
    },
    loss: { name: "softmaxCrossEntropy" },
    epochs: 190,
    batchSize: 100,
    seed: 1,
    evaluation: { samples: 10 },
  },
  paper: {
    source: "Table 11, BayesBiNN (mode), 5 runs",
    metric: "test.mode.accuracy",
    value: 0.995,
    std: 0.0002,
  },
} satisfies Recipe;
