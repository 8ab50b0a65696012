/*
 * One update of the kernels from each recorded state: lambda, mu, momentum, noise, weights and gradients of a step give
 * the next lambda and momentum.
 *
 * Largest errors reached, of the largest entry: 3.7e-7 in lambda and 1.4e-6 in the momentum (a beta of 0.99 alone gives
 * 1e-6: 1 - beta is a float32), and 1.9e-5 in both in bb02; the same with and without AVX2.
 */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { update } from "../../lib/kernels.js";
import {
  lambdaBefore,
  lambdaOfRecordedMu,
  recordedOptimizer,
  recordedPrior,
  trajectorySettings,
} from "./bayesbinn-settings.js";
import { replayed } from "./cases.js";
import { near } from "./compare.js";
import { type Golden, readGolden } from "./read-golden.js";
import { argumentError, halfLogit, isSensitive, recordedRange, unit } from "./tanh-term.js";

const test = suite("BayesBiNN, teacher-forced");

/** What the formula in another order of float32 operations reaches: a few roundings, hardly amplified. */
const limit = 5e-6;

/**
 * bb02 divides lambda + delta, about 10, by a temperature of 0.01: its last half bit (4.8e-7) moves the argument of the
 * tanh by 4.8e-5 and the scale by twice that.
 */
const amplified = { path: "bayesbinn/bb02_tau1e-2", limit: 1e-4 } as const;

for (const path of replayed.trajectories) {
  if (path === amplified.path) continue;
  test(path, () => {
    const golden = readGolden(path);
    for (let step = 0; step < golden.settings(trajectorySettings).steps; step++) {
      const { lambda, momentum } = updated(golden, step, lambdaBefore(golden, step - 1));
      near(momentum, golden.f32("momentum", step), limit, `momentum after step ${step}`);
      near(lambda, golden.f32("lambda", step), limit, `lambda after step ${step}`);
    }
  });
}

test(`${amplified.path}, with mu as recorded`, () => {
  const golden = readGolden(amplified.path);
  let sensitive = 0;
  for (let step = 0; step < golden.settings(trajectorySettings).steps; step++) {
    const { lambda, momentum } = updated(golden, step, lambdaOfRecordedMu(golden, step));
    const recorded = { lambda: golden.f32("lambda", step), momentum: golden.f32("momentum", step) };
    for (const weight of momentum.keys()) {
      const range = sensitiveRange(golden, step, weight);
      if (range === undefined) continue;
      sensitive++;
      for (const value of [momentum[weight]!, recorded.momentum[weight]!]) {
        assert.ok(value >= range.low && value <= range.high, `weight ${weight} after step ${step}: ${value}`);
      }
      momentum[weight] = recorded.momentum[weight]!;
      lambda[weight] = recorded.lambda[weight]!;
    }
    near(momentum, recorded.momentum, amplified.limit, `momentum after step ${step}`);
    near(lambda, recorded.lambda, amplified.limit, `lambda after step ${step}`);
  }
  assert.is(sensitive, 1, "weights left out");
});

test.run();

/** Lambda and momentum after one update; `lagging` is the lambda whose tanh is mu. */
function updated(golden: Golden, step: number, lagging: Float32Array) {
  const { samples_per_step: samples } = golden.settings(trajectorySettings);
  const lambda = lambdaBefore(golden, step);
  const momentum = step === 0 ? new Float32Array(lambda.length) : golden.f32("momentum", step - 1);
  const prior = recordedPrior(golden, step);
  const each = (array: string) => Array.from({ length: samples }, (_, sample) => golden.f32(array, step, sample));
  // The estimator "mean" draws nothing and looks at no noise.
  const noise = golden.has("noise_u") ? each("noise_u") : [new Float32Array(lambda.length)];
  update({
    optimizer: recordedOptimizer(golden),
    latent: lambda,
    state: { momentum, previous_lambda: lagging, ...(prior === undefined ? {} : { prior }) },
    noise,
    gradients: each("grad"),
    t: step + 1,
    threads: 1,
  });
  return { lambda, momentum };
}

/**
 * What the momentum of a weight can be (one sample, no average) whose 1 - w^2 depends on the last bit of the tanh of w;
 * undefined for other weights.
 */
function sensitiveRange(golden: Golden, step: number, weight: number): { low: number; high: number } | undefined {
  const { temperature, train_set_size: size } = golden.settings(trajectorySettings);
  const lambda = lambdaBefore(golden, step)[weight]!;
  const u = golden.f32("noise_u", step, 0)[weight]!;
  const x = (lambda + halfLogit(u)) / temperature;
  if (!isSensitive(x)) return undefined;
  const mu = Math.tanh(lambdaOfRecordedMu(golden, step)[weight]!);
  const gradient = golden.f32("grad", step, 0)[weight]!;
  const { low, high } = recordedRange(x, argumentError(lambda, u, temperature));
  const ends = [low, high].map((term) => ((size * (term + 1e-10)) / temperature / (1 - mu ** 2 + 1e-10)) * gradient);
  const slack = 1 + 8 * unit;
  const [first, second] = ends.map((end) => end * slack + lambda) as [number, number];
  return { low: Math.min(first, second), high: Math.max(first, second) };
}
