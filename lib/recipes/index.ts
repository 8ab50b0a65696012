import { mnistMlp } from "./mnist-mlp.js";
import type { Recipe } from "./recipe.js";

/** Every recipe by which `bayesbinn train` can be called. A new one is its own file and one line here. */
export const recipes: readonly Recipe[] = [mnistMlp];
