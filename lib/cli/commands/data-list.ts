import { Command } from "commander";

import type { DatasetStatus } from "../../data/dataset-status.js";
import type { Context } from "../context.js";
import { table } from "../format.js";

const examples = `
Examples:
  bayesbinn data list
  bayesbinn data list --json
`;

/** `bayesbinn data list`. */
export function dataListCommand(context: Context): Command {
  return new Command("list")
    .summary("list the data sets and where they are")
    .description("Lists the data sets: where the files of each are, or how to get them.")
    .option("--json", "write a JSON array")
    .addHelpText("after", examples)
    .action(async ({ json }: { json?: true }) => {
      const [{ datasets }, { datasetStatus }] = await Promise.all([
        import("../../data/index.js"),
        import("../../data/dataset-status.js"),
      ]);
      const statuses = await Promise.all(datasets.map((dataset) => datasetStatus(dataset)));
      context.stdout.write(json ? `${JSON.stringify(statuses, undefined, 2)}\n` : statusText(statuses));
    });
}

/** A table, and below it how to get what is missing. */
export function statusText(statuses: readonly DatasetStatus[]): string {
  const rows = statuses.map(({ name, description, state, folder, problem }) => [
    name,
    state === "asks" ? (problem ?? "") : (folder ?? (state === "ready" ? "needs no files" : state)),
    description,
  ]);
  const wanting = statuses.filter(({ state }) => state === "missing" || state === "broken");
  const problems = wanting.map(({ problem }) => `\n${problem}\n`);
  return [table([["name", "where", "what"], ...rows]), ...problems].join("");
}
