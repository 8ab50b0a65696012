import type { Metrics } from "../model/metrics.js";
import type { Segmentation } from "../predict/segmentation-scores.js";
import { percentText } from "../recipes/percent.js";
import type { PaperResult } from "../recipes/recipe.js";

/** `loss 0.4412 accuracy 96.26 %`; of pixels, `loss 0.3012 accuracy 90.11 % mean IoU 0.7625`. */
export function metricsText({ loss, accuracy, meanIou }: Metrics): string {
  const accuracyText = accuracy === undefined ? "" : ` accuracy ${percentText(accuracy)}`;
  return `loss ${loss.toFixed(4)}${accuracyText}${meanIou === undefined ? "" : ` mean IoU ${meanIou.toFixed(4)}`}`;
}

/** What scores mean: `constant answer (class 1): accuracy 80.35 % mean IoU 0.4018`, and IoU by class. */
export function segmentationLines({ iou, constant }: Segmentation): string[] {
  const each = (values: readonly number[]) => values.map((value) => value.toFixed(4)).join(" ");
  const { class: most, pixelAccuracy, meanIou } = constant;
  return [
    `IoU of each class: ${each(iou)}`,
    `constant answer (class ${most}): accuracy ${percentText(pixelAccuracy)} mean IoU ${meanIou.toFixed(4)}, IoU of each class: ${each(constant.iou)}`,
  ];
}

/** Scores of pixels of some ways to predict, and those of the constant answer, which are the same for all. */
export function scoresLines(ways: readonly (readonly [name: string, scores: Segmentation])[]): string[] {
  const lines = ways.flatMap(([name, scores]) => [
    `  ${name}: ${scoresText(scores)}`,
    `    ${segmentationLines(scores)[0]}`,
  ]);
  return [...lines, ...ways.slice(0, 1).map(([, scores]) => `  ${segmentationLines(scores)[1]}`)];
}

/** `accuracy 90.11 % mean IoU 0.7625`. */
function scoresText({ pixelAccuracy, meanIou }: Segmentation): string {
  return `accuracy ${percentText(pixelAccuracy)} mean IoU ${meanIou.toFixed(4)}`;
}

/** The number of a paper: `test accuracy 98.86 +- 0.05 %`. */
export function paperText({ metric, value, std }: PaperResult): string {
  if (!metric.endsWith("accuracy")) return `${metric} ${value} +- ${std}`;
  return `${metric.split(".")[0]} accuracy ${percentText(value, std)}`;
}

/** A duration: `0.85 s`, `13.1 s`, `4 min 07 s`, `1 h 05 min`. */
export function seconds(value: number): string {
  if (value < 9.995) return `${value.toFixed(2)} s`;
  if (value < 59.95) return `${value.toFixed(1)} s`;
  const whole = Math.round(value);
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${two(whole % 60)} s`;
  const minutes = Math.round(value / 60);
  return `${Math.floor(minutes / 60)} h ${two(minutes % 60)} min`;
}

/** A count in short: `512`, `9.99 M`. */
export function count(value: number): string {
  if (value < 1e3) return String(value);
  const [divisor, unit] = value < 1e6 ? [1e3, "k"] : [1e6, "M"];
  return `${Number((value / divisor).toPrecision(3))} ${unit}`;
}

/** A size: `512 MiB`. */
export function mebibytes(bytes: number): string {
  return `${Math.round(bytes / 2 ** 20)} MiB`;
}

/** Rows as columns of equal width, two blanks apart; the first row is the heading. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .map((line) => `${line}\n`)
    .join("");
}

function two(value: number): string {
  return String(value).padStart(2, "0");
}
