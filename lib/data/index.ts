import { fashionMnist } from "./fashion-mnist.js";
import { mnist } from "./mnist.js";
import type { NamedDataset } from "./named-dataset.js";

/** Every data set that a recipe or a configuration can name. A new one is its own file and one line here. */
export const datasets = [mnist, fashionMnist] as const satisfies readonly NamedDataset[];
