import type { Figure } from "./spec.js";
import { colours, grey, panelTitle, sizes, themed } from "./theme.js";

/** Data of {@link taskAccuracies}. */
export interface TaskAccuracies {
  /** Side by side, such as with the prior of the tasks before and without. */
  readonly runs: readonly {
    readonly label: string;
    /** Names, in their order; alike in all runs. */
    readonly tasks: readonly string[];
    readonly epochsPerTask: number;
    readonly evaluations: readonly {
      /** The task that was trained last, from 1. */
      readonly task: number;
      /** Epochs of that task so far. */
      readonly epoch: number;
      /** On each task, as fractions. */
      readonly accuracies: readonly number[];
    }[];
  }[];
}

const average = "average over tasks seen";

/**
 * The accuracy on each task from when it is trained on, while others are trained after it, and the average over the tasks so
 * far.
 *
 * Source: Figure 5 of Meng, Bachmann, Khan, "Training Binary Neural Networks using the Bayesian Learning Rule", ICML 2020.
 */
export const taskAccuracies: Figure<TaskAccuracies> = {
  name: "task-accuracies",
  title: "accuracy on each task over time (Figure 5)",
  spec: ({ runs }) => {
    const names = runs[0]?.tasks ?? [];
    const labels = names.map((name, index) => `${index + 1}: ${name}`);
    const hues = [colours.blue, colours.vermilion, colours.green, colours.purple, colours.orange, colours.sky];
    const many = names.length > hues.length;
    const panels = runs.map((run) => ({ ...run, ...seriesOf(run, labels) }));
    const lowest = Math.min(...panels.flatMap(({ rows }) => rows.map(({ accuracy }) => accuracy)));
    const floor = Math.max(0, Math.floor(lowest / 10) * 10);
    const longest = Math.max(...runs.map(({ tasks, epochsPerTask }) => tasks.length * epochsPerTask));
    const x = {
      field: "time",
      type: "quantitative",
      title: "epochs, over all tasks",
      scale: { domain: [0, longest], nice: false },
      axis: { grid: false, tickMinStep: 1 },
    };
    const y = {
      field: "accuracy",
      type: "quantitative",
      title: "test accuracy (%)",
      scale: { domain: [floor, 100], nice: false },
    };
    return themed({
      title: "Accuracy on each task over time",
      spacing: sizes.gap,
      hconcat: panels.map(({ label, tasks, epochsPerTask, rows, averages }) => ({
        title: panelTitle(label, { offset: 18 }),
        width: Math.max(sizes.wide, 60 * tasks.length),
        height: sizes.panel,
        layer: [
          {
            data: { values: tasks.map((_, index) => ({ time: index * epochsPerTask, name: `task ${index + 1}` })) },
            layer: [
              {
                transform: [{ filter: "datum.time > 0" }],
                mark: { type: "rule", color: grey, strokeDash: [3, 3], strokeWidth: 1 },
                encoding: { x },
              },
              {
                mark: { type: "text", align: "left", dx: 2, dy: -4, baseline: "bottom", color: grey, fontSize: 10 },
                encoding: { x, y: { value: 0 }, text: { field: "name" } },
              },
            ],
          },
          {
            data: { values: rows },
            mark: { type: "line", point: rows.length <= 20 * labels.length && { size: 18 } },
            encoding: {
              x,
              y,
              color: {
                field: "series",
                type: "ordinal",
                title: "accuracy on task",
                sort: labels,
                // Of many, an order of shades; without the lightest, which would be lost on white.
                scale: many ? { scheme: { name: "viridis", extent: [0, 0.85] } } : { range: hues },
                legend: { columns: 4, symbolType: "stroke" },
              },
            },
          },
          {
            data: { values: averages },
            mark: { type: "line", strokeWidth: 3, strokeDash: [6, 3] },
            encoding: {
              x,
              y,
              stroke: {
                datum: average,
                type: "nominal",
                title: null,
                scale: { domain: [average], range: [colours.black] },
                legend: { symbolType: "stroke", symbolDash: [6, 3] },
              },
            },
          },
        ],
      })),
      resolve: { scale: { color: "shared", stroke: "shared" } },
    });
  },
};

function seriesOf({ epochsPerTask, evaluations }: TaskAccuracies["runs"][number], labels: readonly string[]) {
  const seen = evaluations.map(({ task, epoch, accuracies }) => ({
    time: (task - 1) * epochsPerTask + epoch,
    accuracies: accuracies.slice(0, task).map((accuracy) => 100 * accuracy),
  }));
  return {
    rows: seen.flatMap(({ time, accuracies }) =>
      accuracies.map((accuracy, index) => ({ time, series: labels[index], accuracy })),
    ),
    averages: seen.map(({ time, accuracies }) => ({
      time,
      accuracy: accuracies.reduce((sum, accuracy) => sum + accuracy, 0) / accuracies.length,
    })),
  };
}
