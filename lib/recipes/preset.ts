import type { ConfigInput } from "./config.js";
import { recipes } from "./index.js";
import { methods } from "./methods/index.js";
import type { Method } from "./methods/method.js";
import { tableTwo } from "./methods/table-two.js";
import type { PaperResult, Recipe } from "./recipe.js";

/** A recipe trained with a method. */
export interface Preset {
  readonly recipe: Recipe;
  readonly method: Method;
}

/** The method that recipes are written with. */
const [ownMethod] = methods;

/** The configuration of a recipe with the settings of a method for so many epochs. */
export function presetConfig({ recipe, method }: Preset, epochs: number): ConfigInput {
  const { config, column } = recipe;
  return {
    ...config,
    name: presetName({ recipe, method }),
    model: method.weights === "binary" ? config.model : { ...config.model, weights: method.weights },
    optimizer: method.optimizer(column, epochs),
    epochs,
  };
}

/** The number of the paper for it; `undefined` where there is none. */
export function presetResult({ recipe, method }: Preset): PaperResult | undefined {
  if (method === ownMethod) return recipe.paper;
  return recipe.benchmark ? tableTwo(method, recipe.column) : undefined;
}

/** What a configuration of this name was made from; `undefined` for a name of someone's own. */
export function presetNamed(name: string): Preset | undefined {
  return recipes
    .flatMap((recipe) => methods.map((method) => ({ recipe, method })))
    .find((preset) => presetName(preset) === name);
}

/** `mnist-mlp`, `mnist-mlp-ste`. */
function presetName({ recipe, method }: Preset): string {
  return method === ownMethod ? recipe.name : `${recipe.name}-${method.name}`;
}
