import { cifar10Vgg } from "./cifar10-vgg.js";
import type { Recipe } from "./recipe.js";

/**
 * CIFAR-10 with LR-net's network, trained on all training images without dropout, as in the paper's comparison with
 * LR-net; the test accuracy is that of the last epoch. Data and optimizer are those of {@link cifar10Vgg}.
 *
 * Source: Meng, Bachmann, Khan, "Training Binary Neural Networks using the Bayesian Learning Rule", ICML 2020, Table 11.
 */
export const cifar10Lrnet = {
  name: "cifar10-lrnet",
  title: "CIFAR-10, binary network of LR-net, BayesBiNN",
  config: {
    ...cifar10Vgg.config,
    name: "cifar10-lrnet",
    dataset: { name: "cifar10", validationFraction: 0 },
    model: { name: "lrnetBig" },
    epochs: 290,
  },
  column: "cifar10",
  paper: {
    source: "Table 11, BayesBiNN (mode), 5 runs",
    metric: "test.mode.accuracy",
    value: 0.9397,
    std: 0.0011,
  },
} satisfies Recipe;
