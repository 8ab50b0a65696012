import type { Figure } from "./spec.js";
import { diverging, panelTitle, sizes, themed } from "./theme.js";

/** Equal parts of an axis, from `low` to `high`. */
export interface Parts {
  readonly low: number;
  readonly high: number;
  readonly parts: number;
}

/** Data of {@link probabilityMap}. */
export interface ProbabilityMap {
  /** Side by side, such as one a method. */
  readonly panels: readonly {
    readonly label: string;
    /** Such as whether the weights are the most probable ones. */
    readonly subtitle?: string;
    readonly points: readonly {
      readonly x: number;
      readonly y: number;
      /** 0 or 1. */
      readonly label: number;
    }[];
    readonly x: Parts;
    readonly y: Parts;
    /** Of class 1 in the middle of each cell, row-major: all of the lowest `y` first. */
    readonly probabilities: ArrayLike<number>;
  }[];
}

/**
 * The probability of one of two classes over a plane, with the training samples on top.
 *
 * Source: Figure 3 of Meng, Bachmann, Khan, "Training Binary Neural Networks using the Bayesian Learning Rule", ICML 2020.
 */
export const probabilityMap: Figure<ProbabilityMap> = {
  name: "probability-map",
  title: "probability of a class over a plane (Figure 3)",
  spec: ({ panels }) =>
    themed({
      title: "Probability of class 1",
      spacing: sizes.gap,
      hconcat: panels.map(({ label, subtitle, points, x, y, probabilities }) => {
        const place = (axis: "x" | "y", field: string, { low, high }: Parts) => ({
          field,
          type: "quantitative",
          title: axis,
          scale: { domain: [low, high], nice: false, zero: false },
          axis: { grid: false },
        });
        return {
          title: panelTitle(label, { subtitle }),
          // Whole pixels for each cell leave no seams between them.
          width: x.parts * Math.max(1, Math.round(sizes.panel / x.parts)),
          height: y.parts * Math.max(1, Math.round(sizes.panel / y.parts)),
          layer: [
            {
              data: { values: cellsOf(x, y, probabilities) },
              // Without a text for each of its thousands of cells, a file is a tenth as large.
              mark: { type: "rect", clip: true, aria: false },
              encoding: {
                x: place("x", "left", x),
                x2: { field: "right" },
                y: place("y", "below", y),
                y2: { field: "above" },
                color: {
                  field: "p",
                  type: "quantitative",
                  title: "p(class 1)",
                  scale: { range: diverging, domain: [0, 0.5, 1], interpolate: "lab" },
                  legend: { orient: "right", gradientLength: 180 },
                },
              },
            },
            {
              data: { values: points.map((point) => ({ ...point, label: `class ${point.label}` })) },
              mark: {
                type: "point",
                size: 30,
                filled: true,
                stroke: "white",
                strokeWidth: 0.7,
                opacity: 1,
                clip: true,
              },
              encoding: {
                x: place("x", "x", x),
                y: place("y", "y", y),
                fill: {
                  field: "label",
                  type: "nominal",
                  title: "training data",
                  scale: { domain: ["class 0", "class 1"], range: ["#00456b", "#8a3d00"] },
                  legend: { orient: "right" },
                },
                shape: {
                  field: "label",
                  type: "nominal",
                  title: "training data",
                  scale: { domain: ["class 0", "class 1"], range: ["circle", "square"] },
                  legend: { orient: "right" },
                },
              },
            },
          ],
        };
      }),
      resolve: { scale: { color: "shared", fill: "shared", shape: "shared" } },
    }),
};

function cellsOf(x: Parts, y: Parts, probabilities: ArrayLike<number>) {
  const edge = ({ low, high, parts }: Parts, index: number) => low + ((high - low) * index) / parts;
  return Array.from({ length: x.parts * y.parts }, (_, index) => {
    const [row, column] = [Math.floor(index / x.parts), index % x.parts];
    return {
      left: edge(x, column),
      right: edge(x, column + 1),
      below: edge(y, row),
      above: edge(y, row + 1),
      p: probabilities[index],
    };
  });
}
