import { BayesBinnError } from "../native/errors.js";
import { either } from "../options/show.js";
import type { ConfigInput } from "./config.js";
import { recipes } from "./index.js";
import { type MethodName, methods } from "./methods/index.js";
import type { Method } from "./methods/method.js";
import { tableTwo } from "./methods/table-two.js";
import type { Choice } from "./one-of.js";
import type { PaperResult, Recipe } from "./recipe.js";

/** A recipe trained with a method. */
export interface Preset {
  readonly recipe: Recipe;
  readonly method: Method;
}

/** The method that recipes are written with. */
const [ownMethod] = methods;

/** The methods that there are settings of for a recipe, its own first. */
export function methodsOf({ column, settings }: Recipe): readonly (typeof methods)[number][] {
  return methods.filter(({ name }) => column !== undefined || settings?.[name] !== undefined);
}

/**
 * The configuration of a recipe with the settings of a method for so many epochs. A method at full precision trains all
 * parameters with its own optimizer; beside the others stands the recipe's `realOptimizer`, where it has one.
 *
 * @throws BayesBinnError `ERR_CONFIG` for a method without settings for the recipe
 */
export function presetConfig({ recipe, method }: Preset, epochs: number): ConfigInput {
  const { realOptimizer, ...config } = recipe.config;
  const parts =
    method.weights === "binary"
      ? { model: config.model, ...(realOptimizer !== undefined && { realOptimizer }) }
      : { model: { ...config.model, weights: method.weights } };
  return {
    ...config,
    ...parts,
    name: presetName({ recipe, method }),
    optimizer: presetOptimizer({ recipe, method }, epochs),
    epochs,
  };
}

function presetOptimizer({ recipe, method }: Preset, epochs: number): Choice {
  const { column, settings } = recipe;
  const own = settings?.[method.name as MethodName];
  if (own !== undefined) return own(epochs);
  if (column !== undefined) return method.optimizer(column, epochs);
  const accepted = methodsOf(recipe).map(({ name }) => name);
  const message = `method: "${method.name}" has no settings for the recipe ${recipe.name}, accepted: ${either(accepted)}`;
  throw new BayesBinnError("ERR_CONFIG", message, { path: "method", value: method.name, accepted });
}

/** The number of the paper for it; `undefined` where there is none. */
export function presetResult({ recipe, method }: Preset): PaperResult | undefined {
  if (method === ownMethod) return recipe.paper;
  return recipe.benchmark && recipe.column ? tableTwo(method, recipe.column) : undefined;
}

/** What a configuration of this name was made from; `undefined` for a name of someone's own. */
export function presetNamed(name: string): Preset | undefined {
  return recipes
    .flatMap((recipe) => methodsOf(recipe).map((method) => ({ recipe, method })))
    .find((preset) => presetName(preset) === name);
}

/** `mnist-mlp`, `mnist-mlp-ste`. */
function presetName({ recipe, method }: Preset): string {
  return method === ownMethod ? recipe.name : `${recipe.name}-${method.name}`;
}
