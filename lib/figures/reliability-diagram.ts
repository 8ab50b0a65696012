import type { ReliabilityBin } from "../predict/calibration.js";
import type { Figure } from "./spec.js";
import { grey, sizes, themed } from "./theme.js";

/** Data of {@link reliabilityDiagram}. */
export interface ReliabilityDiagram {
  readonly models: readonly {
    /** In the legend; each its own. */
    readonly label: string;
    readonly bins: readonly ReliabilityBin[];
  }[];
}

const unit = { domain: [0, 1], nice: false };

/**
 * How often predictions are right beside how sure they are: on the diagonal for calibrated ones. Below it, how many are how
 * sure.
 *
 * Source: Guo et al., "On Calibration of Modern Neural Networks", ICML 2017.
 */
export const reliabilityDiagram: Figure<ReliabilityDiagram> = {
  name: "reliability-diagram",
  title: "accuracy against confidence",
  spec: ({ models }) => {
    const values = models.flatMap(({ label, bins }, index) => {
      const total = bins.reduce((sum, { count }) => sum + count, 0);
      return bins
        .filter(({ count }) => count > 0)
        .map(({ low, high, count, confidence, accuracy }) => {
          // Bars of several models stand side by side in their bin.
          const width = (high - low) / models.length;
          const from = low + index * width;
          return { model: label, confidence, accuracy, from, to: from + width, share: (100 * count) / total };
        });
    });
    const color = {
      field: "model",
      type: "nominal",
      title: "model",
      sort: models.map(({ label }) => label),
      legend: { columns: 1, symbolType: "square", symbolStrokeWidth: 0 },
    };
    const confidence = (title: string | null) => ({
      field: "confidence",
      type: "quantitative",
      title,
      scale: unit,
    });
    return themed({
      title: "Reliability diagram",
      spacing: 14,
      vconcat: [
        {
          width: sizes.wide,
          height: sizes.wide,
          layer: [
            {
              data: {
                values: [
                  { confidence: 0, accuracy: 0 },
                  { confidence: 1, accuracy: 1 },
                ],
              },
              mark: { type: "line", color: grey, strokeDash: [4, 4], strokeWidth: 1 },
              encoding: {
                x: confidence(null),
                y: { field: "accuracy", type: "quantitative", title: "accuracy", scale: unit },
              },
            },
            {
              data: { values },
              mark: { type: "line", point: { size: 45, filled: true } },
              encoding: {
                x: confidence(null),
                y: { field: "accuracy", type: "quantitative", title: "accuracy", scale: unit },
                color,
              },
            },
          ],
        },
        {
          data: { values },
          width: sizes.wide,
          height: 110,
          mark: { type: "bar", binSpacing: 0 },
          encoding: {
            x: { field: "from", bin: "binned", title: "confidence (largest probability)", scale: unit },
            x2: { field: "to" },
            y: { field: "share", type: "quantitative", stack: null, title: "samples (%)" },
            color,
          },
        },
      ],
    });
  },
};
