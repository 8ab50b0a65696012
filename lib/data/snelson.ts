import { z } from "zod";
import { checkOptions } from "../options/check.js";
import type { Dataset } from "./dataset.js";
import { moments } from "./moments.js";
import type { DatasetPair, NamedDataset } from "./named-dataset.js";
import { snelsonInputs, snelsonOutputs } from "./snelson-points.js";

const name = "snelson";

/** Options of {@link loadSnelson}: none. */
export const snelsonOptions = z.strictObject({});

/**
 * Mean and standard deviation (divisor n - 1) of the training inputs and targets, with which both are standardised. A
 * prediction `p` of a network stands for `p * target.std + target.mean` in the units of the data.
 */
export const snelsonScaling = { input: moments(snelsonInputs), target: moments(snelsonOutputs) } as const;

/**
 * Snelson's regression problem in one dimension: 200 points, which come with the package.
 *
 * The network sees (x - 2.9814) / 1.6888, and its targets are (y + 0.3427) / 0.8447; the exact numbers are
 * {@link snelsonScaling}. There are no test points with targets: `test` has the training points once more, and
 * {@link snelsonGrid} the inputs at which the paper draws predictions.
 *
 * ```ts
 * const { train } = await loadSnelson();
 * train.length; // 200
 * ```
 *
 * Options: none.
 *
 * Shapes: inputs `[200, 1]`, targets `[200, 1]`.
 *
 * Errors: `ERR_OPTION_UNKNOWN` for options.
 *
 * Source: E. Snelson, Z. Ghahramani, "Sparse Gaussian Processes using Pseudo-inputs", NIPS 2005; as in Meng, Bachmann,
 * Khan, ICML 2020, section 4.1.
 */
export async function loadSnelson(options: z.input<typeof snelsonOptions> = {}): Promise<DatasetPair> {
  checkOptions(snelsonOptions, options, "loadSnelson");
  const { input, target } = snelsonScaling;
  const train: Dataset = {
    name,
    length: snelsonInputs.length,
    sampleShape: [1],
    inputs: Float32Array.from(snelsonInputs),
    normalization: { scale: 1, mean: [input.mean], std: [input.std] },
    targets: Float32Array.from(snelsonOutputs, (value) => (value - target.mean) / target.std),
    targetWidth: 1,
  };
  return { train, test: { ...train, name: `${name} (training points)` } };
}

/** Points of the grid of {@link snelsonGrid}, -3 and 10 among them. */
const gridPoints = 301;

/**
 * Inputs for figures, in the units of the data: 301 points from -3 to 10 with equal steps, about as far beyond the training
 * points on either side as these reach. A network takes them standardised:
 *
 * ```ts
 * const { input } = snelsonScaling;
 * const inputs = snelsonGrid().map((x) => (x - input.mean) / input.std);
 * ```
 */
export function snelsonGrid(): Float32Array {
  return Float32Array.from({ length: gridPoints }, (_, index) => -3 + (index * 13) / (gridPoints - 1));
}

/** Snelson's problem in the list of data sets. */
export const snelson: NamedDataset<typeof snelsonOptions> = {
  name,
  description: "Snelson's regression problem, 1 number to 1 number, 200 points (no test points of its own)",
  sampleShape: [1],
  options: snelsonOptions,
  load: loadSnelson,
};
