import { BayesBinnError } from "../native/errors.js";
import { nearest } from "../options/nearest.js";
import { either, showText } from "../options/show.js";
import { recipes } from "./index.js";
import type { Recipe } from "./recipe.js";

/**
 * The recipe of this name.
 *
 * @param otherwise what else is accepted, such as "a file"
 * @throws BayesBinnError `ERR_CONFIG` with the names there are
 */
export function findRecipe(name: string, otherwise?: string): Recipe {
  const recipe = recipes.find((candidate) => candidate.name === name);
  if (recipe !== undefined) return recipe;
  const names = recipes.map((candidate) => candidate.name);
  const meant = nearest(name, names);
  const help = meant === undefined ? "" : `; did you mean "${meant}"?`;
  const accepted = `${otherwise === undefined ? either(names) : `${either(names)}, or ${otherwise}`}${help}`;
  throw new BayesBinnError("ERR_CONFIG", `${showText(name)}: unknown recipe, accepted: ${accepted}`, {
    value: name,
    accepted: names,
    nearest: meant,
  });
}
