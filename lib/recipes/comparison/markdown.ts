import type { MeanAndStd } from "../methods/method.js";
import { percentText } from "../percent.js";
import type { Accuracies, Comparison, ComparisonRow } from "./comparison.js";

const parts = ["train", "validation", "test"] as const satisfies readonly (keyof Accuracies)[];

const epochNames = { best: "epoch of the best validation accuracy", last: "last epoch" } as const;

/** A comparison as a Markdown text, with columns of equal width so that it reads as plain text as well. */
export function comparisonMarkdown(comparison: Comparison): string {
  const { recipe, epochs, seeds, settings, at } = comparison;
  const changed = settings.length === 0 ? [] : [`Settings: ${settings.map(code).join(", ")}.`];
  const explained = [
    `Accuracies at the ${epochNames[at]}, of ${counted(epochs, "epoch")}`,
    `mean +- standard deviation (population form) over runs with ${seeds.length === 1 ? "seed" : "seeds"} ${listed(seeds)}.`,
  ];
  const blocks = [
    `# Methods on ${recipe}`,
    explained.join("; "),
    ...changed,
    resultTable(comparison),
    ...paperNote(comparison),
    ...failures(comparison),
  ];
  return `${blocks.join("\n\n")}\n`;
}

function resultTable({ rows, seeds }: Comparison): string {
  const published = rows.some(({ paper }) => paper !== undefined);
  const ofPixels = rows.some(({ meanIou }) => meanIou !== undefined);
  const head = [
    "method",
    ...parts,
    ...(ofPixels ? ["test mean IoU"] : []),
    "runs",
    ...(published ? parts.map((part) => `paper: ${part}`) : []),
  ];
  const body = rows.map((row) => [
    row.title,
    ...parts.map((part) => cell(row[part], row.runs)),
    ...(ofPixels ? [iouCell(row)] : []),
    row.runs === seeds.length ? String(row.runs) : `${row.runs} of ${seeds.length}`,
    ...(published ? parts.map((part) => cell(row.paper?.[part], Number.POSITIVE_INFINITY)) : []),
  ]);
  const widths = head.map((_, column) => Math.max(...[head, ...body].map((row) => row[column]!.length)));
  const line = (cells: readonly string[]) =>
    `| ${cells.map((text, column) => text.padEnd(widths[column]!)).join(" | ")} |`;
  return [line(head), line(widths.map((width) => "-".repeat(width))), ...body.map(line)].join("\n");
}

/** `98.86 +- 0.05 %`; of one run, which has no deviation, `98.86 %`. */
function cell(value: MeanAndStd | undefined, runs: ComparisonRow["runs"]): string {
  if (value === undefined) return "-";
  return runs === 1 ? percentText(value.mean) : percentText(value.mean, value.std);
}

/** `0.7579 +- 0.0012`; of one run, `0.7579`. */
function iouCell({ meanIou, runs }: ComparisonRow): string {
  if (meanIou === undefined) return "-";
  const { mean, std } = meanIou;
  return runs === 1 ? mean.toFixed(4) : `${mean.toFixed(4)} +- ${std.toFixed(4)}`;
}

function paperNote({ paper }: Comparison): string[] {
  if (paper === undefined) return [];
  const { source, epochs, runs, differing } = paper;
  if (differing.length === 0)
    return [`The paper's numbers are those of its ${source}: ${epochs} epochs, ${runs} runs.`];
  const verb = differing.length === 1 ? "differs" : "differ";
  return [`Not comparable with the paper's ${source}, since ${listed(differing.map(code))} ${verb} from the recipe.`];
}

function failures({ runs }: Comparison): string[] {
  const failed = runs.flatMap(({ folder, failure }) =>
    failure === undefined ? [] : [`- ${code(folder)}: ${failure.code}, ${failure.message}`],
  );
  return failed.length === 0 ? [] : ["Failed, and not in the table:", failed.join("\n")];
}

function code(text: string): string {
  return `\`${text}\``;
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

/** `1`, `1 and 2`, `1, 2 and 3`. */
function listed(values: readonly (string | number)[]): string {
  return values.length < 2 ? values.join("") : `${values.slice(0, -1).join(", ")} and ${values.at(-1)}`;
}
