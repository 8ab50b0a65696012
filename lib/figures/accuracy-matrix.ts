import type { Figure } from "./spec.js";
import { darkFrom, labelReach, panelTitle, sequential, sizes, themed } from "./theme.js";

/** Data of {@link accuracyMatrix}. */
export interface AccuracyMatrix {
  /** Side by side. */
  readonly runs: readonly {
    readonly label: string;
    /** Names, in their order. */
    readonly tasks: readonly string[];
    /** `[after task i][on task j]`, as fractions. */
    readonly matrix: readonly (readonly number[])[];
  }[];
}

/** Of the sides of a matrix, in pixels. */
const least = 160;

/** The accuracy on each task after each task: what is kept below the diagonal, what is known beforehand above it. */
export const accuracyMatrix: Figure<AccuracyMatrix> = {
  name: "accuracy-matrix",
  title: "accuracy on each task after each task",
  spec: ({ runs }) =>
    themed({
      title: "Accuracy on each task after each task",
      spacing: sizes.gap,
      hconcat: runs.map(({ label, tasks, matrix }) => {
        const labels = tasks.map((name, index) => `${index + 1}: ${name}`);
        const values = matrix.flatMap((row, after) =>
          row.map((accuracy, on) => ({ after: labels[after], on: on + 1, accuracy: 100 * accuracy })),
        );
        const place = {
          x: { field: "on", type: "ordinal", title: "accuracy on task", axis: { labelAngle: 0 } },
          y: {
            field: "after",
            type: "nominal",
            sort: labels,
            title: "after training on task",
            axis: { maxExtent: labelReach(labels) },
          },
        };
        return {
          title: panelTitle(label),
          data: { values },
          // Few cells are larger, or the titles of the axes would have no room.
          width: { step: Math.max(46, least / tasks.length) },
          height: { step: Math.max(32, least / tasks.length) },
          layer: [
            {
              mark: "rect",
              encoding: {
                ...place,
                color: {
                  field: "accuracy",
                  type: "quantitative",
                  title: "test accuracy (%)",
                  scale: { range: sequential, interpolate: "lab", domain: [0, 100] },
                  legend: { orient: "right", gradientLength: 140 },
                },
              },
            },
            {
              mark: { type: "text", fontSize: 11 },
              encoding: {
                ...place,
                text: { field: "accuracy", type: "quantitative", format: ".1f" },
                color: { condition: { test: `datum.accuracy > ${darkFrom}`, value: "white" }, value: "black" },
              },
            },
          ],
        };
      }),
      resolve: { scale: { color: "shared" } },
    }),
};
