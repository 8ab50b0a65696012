import { cifar10Lrnet } from "./cifar10-lrnet.js";
import { cifar10Vgg } from "./cifar10-vgg.js";
import { cifar100Vgg } from "./cifar100-vgg.js";
import { emUnet } from "./em-unet.js";
import { emUnetSmall } from "./em-unet-small.js";
import { fashionMlp } from "./fashion-mlp.js";
import { mnistLrnet } from "./mnist-lrnet.js";
import { mnistMlp } from "./mnist-mlp.js";
import { permutedMnist } from "./permuted-mnist.js";
import type { Recipe } from "./recipe.js";
import { snelson } from "./snelson.js";
import { snelsonPaper } from "./snelson-paper.js";
import { splitMnist } from "./split-mnist.js";
import { twoMoons } from "./two-moons.js";
import { twoMoonsPaper } from "./two-moons-paper.js";

/** Every recipe by which `bayesbinn train` can be called. A new one is its own file and one line here. */
export const recipes: readonly Recipe[] = [
  mnistMlp,
  mnistLrnet,
  fashionMlp,
  cifar10Vgg,
  cifar10Lrnet,
  cifar100Vgg,
  twoMoons,
  twoMoonsPaper,
  snelson,
  snelsonPaper,
  permutedMnist,
  splitMnist,
  emUnet,
  emUnetSmall,
];
