import { type Result, type Row, summarize } from "./measurement.js";

const header = ["measured", "threads", "here", "range", "beside", "", "here / beside"];
const rightAligned = new Set([1, 2, 3, 5, 6]);

/** Rows as aligned text, and what there is to say about them. */
export function table(results: readonly Result[]): string {
  const lines = [header, ...results.flatMap(({ rows }) => rows.flatMap(linesOf))];
  const notes = results.flatMap((result) => result.notes);
  return [aligned(lines, rightAligned), ...(notes.length > 0 ? ["", ...notes] : [])].join("\n");
}

/** Lines of cells in columns as wide as their widest cell. */
export function aligned(lines: readonly (readonly string[])[], right: ReadonlySet<number>): string {
  const widths = (lines[0] ?? []).map((_, column) => Math.max(...lines.map((cells) => cells[column]?.length ?? 0)));
  const text = lines.map((cells) =>
    widths
      .map((width, column) => {
        const cell = cells[column] ?? "";
        return right.has(column) ? cell.padStart(width) : cell.padEnd(width);
      })
      .join("  ")
      .trimEnd(),
  );
  return text.join("\n");
}

/** One line for each contestant beside this project's, and one at least. */
function linesOf(row: Row): string[][] {
  const [here, ...others] = summarize(row);
  if (here === undefined) return [];
  const range = here.lowest === here.highest ? "" : `${short(here.lowest)}..${short(here.highest)}`;
  const first = [
    row.part === undefined ? row.name : `  ${row.part}`,
    String(row.threads),
    `${short(here.median)} ${row.unit}`,
    range,
  ];
  if (others.length === 0) return [first];
  return others.map((other, index) => [
    ...(index === 0 ? first : ["", "", "", ""]),
    other.name,
    `${short(other.median)} ${row.unit}`,
    short(other.ratio ?? Number.NaN),
  ]);
}

/** Three digits. */
function short(value: number): string {
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : Math.abs(value) >= 0.1 ? 2 : 3;
  return value.toFixed(digits);
}
