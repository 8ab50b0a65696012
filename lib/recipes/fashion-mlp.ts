import { mnistMlp } from "./mnist-mlp.js";
import type { Recipe } from "./recipe.js";

/**
 * Fashion-MNIST with the network and the settings of {@link mnistMlp}. The paper has no number for it.
 */
export const fashionMlp = {
  name: "fashion-mlp",
  title: "Fashion-MNIST, 784-2048-2048-2048-10 binary network, BayesBiNN",
  config: { ...mnistMlp.config, name: "fashion-mlp", dataset: { name: "fashion-mnist", validationFraction: 0.1 } },
  column: "mnist",
} satisfies Recipe;
