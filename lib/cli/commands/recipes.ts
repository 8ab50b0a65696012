import { Command } from "commander";

import { methodNames } from "../../recipes/methods/index.js";
import type { Recipe } from "../../recipes/recipe.js";
import type { Context } from "../context.js";
import { paperText, table } from "../format.js";

const examples = `
Examples:
  bayesbinn recipes
  bayesbinn recipes --json

The numbers are those of BayesBiNN. \`bayesbinn train <recipe> --method <name>\`
trains a recipe with the settings of another method, and \`bayesbinn compare\`
several methods under equal conditions: ${methodNames.join(", ")}.
`;

/** `bayesbinn recipes`. */
export function recipesCommand(context: Context): Command {
  return new Command("recipes")
    .summary("list the recipes, with the paper's numbers")
    .description(
      "Lists the published experiments that `bayesbinn train` knows, each with the paper's number beside it.",
    )
    .option("--json", "write a JSON array")
    .addHelpText("after", examples)
    .action(async ({ json }: { json?: true }) => {
      const { recipes } = await import("../../recipes/index.js");
      context.stdout.write(json ? `${JSON.stringify(recipes, undefined, 2)}\n` : recipeTable(recipes));
    });
}

/** The recipes as a table for people. */
export function recipeTable(recipes: readonly Recipe[]): string {
  const rows = recipes.map(({ name, title, paper }) => [
    name,
    paper === undefined ? "-" : paperText(paper),
    paper?.source ?? "-",
    title,
  ]);
  return table([["recipe", "paper", "where", "what"], ...rows]);
}
