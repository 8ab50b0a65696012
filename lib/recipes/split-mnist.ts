import { permutedMnist } from "./permuted-mnist.js";
import type { Recipe } from "./recipe.js";

/**
 * Continual learning of the digits in pairs, 0 and 1, then 2 and 3, and so on, with labels counted from 0 within a pair and one
 * output layer for all (domain-incremental learning in the terms of van de Ven and Tolias, "Three scenarios for continual
 * learning", 2019). The network and the settings are those of {@link permutedMnist}; the paper has no number for it.
 */
export const splitMnist = {
  name: "split-mnist",
  title: "split MNIST, 5 pairs of digits, 784-100-100-2 binary network, BayesBiNN",
  config: {
    ...permutedMnist.config,
    name: "split-mnist",
    dataset: { name: "split-mnist" },
    epochs: 10,
    continual: { ...permutedMnist.config.continual, evaluations: 5 },
  },
  settings: permutedMnist.settings,
} satisfies Recipe;
