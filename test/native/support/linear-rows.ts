/** Fully connected products of many shapes and kinds of weights. */
import type { KernelDevice } from "../../../lib/native/contract.js";
import { kernels } from "./addon.js";
import { epsilon32 } from "./compare.js";
import { type Guarded, guarded } from "./margins.js";
import { randomFloats, randomSigns } from "./random.js";
import type { Sums } from "./reference-linear.js";

/**
 * 1, primes, and both sides of the batch multiple (16), of the blocks of output rows (256) and of blocks of the weight
 * gradient (131072 weights: 13 rows of 10007, 3 of 40009).
 */
export const shapes: readonly (readonly [batch: number, inFeatures: number, outFeatures: number])[] = [
  [1, 1, 1],
  [1, 257, 1],
  [1, 16, 31],
  [3, 1, 7],
  [3, 15, 17],
  [3, 784, 10],
  [15, 33, 16],
  [16, 16, 16],
  [16, 31, 257],
  [17, 17, 15],
  [17, 257, 33],
  [31, 2, 513],
  [5, 40009, 4],
  [100, 113, 31],
  [100, 64, 512],
  [3, 10007, 17],
  [113, 33, 113],
  [257, 5, 3],
  // groups of four and of six (from 96 outputs on) with every remainder
  ...[1, 2, 3, 4, 5, 6, 7, 23, 24, 25].flatMap((features) => [[1, features, 97] as const, [1, 97, features] as const]),
];

export const kinds = [
  { kind: "binary weights", weightsOf: randomSigns, bias: false, packed: false },
  {
    kind: "real weights and a bias",
    weightsOf: (count: number, seed: number) => randomFloats(count, seed),
    bias: true,
    packed: false,
  },
  { kind: "packed weights", weightsOf: randomSigns, bias: false, packed: true },
  { kind: "packed weights and a bias", weightsOf: randomSigns, bias: true, packed: true },
];

/**
 * Partial sums of k random terms have the size of sqrt(k) terms, and each rounds by eps/2 of that: the k errors add up to
 * about eps/2 times the sum of the terms' sizes. Four times that for the tails, still far less than one term.
 */
export const tolerances = ({ sizes }: Sums) => sizes.map((size) => 4 * (epsilon32 / 2) * size);

export type Problem = Readonly<Record<"input" | "weights" | "outputGradient", Float32Array>> &
  Readonly<Record<"batch" | "inFeatures" | "outFeatures", number>> & {
    readonly bias?: Float32Array;
    readonly packed: boolean;
  };

export function problemOf(
  [batch, inFeatures, outFeatures]: (typeof shapes)[number],
  row: (typeof kinds)[number],
): Problem {
  return {
    batch,
    inFeatures,
    outFeatures,
    input: randomFloats(batch * inFeatures, 1),
    weights: row.weightsOf(outFeatures * inFeatures, 2),
    packed: row.packed,
    ...(row.bias && { bias: randomFloats(outFeatures, 3) }),
    outputGradient: randomFloats(batch * outFeatures, 4),
  };
}

/** All outputs of both kernels, each between margins. */
export function run(
  problem: Problem,
  threads: number,
  device: KernelDevice = "cpu",
): Readonly<Record<string, Guarded>> {
  const { batch, inFeatures, outFeatures } = problem;
  const outputs = {
    output: guarded(batch * outFeatures),
    inputGradient: guarded(batch * inFeatures),
    weightGradient: guarded(outFeatures * inFeatures),
    biasGradient: guarded(outFeatures),
  };
  kernels.linear({ ...problem, output: outputs.output.values, threads, device });
  kernels.linearGradients({
    ...problem,
    inputGradient: outputs.inputGradient.values,
    weightGradient: outputs.weightGradient.values,
    biasGradient: outputs.biasGradient.values,
    threads,
    device,
  });
  return outputs;
}
