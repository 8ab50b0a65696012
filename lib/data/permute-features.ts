import { z } from "zod";

import { loadAddon } from "../native/binding.js";
import { checkOptions } from "../options/check.js";
import type { Dataset } from "./dataset.js";
import { checkPermutation, sampleSize } from "./validate.js";

/** Permutations are drawn from the shuffling stream, below the epoch that splits take; training never gets here. */
const firstEpoch = 2 ** 32 - 2;

/** Options of {@link permuteFeatures}. */
export const permuteFeaturesOptions = z.strictObject({
  seed: z.int().min(0).default(1).describe("Seed of the permutation"),
  draw: z
    .int()
    .min(0)
    .max(2 ** 20)
    .default(0)
    .describe("Which permutation of the seed; each is another one"),
});

/** What {@link permuteFeatures} takes. */
export type PermuteFeaturesOptions = z.input<typeof permuteFeaturesOptions>;

/**
 * The samples of `dataset` with their features (the pixels of images, of all channels) in a random order, the same for each
 * sample.
 *
 * Feature f of a network input is feature permutation[f] of the stored sample, normalised as that one. The order depends on
 * the seed, the draw and the number of features alone, so that the parts of a data set are permuted alike. The arrays of
 * `dataset` are shared, its subsets can be taken before or after, and where it is permuted already, its new features are
 * those as permuted. What is permuted is no image any more: `fit` refuses to augment it.
 *
 * ```ts
 * const [train, test] = [mnist.train, mnist.test].map((part) => permuteFeatures(part, { seed: 3 }));
 * ```
 *
 * Options:
 * - `seed`: of the permutation, an integer >= 0. Default `1`.
 * - `draw`: which permutation of the seed, an integer >= 0 and <= 2^20. Default `0`.
 *
 * @throws BayesBinnError `ERR_OPTION_UNKNOWN`, `ERR_OPTION_TYPE`, `ERR_OPTION_RANGE`, `ERR_SHAPE_MISMATCH` for a permutation
 * of `dataset` that is none; `ERR_BINDING_LOAD`
 *
 * Source: I. Goodfellow, M. Mirza, D. Xiao, A. Courville, Y. Bengio, "An empirical investigation of catastrophic forgetting
 * in gradient-based neural networks", 2013.
 */
export function permuteFeatures(dataset: Dataset, options: PermuteFeaturesOptions = {}): Dataset {
  const { seed, draw } = checkOptions(permuteFeaturesOptions, options, "permuteFeatures");
  checkPermutation(dataset);
  const order = loadAddon().kernels.permutation(sampleSize(dataset), seed, firstEpoch - draw);
  const { permutation: before } = dataset;
  return { ...dataset, permutation: before === undefined ? order : order.map((feature) => before[feature]!) };
}
