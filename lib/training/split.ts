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
 * `dataset`; the same seed gives the same parts. Of tiles, whole images are held back.
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
  const groups = groupsOf(dataset);
  const { length } = groups;
  const held = Math.round(fraction * length);
  if (held < 1 || held >= length) {
    const units = dataset.tiling === undefined ? "samples" : "images";
    throw outOfRange("splitDataset.fraction", fraction, `one that leaves ${length} ${units} in two parts`);
  }
  const order = Array.from(loadAddon().kernels.permutation(length, seed, splitEpoch), (index) => groups[index]!);
  return [subset(dataset, order.slice(0, length - held).flat()), subset(dataset, order.slice(length - held).flat())];
}

/** Positions of samples that stay together. */
function groupsOf({ length, indices, tiling }: Dataset): number[][] {
  const groups = new Map<number, number[]>();
  for (let position = 0; position < length; position++) {
    const image = tiling?.tiles[indices?.[position] ?? position]?.image ?? position;
    const group = groups.get(image);
    if (group === undefined) groups.set(image, [position]);
    else group.push(position);
  }
  return [...groups.values()];
}
