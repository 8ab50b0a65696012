import type { Accuracies, Comparison } from "./comparison.js";

const parts = ["train", "validation", "test"] as const satisfies readonly (keyof Accuracies)[];

/**
 * A comparison as CSV: a line for each row of the table, accuracies as fractions in full precision, empty where there is
 * none; of pixels with the mean intersection over union on the test set at the end. No field needs quotes: all are numbers
 * or names from lists of this package.
 */
export function comparisonCsv({ rows }: Comparison): string {
  const names = (prefix: string) => parts.flatMap((part) => [`${prefix}${part}_mean`, `${prefix}${part}_std`]);
  const head = ["method", "prediction", "runs", ...names(""), ...names("paper_")];
  const ofPixels = rows.some(({ meanIou }) => meanIou !== undefined);
  const body = rows.map(({ method, prediction, runs, paper = {}, meanIou, ...own }) => [
    ...[method, prediction, runs],
    ...numbers(own),
    ...numbers(paper),
    ...(ofPixels ? [meanIou?.mean ?? "", meanIou?.std ?? ""] : []),
  ]);
  return [[...head, ...(ofPixels ? ["mean_iou_mean", "mean_iou_std"] : [])], ...body]
    .map((fields) => `${fields.join(",")}\n`)
    .join("");
}

function numbers(accuracies: Accuracies): (number | string)[] {
  return parts.flatMap((part) => [accuracies[part]?.mean ?? "", accuracies[part]?.std ?? ""]);
}
