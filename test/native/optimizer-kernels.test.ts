import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { NativeSession } from "../../lib/native/contract.js";
import { kernels } from "./support/addon.js";
import { bayesbinnRows, lambdas, uniforms } from "./support/bayesbinn-rows.js";
import { close, epsilon32, sameBits } from "./support/compare.js";
import { guarded } from "./support/margins.js";
import { randomFloats } from "./support/random.js";
import { type BayesBinnOptions, type Estimate, update, weight } from "./support/reference-bayesbinn.js";
import { refusedBy } from "./support/refused.js";
import { adam, bayesbinn, everything, labelled, openSession, trainCall } from "./support/specs.js";

const test = suite("optimizer kernels");

/** One, and around what the loops could work on at a time: 64 and 256 weights; several of these. */
const lengths = [1, 3, 63, 64, 65, 255, 256, 257, 1000];

const values = (estimates: readonly Estimate[]) => estimates.map(({ value }) => value);
const tolerances = (estimates: readonly Estimate[]) => estimates.map(({ tolerance }) => tolerance);

/** A tolerance as large as the value would prove nothing: few entries may have one. */
function mostAreSharp(estimates: readonly Estimate[], what: string): void {
  const loose = estimates.filter(({ value, tolerance }) => tolerance > 1e-2 * Math.max(Math.abs(value), 1e-3)).length;
  assert.ok(loose <= estimates.length * 0.02, `${what}: ${loose} of ${estimates.length} tolerances are loose`);
}

for (const [name, given] of bayesbinnRows) {
  const options = bayesbinn(given) as unknown as BayesBinnOptions & { type: string };
  const samples = options.estimator === "mean" ? 1 : options.samples;

  test(`bayesbinn, ${name}: sampled weights`, () => {
    for (const count of lengths) {
      const [latent, noise, out] = [guarded(count, lambdas(count, count)), uniforms(count, 2), guarded(count)];
      kernels.sampleWeights({
        optimizer: bayesbinn(given),
        latent: latent.values,
        noise,
        weights: out.values,
        threads: 1,
      });
      const expected = Array.from(noise, (u, i) => weight(options, latent.values[i]!, u));
      close(out.values, values(expected), tolerances(expected), `${count} weights`);
      if (count === 1000) mostAreSharp(expected, "weights");
      sameBits(latent.values, lambdas(count, count), "lambda");
      out.check(`${count} weights`);
    }
  });

  test(`bayesbinn, ${name}: update`, () => {
    for (const count of lengths) {
      for (const t of [1, 7]) {
        const lists = (make: (sample: number) => Float32Array) => Array.from({ length: samples }, (_, s) => make(s));
        const [start, previous, prior] = [lambdas(count, 3), lambdas(count, 4), randomFloats(count, 5)];
        const noise = lists((s) => uniforms(count, 10 + s));
        const gradients = lists((s) => randomFloats(count, 20 + s));
        const latent = guarded(count, start);
        const momentum = guarded(count, randomFloats(count, 6));
        const [previousLambda, priorState] = [guarded(count, previous), guarded(count, prior)];
        const before = momentum.values.slice();
        const state = { momentum: momentum.values, previous_lambda: previousLambda.values, prior: priorState.values };
        kernels.update({
          optimizer: bayesbinn(given),
          latent: latent.values,
          state,
          noise,
          gradients,
          t,
          threads: 1,
        });

        const expected = Array.from(start, (lambda, i) =>
          update(
            options,
            { lambda, momentum: before[i]!, previousLambda: previous[i]!, prior: prior[i]! },
            noise.map((list) => list[i]!),
            gradients.map((list) => list[i]!),
            t,
          ),
        );
        for (const [what, actual, estimates] of [
          ["momentum", momentum.values, expected.map((entry) => entry.momentum)],
          ["lambda", latent.values, expected.map((entry) => entry.lambda)],
        ] as const) {
          close(actual, values(estimates), tolerances(estimates), `${what}, ${count} weights, update ${t}`);
          if (count === 1000) mostAreSharp(estimates, what);
        }
        sameBits(previousLambda.values, options.staleMu ? start : previous, "previous lambda");
        sameBits(priorState.values, prior, "prior");
        for (const guard of [latent, momentum, previousLambda, priorState]) guard.check(`${count} weights`);
      }
    }
  });
}

test("bayesbinn keeps the state that its options need", () => {
  const names = (options: Partial<BayesBinnOptions>) => kernels.stateNames(bayesbinn(options)).sort();
  assert.equal(names({}), ["momentum"]);
  assert.equal(names({ staleMu: true }), ["momentum", "previous_lambda"]);
  assert.equal(names({ perWeightPrior: true }), ["momentum", "prior"]);
  assert.equal(names({ staleMu: true, perWeightPrior: true }), ["momentum", "previous_lambda", "prior"]);
  assert.equal(kernels.stateNames(adam()).sort(), ["first_moment", "second_moment"]);
});

