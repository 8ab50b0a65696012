import type { Figure } from "./spec.js";
import { colours, panelTitle, sizes, themed } from "./theme.js";

/** Data of {@link regressionBand}. */
export interface RegressionBand {
  /** With the unit; default `y`. */
  readonly yTitle?: string;
  /** Side by side, such as one a method. */
  readonly panels: readonly {
    readonly label: string;
    readonly points: readonly { readonly x: number; readonly y: number }[];
    /** In ascending order of `x`. */
    readonly curve: readonly {
      readonly x: number;
      /** With the most probable weights. */
      readonly mode: number;
      /** Mean and standard deviation over weights drawn from the posterior; absent for a method without one. */
      readonly mean?: number;
      readonly std?: number;
    }[];
  }[];
}

const names = { points: "training data", band: "mean \u00b1 2 std", mean: "mean", mode: "mode" };

const domain = [names.points, names.band, names.mean, names.mode];

const scale = { domain, range: [colours.black, colours.sky, colours.blue, colours.vermilion] };

/**
 * A regression of one number on another: training data, the prediction with the most probable weights, and the mean of the
 * predictions with weights drawn from the posterior, with a band of two standard deviations around it.
 *
 * Source: Figure 2 of Meng, Bachmann, Khan, "Training Binary Neural Networks using the Bayesian Learning Rule", ICML 2020.
 */
export const regressionBand: Figure<RegressionBand> = {
  name: "regression-band",
  title: "regression with its uncertainty (Figure 2)",
  spec: ({ yTitle = "y", panels }) => {
    const xs = panels.flatMap(({ points, curve }) => [...points, ...curve].map(({ x }) => x));
    const ys = panels.flatMap(({ points, curve }) => [
      ...points.map(({ y }) => y),
      ...curve.flatMap(({ mode, mean = mode, std = 0 }) => [mode, mean - 2 * std, mean + 2 * std]),
    ]);
    const x = { field: "x", type: "quantitative", title: "x", scale: { domain: extent(xs, 0), nice: false } };
    const y = (field: string) => ({
      field,
      type: "quantitative",
      title: yTitle,
      scale: { domain: extent(ys, 0.04), nice: false },
    });
    const series = (name: string) => ({
      datum: name,
      type: "nominal",
      title: null,
      scale,
      legend: { symbolType: "square", symbolStrokeWidth: 0, symbolOpacity: 1, columns: domain.length },
    });
    return themed({
      title: "Regression with uncertainty",
      spacing: sizes.gap,
      hconcat: panels.map(({ label, points, curve }) => {
        const drawn = curve.flatMap(({ x, mean, std }) =>
          mean === undefined || std === undefined ? [] : [{ x, mean, low: mean - 2 * std, high: mean + 2 * std }],
        );
        const posterior = [
          {
            data: { values: drawn },
            mark: { type: "area", opacity: 0.4 },
            encoding: { x, y: y("low"), y2: { field: "high" }, color: series(names.band) },
          },
          { data: { values: drawn }, mark: "line", encoding: { x, y: y("mean"), color: series(names.mean) } },
        ];
        return {
          title: panelTitle(label),
          width: sizes.wide,
          height: sizes.panel,
          layer: [
            ...(drawn.length > 0 ? posterior : []),
            {
              data: { values: curve.map(({ x, mode }) => ({ x, mode })) },
              mark: { type: "line", strokeDash: [5, 3] },
              encoding: { x, y: y("mode"), color: series(names.mode) },
            },
            {
              data: { values: points.map(({ x, y }) => ({ x, y })) },
              mark: { type: "point", filled: true, size: 14, opacity: 0.7 },
              encoding: { x, y: y("y"), color: series(names.points) },
            },
          ],
        };
      }),
      resolve: { scale: { color: "shared" } },
    });
  },
};

/** @param margin on both sides, of their distance */
function extent(values: readonly number[], margin: number): [number, number] {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  return [low - margin * (high - low), high + margin * (high - low)];
}
