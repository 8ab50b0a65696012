import { z } from "zod";
import { checkOptions } from "../options/check.js";
import type { Dataset } from "./dataset.js";
import { moments } from "./moments.js";
import type { DatasetPair, NamedDataset } from "./named-dataset.js";
import { philox } from "./philox.js";

const name = "two-moons";

const count = z
  .int()
  .min(2)
  .max(2 ** 24);

/** Options of {@link loadTwoMoons}. */
export const twoMoonsOptions = z.strictObject({
  samples: count.default(200).describe("Number of training points, half of them of each moon"),
  noise: z.number().min(0).default(0.1).describe("Standard deviation of what is added to both coordinates"),
  seed: z.int().min(0).default(1).describe("Seed of the noise"),
  testSamples: count.default(1000).describe("Number of test points, with noise of their own"),
});

export type TwoMoonsOptions = z.input<typeof twoMoonsOptions>;

/**
 * Two half circles of radius 1 in the plane, one inside the other, with noise: a problem of two classes that no straight
 * line separates.
 *
 *     outer moon (0): x = (cos t, sin t) + noise e
 *     inner moon (1): x = (1 - cos t, 1/2 - sin t) + noise e,   e normal, t evenly from 0 to pi
 *
 * Points of the moons take turns; of an odd number, the inner moon has one more. Test points are a fresh draw: other noise on
 * as many places of the moons as there are test points. The same seed gives the same points, whatever the seed of the
 * training; the more samples are asked for, the closer their places lie. The network sees each coordinate standardised
 * by mean and standard deviation (divisor n - 1) of the training points.
 *
 * ```ts
 * const { train, test } = await loadTwoMoons({ samples: 200, noise: 0.1 });
 * ```
 *
 * Options:
 * - `samples`: number of training points, an integer in 2..2^24. Default `200`.
 * - `noise`: standard deviation of the noise of both coordinates, >= 0. Default `0.1`.
 * - `seed`: of the noise, an integer >= 0. Default `1`.
 * - `testSamples`: number of test points, an integer in 2..2^24. Default `1000`.
 *
 * Shapes: inputs `[length, 2]`, targets `[length, 1]`, 0 or 1, for `binaryCrossEntropy`.
 *
 * Errors: `ERR_OPTION_UNKNOWN`, `ERR_OPTION_TYPE` and `ERR_OPTION_RANGE` for bad options.
 *
 * Source: `make_moons` of scikit-learn, but for its generator; as in Meng, Bachmann, Khan, ICML 2020, section 4.1.
 */
export async function loadTwoMoons(options: TwoMoonsOptions = {}): Promise<DatasetPair> {
  const { samples, noise, seed, testSamples } = checkOptions(twoMoonsOptions, options, "loadTwoMoons");
  const train = drawn(samples, { noise, seed }, 0);
  const axes = [0, 1].map((axis) => moments(train.inputs.filter((_, index) => index % 2 === axis)));
  const normalization = { scale: 1, mean: axes.map(({ mean }) => mean), std: axes.map(({ std }) => std) };
  return {
    train: { ...train, normalization },
    test: { ...drawn(testSamples, { noise, seed }, 1), normalization },
  };
}

type Unscaled = Omit<Dataset, "normalization">;

/** Draws a data set; `draw` tells those of a seed apart. */
function drawn(count: number, { noise, seed }: { noise: number; seed: number }, draw: number): Unscaled {
  const inputs = new Float32Array(2 * count);
  const targets = new Float32Array(count);
  const outer = Math.floor(count / 2);
  for (let i = 0; i < count; i++) {
    // The last of an odd number has no partner.
    const label = i < 2 * outer ? i % 2 : 1;
    const ofMoon = label === 0 ? outer : count - outer;
    // A moon of one point has it at the beginning.
    const t = (Math.PI * Math.floor(i / 2)) / Math.max(ofMoon - 1, 1);
    const [x, y] = label === 0 ? [Math.cos(t), Math.sin(t)] : [1 - Math.cos(t), 0.5 - Math.sin(t)];
    const [ex, ey] = normals(i, draw, seed);
    inputs.set([x + noise * ex, y + noise * ey], 2 * i);
    targets[i] = label;
  }
  return { name, length: count, sampleShape: [2], inputs, targets, targetWidth: 1 };
}

/** Two independent normal numbers, by the method of Box and Muller. */
function normals(sample: number, draw: number, seed: number): [number, number] {
  const key = [seed % 2 ** 32, Math.floor(seed / 2 ** 32)];
  const [first, second] = philox([sample, draw, 0, 0], key) as unknown as [number, number];
  // Never 0, whose logarithm is infinite.
  const radius = Math.sqrt(-2 * Math.log((first + 0.5) / 2 ** 32));
  const angle = (2 * Math.PI * second) / 2 ** 32;
  return [radius * Math.cos(angle), radius * Math.sin(angle)];
}

/** Two moons in the list of data sets. */
export const twoMoons: NamedDataset<typeof twoMoonsOptions> = {
  name,
  description: "two moons, 2 numbers to a label 0 or 1, drawn anew by a seed (200 + 1000 points)",
  sampleShape: [2],
  options: twoMoonsOptions,
  load: loadTwoMoons,
};
