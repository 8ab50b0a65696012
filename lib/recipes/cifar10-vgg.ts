import { bayesbinn } from "./methods/bayesbinn.js";
import { paperEpochs } from "./methods/method.js";
import { tableTwo } from "./methods/table-two.js";
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
    optimizer: bayesbinn.optimizer("cifar10"),
    loss: { name: "softmaxCrossEntropy" },
    epochs: paperEpochs,
    batchSize: 50,
    seed: 10,
    evaluation: { samples: 10 },
  },
  column: "cifar10",
  benchmark: true,
  paper: tableTwo(bayesbinn, "cifar10"),
} satisfies Recipe;
