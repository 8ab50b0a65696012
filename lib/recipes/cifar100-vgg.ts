import { cifar10Vgg } from "./cifar10-vgg.js";
import { bayesbinn } from "./methods/bayesbinn.js";
import { tableTwo } from "./methods/table-two.js";
import type { Recipe } from "./recipe.js";

/**
 * CIFAR-100 (fine labels) with the convolutional network of the paper, as {@link cifar10Vgg} but for the temperature.
 *
 * Source: Meng, Bachmann, Khan, "Training Binary Neural Networks using the Bayesian Learning Rule", ICML 2020, Tables 8
 * and 9.
 */
export const cifar100Vgg = {
  ...cifar10Vgg,
  name: "cifar100-vgg",
  title: "CIFAR-100, binary VGG of 14 million weights, BayesBiNN",
  config: {
    ...cifar10Vgg.config,
    name: "cifar100-vgg",
    dataset: { name: "cifar100", validationFraction: 0.1 },
    optimizer: bayesbinn.optimizer("cifar100"),
  },
  column: "cifar100",
  paper: tableTwo(bayesbinn, "cifar100"),
} satisfies Recipe;
