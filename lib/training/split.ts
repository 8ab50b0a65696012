import { z } from "zod";

import type { Dataset } from "../data/dataset.js";
import { subset } from "../data/subset.js";
import { requireDataset } from "../model/check-dataset.js";
import { seedOption } from "../model/host.js";
import { loadAddon } from "../native/binding.js";
import { checkOptions, outOfRange } from "../options/check.js";

/** The shuffling stream is shared with training, whose epochs never get here. */
const splitEpoch = 2 ** 32 - 1;

/** Options of {@link splitDataset}. */
export const splitOptions = z.strictObject({
  fraction: z.number().gt(0).lt(1).describe("Share of the samples in the second part"),
  seed: seedOption.default(1),
});

/**
 * Two parts of a data set at random: the rest, and `round(fraction * length)` samples held back. They share the arrays of
 * `dataset`; the same seed gives the same parts.
 *
 * @example const [train, validation] = splitDataset(mnist.train, { fraction: 0.1, seed: 1 });
 *
 * Options:
 * - `fraction`: share of the samples in the second part, > 0 and < 1. Required.
 * - `seed`: of the choice, an integer >= 0. Default `1`.
 *
 * @throws BayesBinnError `ERR_OPTION_UNKNOWN`, `ERR_OPTION_TYPE`, `ERR_OPTION_RANGE` (also where a part would be empty);
 * `ERR_BINDING_LOAD`
 */
export function splitDataset(dataset: Dataset, options: z.input<typeof splitOptions>): [Dataset, Dataset] {
  requireDataset("splitDataset.dataset", dataset);
  const { fraction, seed } = checkOptions(splitOptions, options, "splitDataset");
  const held = Math.round(fraction * dataset.length);
  if (held < 1 || held >= dataset.length) {
    throw outOfRange("splitDataset.fraction", fraction, `one that leaves ${dataset.length} samples in two parts`);
  }
  const order = loadAddon().kernels.permutation(dataset.length, seed, splitEpoch);
  const rest = dataset.length - held;
  return [subset(dataset, order.subarray(0, rest)), subset(dataset, order.subarray(rest))];
}