// m <- beta1 m + (1 - beta1) g;  v <- beta2 v + (1 - beta2) g^2;
// w <- w - alpha (m / (1 - beta1^t)) / (sqrt(v / (1 - beta2^t)) + eps)
for (const [name, { learningRate, beta1, beta2, epsilon }] of [
  ["usual options", { learningRate: 1e-3, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 }],
  ["no memory", { learningRate: 0.5, beta1: 0, beta2: 0, epsilon: 1e-3 }],
  ["a large epsilon", { learningRate: 0.1, beta1: 0.5, beta2: 0.9, epsilon: 2 }],
] as const) {
  test(`adam, ${name}: update`, () => {
    const optimizer = adam({ learningRate, beta1, beta2, epsilon });
    for (const count of lengths) {
      for (const t of [1, 7, 100_000]) {
        const [start, gradient, first, second] = [1, 2, 3, 4].map((seed) => randomFloats(count, seed)) as Quadruple;
        const [latent, moment] = [guarded(count, start), guarded(count, first)];
        const variance = guarded(count, second.map(Math.abs));
        const before = variance.values.slice();
        kernels.update({
          optimizer,
          latent: latent.values,
          state: { first_moment: moment.values, second_moment: variance.values },
          noise: [start],
          gradients: [gradient],
          t,
          threads: 1,
        });
        const m = Array.from(gradient, (g, i) => beta1 * first[i]! + (1 - beta1) * g);
        const v = Array.from(gradient, (g, i) => beta2 * before[i]! + (1 - beta2) * g ** 2);
        const step = m.map((value, i) => {
          const share = value / (1 - beta1 ** t) / (Math.sqrt(v[i]! / (1 - beta2 ** t)) + epsilon);
          return learningRate * share;
        });
        // Rounded options: beta2 = 0.999 has an error of 6e-8 / 1e-3 in 1 - beta2. Then a few roundings of each part.
        const lost = 4 * epsilon32 * (1 / (1 - beta1) + 1 / (1 - beta2));
        const sizes = m.map((_, i) => Math.abs(first[i]!) + Math.abs(gradient[i]!));
        close(
          moment.values,
          m,
          sizes.map((size) => 4 * epsilon32 * size),
          "first moment",
        );
        close(
          variance.values,
          v,
          v.map((value) => lost * value),
          "second moment",
        );
        const moved = step.map((_, i) => (Math.abs(step[i]!) * sizes[i]!) / Math.abs(m[i]!));
        close(
          latent.values,
          m.map((_, i) => start[i]! - step[i]!),
          moved.map((size) => (lost + 8 * epsilon32) * size + epsilon32),
          "weights",
        );
        for (const guard of [latent, moment, variance]) guard.check(`${count} weights`);
      }
    }
  });
}

type Quadruple = [Float32Array, Float32Array, Float32Array, Float32Array];

test("bayesbinn: without momentum nothing is kept, and nothing else differs", async () => {
  const data = labelled(21, [2, 2, 3], 4);
  const sessions = [true, false].map((keepMomentum) =>
    openSession(everything({ binary: bayesbinn({ momentum: 0, keepMomentum }) })),
  );
  const [kept, bare] = sessions as [NativeSession, NativeSession];
  await bare.setState("model", await kept.getState("model"));
  for (const session of sessions)
    await session.train(trainCall(session.addDataset(data), { batches: 3, batchSize: 7 }));
  const names = async (session: NativeSession) => (await session.getState("training")).map(({ name }) => name);
  const [all, few] = [await names(kept), await names(bare)];
  assert.ok(all.some((name) => name.endsWith("/momentum")));
  assert.equal(
    few,
    all.filter((name) => !name.endsWith("/momentum")),
  );
  const [one, other] = [await kept.getState("model"), await bare.getState("model")];
  for (const [i, tensor] of one.entries()) sameBits(other[i]!.data, tensor.data, tensor.name);
  await refusedBy(() => bare.setHyperparameters(0, { momentum: 0.5 }), "ERR_OPTION_RANGE", "momentum");
  kept.setHyperparameters(0, { momentum: 0.5 });
});

test("adam: the weights are the latent ones", () => {
  const latent = randomFloats(257, 1);
  const out = guarded(257);
  kernels.sampleWeights({ optimizer: adam(), latent, noise: uniforms(257, 2), weights: out.values, threads: 1 });
  sameBits(out.values, latent, "weights");
  out.check("weights");
});

test("drawn noise is that of kernels.uniform, on any number of threads", () => {
  // More than two parallel tasks of 32768, mostly unsettled.
  const [count, address] = [70_001, { seed: 5, stream: "weights" as const, step: 3, sample: 2 }];
  const latent = lambdas(count, 1);
  const noise = new Float32Array(count);
  kernels.uniform(address, noise);
  const sampled = (source: object, threads: number) => {
    const weights = new Float32Array(count);
    kernels.sampleWeights({ optimizer: bayesbinn({ temperature: 0.5 }), latent, ...source, weights, threads });
    return weights;
  };
  const expected = sampled({ noise }, 1);
  for (const threads of [1, 2, 5]) sameBits(sampled({ address }, threads), expected, `${threads} threads`);
});

test.run();
