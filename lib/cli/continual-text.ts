import type { ContinualSummary } from "../recipes/continual/continual-summary.js";
import { percentText } from "../recipes/percent.js";
import type { TaskEvaluation } from "../training/continual/continual-history.js";
import { seconds, table } from "./format.js";

/** `task 2, epoch 30: 91.60 % 87.32 % | 11.04 % 9.81 %`, the tasks to come behind the bar. */
export function evaluationLine({ task, epoch, accuracies }: TaskEvaluation): string {
  const texts = accuracies.map((accuracy) => percentText(accuracy));
  const toCome = texts.length > task ? ` | ${texts.slice(task).join(" ")}` : "";
  return `task ${task}, epoch ${epoch}: ${texts.slice(0, task).join(" ")}${toCome}\n`;
}

/** The end of a run on tasks in sequence. */
export function continualText(summary: ContinualSummary): string {
  const { tasks, accuracies, averageAccuracy, modeAverageAccuracy, forgetting, forwardTransfer } = summary;
  const prediction = summary.samples === 0 ? "mode" : `mean of ${summary.samples} samples`;
  const rows = tasks.map((name, task) => [String(task + 1), name, percentText(accuracies[task]!)]);
  return [
    table([["task", "", `test accuracy (${prediction})`], ...rows]).trimEnd(),
    `average ${percentText(averageAccuracy)} (mode ${percentText(modeAverageAccuracy)}), prior ${summary.prior}, batch norm ${summary.batchNorm}`,
    ...(forgetting === undefined || forwardTransfer === undefined
      ? []
      : [`forgetting ${percentText(forgetting)}, forward transfer ${percentText(forwardTransfer)}`]),
    `trained for ${seconds(summary.trainSeconds)}, evaluated for ${seconds(summary.evaluateSeconds)}; the run is in ${summary.run}`,
    "",
  ].join("\n");
}
