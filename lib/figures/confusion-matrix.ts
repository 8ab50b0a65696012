import type { Figure } from "./spec.js";
import { darkFrom, labelReach, sequential, themed } from "./theme.js";

/** Data of {@link confusionMatrix}. */
export interface ConfusionMatrix {
  /** Numbers of samples: `[class they are of][class predicted]`. */
  readonly counts: readonly (readonly number[])[];
  /** Names of the classes, each its own. */
  readonly classes: readonly string[];
  /** Of what, below the title. */
  readonly label?: string;
}

/** Up to so many classes cells have room for their number. */
const mostWithNumbers = 20;

/** Counts of predictions by class, coloured by their share of the samples of the class. */
export const confusionMatrix: Figure<ConfusionMatrix> = {
  name: "confusion-matrix",
  title: "predicted classes of the samples of each class",
  spec: ({ counts, classes, label }) => {
    const values = counts.flatMap((row, of) => {
      const total = row.reduce((sum, count) => sum + count, 0);
      return row.map((count, as) => ({
        actual: classes[of],
        predicted: classes[as],
        count,
        share: total === 0 ? 0 : (100 * count) / total,
      }));
    });
    const numbers = classes.length <= mostWithNumbers;
    const digits = String(Math.max(0, ...counts.flat())).length;
    const step = numbers ? Math.max(30, 9 + 8 * digits) : 7;
    const slanted = classes.some(({ length }) => length > digits + 1);
    const axis = { grid: false, labelOverlap: numbers ? false : "greedy", ticks: numbers };
    const place = {
      x: {
        field: "predicted",
        type: "nominal",
        sort: classes,
        title: "predicted class",
        axis: { ...axis, labelAngle: slanted ? -45 : 0, maxExtent: slanted ? labelReach(classes, true) : 40 },
      },
      y: {
        field: "actual",
        type: "nominal",
        sort: classes,
        title: "actual class",
        axis: { ...axis, maxExtent: labelReach(classes) },
      },
    };
    const cells = {
      mark: "rect",
      encoding: {
        ...place,
        color: {
          field: "share",
          type: "quantitative",
          title: "share of the class (%)",
          scale: { range: sequential, interpolate: "lab", domain: [0, 100] },
          legend: { orient: "right", gradientLength: Math.min(200, step * classes.length) },
        },
      },
    };
    const text = {
      mark: { type: "text", fontSize: 11 },
      encoding: {
        ...place,
        text: { field: "count", type: "quantitative" },
        color: {
          condition: [
            { test: "datum.count === 0", value: "#b8b8b8" },
            { test: `datum.share > ${darkFrom}`, value: "white" },
          ],
          value: "black",
        },
      },
    };
    return themed({
      title: { text: "Confusion matrix", ...(label !== undefined && { subtitle: label }) },
      data: { values },
      width: { step },
      height: { step: numbers ? 30 : step },
      layer: numbers ? [cells, text] : [cells],
    });
  },
};
