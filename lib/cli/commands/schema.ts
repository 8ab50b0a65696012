import { Command } from "commander";

import type { Context } from "../context.js";

const examples = `
Examples:
  bayesbinn schema > bayesbinn.schema.json

For an editor, begin a configuration with "$schema": "./bayesbinn.schema.json".
`;

/** `bayesbinn schema`. */
export function schemaCommand(context: Context): Command {
  return new Command("schema")
    .summary("print the JSON Schema of a configuration")
    .description(
      "Prints the JSON Schema of a configuration: every key that a file or --set can give, with its default.",
    )
    .addHelpText("after", examples)
    .action(async () => {
      const { configJsonSchema } = await import("../../recipes/config.js");
      context.stdout.write(`${JSON.stringify(configJsonSchema(), undefined, 2)}\n`);
    });
}
