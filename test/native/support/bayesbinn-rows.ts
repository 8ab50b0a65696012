/** Every regime of BayesBiNN, and weights in them. */
import { generator, randomFloats } from "./random.js";
import type { BayesBinnOptions } from "./reference-bayesbinn.js";

/** Every regime of the method, and every option at a value that shows. */
export const bayesbinnRows: readonly (readonly [name: string, options: Partial<BayesBinnOptions>])[] = [
  ["soft weights", { temperature: 1 }],
  [
    "soft weights, three samples, every option",
    {
      temperature: 0.3,
      samples: 3,
      momentum: 0.5,
      learningRate: 0.7,
      klWeight: 0.25,
      priorLambda: -0.75,
      trainSetSize: 54000,
      perWeightPrior: true,
      staleMu: true,
      saturation: 1e-3,
      epsilon: 1e-4,
    },
  ],
  ["a hot posterior", { temperature: 20 }],
  ["a cold posterior", { temperature: 1e-3, momentum: 0 }],
  ["just above the signs", { temperature: 2e-6, momentum: 0 }],
  ["signs at their limit", { temperature: 1e-6, samples: 3 }],
  ["signs of the paper", { temperature: 1e-10, momentum: 0, learningRate: 1e-4, klWeight: 0, trainSetSize: 54000 }],
  ["exact arithmetic", { temperature: 0.5, saturation: 0 }],
  ["no step", { learningRate: 0 }],
  ["the mean estimator", { estimator: "mean", temperature: 1e-10, trainSetSize: 100, momentum: 0.9 }],
  ["the mean estimator takes one pass", { estimator: "mean", samples: 3, perWeightPrior: true, staleMu: true }],
  ["the previous lambda", { staleMu: true, samples: 3, temperature: 0.8 }],
  ["a prior a weight", { perWeightPrior: true, klWeight: 3, momentum: 0 }],
];

/** Uniforms as the generator makes them: multiples of 2^-24. */
export function uniforms(count: number, seed: number): Float32Array {
  const next = generator(seed);
  return Float32Array.from({ length: count }, () => Math.max(Math.floor(next() * 2 ** 24), 1) * 2 ** -24);
}

/** Lambdas from undecided to settled. */
export function lambdas(count: number, seed: number): Float32Array {
  return randomFloats(count, seed).map((x) => 12 * x ** 3);
}
