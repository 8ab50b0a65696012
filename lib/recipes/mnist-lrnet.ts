import { mnistMlp } from "./mnist-mlp.js";
import type { Recipe } from "./recipe.js";

/**
 * MNIST with LR-net's network, trained on all training images without dropout, as in the paper's comparison with LR-net;
 * the test accuracy is that of the last epoch.
 *
 * Source: Meng, Bachmann, Khan, "Training Binary Neural Networks using the Bayesian Learning Rule", ICML 2020, Table 11.
 * What the paper leaves open (batch size, learning rate, batch norm) is as in {@link mnistMlp}.
 */
export const mnistLrnet = {
  name: "mnist-lrnet",
  title: "MNIST, binary 32C5-MP2-64C5-MP2-512FC, BayesBiNN",
  config: {
    ...mnistMlp.config,
    name: "mnist-lrnet",
    dataset: { name: "mnist", validationFraction: 0 },
    model: { name: "lrnetSmall", convBatchNorm: { momentum: 0.15 } },
    epochs: 190,
  },
  column: "mnist",
  paper: {
    source: "Table 11, BayesBiNN (mode), 5 runs",
    metric: "test.mode.accuracy",
    value: 0.995,
    std: 0.0002,
  },
} satisfies Recipe;
