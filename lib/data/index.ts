import { cifar10 } from "./cifar/cifar10.js";
import { cifar10Jpeg } from "./cifar/cifar10-jpeg.js";
import { cifar100 } from "./cifar/cifar100.js";
import { fashionMnist } from "./fashion-mnist.js";
import { imageFolder } from "./images/image-folder.js";
import { mnist } from "./mnist.js";
import type { NamedDataset } from "./named-dataset.js";
import { isbi2012 } from "./segmentation/isbi2012.js";
import { maskFolder } from "./segmentation/mask-folder.js";
import { snelson } from "./snelson.js";
import { twoMoons } from "./two-moons.js";

/** Every data set that a recipe or a configuration can name. A new one is its own file and one line here. */
export const datasets = [
  mnist,
  fashionMnist,
  cifar10,
  cifar10Jpeg,
  cifar100,
  imageFolder,
  maskFolder,
  isbi2012,
  snelson,
  twoMoons,
] as const satisfies readonly NamedDataset[];
