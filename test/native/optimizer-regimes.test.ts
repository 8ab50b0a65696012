// BayesBiNN's borders: where weights turn into signs, and where they are settled, so that the loops leave out the noise.
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { NativeSession } from "../../lib/native/contract.js";
import { kernels } from "./support/addon.js";
import { sameBits } from "./support/compare.js";
import { generator, randomFloats } from "./support/random.js";
import { sameState } from "./support/same-state.js";
import { bayesbinn, chain, openSession, stateOf } from "./support/specs.js";

const test = suite("optimizer regimes");

/** Weights of latents without noise: at u = 1/2 delta is exactly 0. */
function noiseless(latent: readonly number[], temperature: number): Float32Array {
  const weights = new Float32Array(latent.length);
  const noise = new Float32Array(latent.length).fill(0.5);
  const call = { latent: Float32Array.from(latent), noise, weights, threads: 1 };
  kernels.sampleWeights({ optimizer: bayesbinn({ temperature }), ...call });
  return weights;
}

test("weights are signs up to a temperature of 1e-6, with +1 at 0, and soft above", () => {
  const small = [5e-7, -5e-7, 0, -0, 2 ** -149, -(2 ** -149)];
  for (const temperature of [1e-6, 1e-10, 1e-30]) {
    assert.equal([...noiseless(small, temperature)], [1, -1, 1, 1, 1, -1], `temperature ${temperature}`);
  }
  const [soft, opposite, ...tiny] = noiseless(small, 1.0001e-6);
  assert.ok(Math.abs(soft! - Math.tanh(5e-7 / 1.0001e-6)) < 1e-6, `${soft}`);
  assert.is(opposite, -soft!);
  assert.ok(tiny.every((weight) => Math.abs(weight) < 1e-30));
});

test("a sign's gradient passes as if 1 - w^2 were 0, a soft one's with its slope", () => {
  const momentumAt = (temperature: number) => {
    const momentum = new Float32Array(1);
    const options = { temperature, momentum: 0, klWeight: 0, trainSetSize: 1, epsilon: 1e-3 };
    kernels.update({
      optimizer: bayesbinn(options),
      latent: Float32Array.of(0),
      state: { momentum },
      noise: [Float32Array.of(0.5)],
      gradients: [Float32Array.of(1)],
      t: 1,
      threads: 1,
    });
    return momentum[0]! * temperature;
  };
  // With mu = 0: eps / (1 + eps) for a sign; (1 + eps) / (1 + eps) for w = tanh(0).
  assert.ok(Math.abs(momentumAt(1e-6) - 1e-3 / 1.001) < 1e-9, `sign: ${momentumAt(1e-6)}`);
  assert.ok(Math.abs(momentumAt(1.0001e-6) - 1) < 1e-6, `soft: ${momentumAt(1.0001e-6)}`);
});

/** |lambda| beyond which native code leaves out the noise, by its own description: 8.32 + 9.02 tau, 9.02 at least. */
const border = (temperature: number) => Math.fround(Math.max(8.32 + 9.02 * temperature, 9.02));

const [units, inputs, seed] = [512, 9, 21];

/** Stretches of 256 weights: settled ones, unsettled ones, ones with a single weight on, just inside or outside the border. */
function latents(temperature: number): Float32Array {
  const limit = border(temperature);
  const ulp = 2 ** (Math.floor(Math.log2(limit)) - 23);
  const next = generator(8);
  const single = [limit, limit - ulp, limit + ulp, 0, limit / 2, 8.3, 9.01, 9.03];
  return Float32Array.from({ length: units * inputs }, (_, i) => {
    const block = Math.floor(i / 256);
    const sign = next() < 0.5 ? -1 : 1;
    if (block % 3 === 2) return sign * next() * 2 * limit;
    if (block % 3 === 1 && i % 256 === (block * 37) % 256) return sign * single[Math.floor(block / 3) % single.length]!;
    return sign * (next() < 0.5 ? limit + ulp : limit * (1 + next()));
  });
}

/** All noise of the next step, as the session would draw it. */
function noiseOfStep(session: NativeSession, samples: number): Float32Array {
  const all = new Float32Array(samples * units * inputs);
  for (let sample = 0; sample < samples; sample++) {
    const out = all.subarray(sample * units * inputs, (sample + 1) * units * inputs);
    kernels.uniform({ seed, stream: "weights", step: session.counters().step, sample }, out);
  }
  return all;
}

const step = {
  inputs: randomFloats(3 * inputs, 1),
  targets: Int32Array.of(5, 0, 511),
  batch: 3,
  phase: "train" as const,
  commit: true,
};

/** Two sessions with these latents, one to draw its noise and one to be given it. */
async function pair(options: object, data: Float32Array): Promise<[NativeSession, NativeSession]> {
  const binary = bayesbinn({ ...options, learningRate: 1e-3, trainSetSize: 1000, momentum: 0.5 });
  const parts = { inputShape: [inputs], layers: chain(["linear", { units }]), binary, seed, maxBatch: 3 };
  const sessions: [NativeSession, NativeSession] = [openSession(parts), openSession(parts)];
  const model = [{ name: "linear1.weight", shape: [units, inputs], data }];
  await Promise.all(sessions.map((session) => session.setState("model", model)));
  return sessions;
}

for (const [name, options] of [
  ["signs", { temperature: 1e-10 }],
  ["signs, three samples", { temperature: 1e-10, samples: 3 }],
  ["cold", { temperature: 0.01 }],
  ["soft, three samples, a coarse saturation", { temperature: 0.7, samples: 3, saturation: 1e-3 }],
  ["hot", { temperature: 50 }],
  ["very hot", { temperature: 1e5 }],
  ["the previous lambda", { temperature: 0.5, staleMu: true }],
  ["exact arithmetic: nothing is settled", { temperature: 0.5, saturation: 0 }],
  ["the mean estimator", { temperature: 0.5, estimator: "mean" }],
] as const) {
  test(`settled weights, ${name}: leaving out the noise changes no bit`, async () => {
    const samples = "samples" in options ? options.samples : 1;
    const data = latents(options.temperature);
    const [drawn, recorded] = await pair(options, data);
    // The second step starts from moved weights, with momentum and a previous lambda of their own.
    for (let round = 0; round < 2; round++) {
      const noise = [noiseOfStep(recorded, samples)];
      const [one, other] = [await drawn.replay(step), await recorded.replay({ ...step, noise })];
      sameBits(one.weights[0]!, other.weights[0]!, `weights of step ${round}`);
      sameBits(one.gradients[0]!, other.gradients[0]!, `gradients of step ${round}`);
      await sameState(drawn, recorded, `step ${round}`);
    }
    const moved = (await stateOf(drawn)).get("linear1.weight")!.data;
    assert.ok(moved.some((value, i) => value !== data[i]));
  });
}

test("even the rarest noise is not left out where it matters", async () => {
  const count = units * inputs;
  // The step with the smallest uniform among the first 500: some 1e-6, a noise of almost -7.
  let rarest = { u: 1, step: 0, element: 0 };
  const out = new Float32Array(count);
  for (let at = 0; at < 500; at++) {
    kernels.uniform({ seed, stream: "weights", step: at, sample: 0 }, out);
    out.forEach((u, element) => {
      if (u < rarest.u) rarest = { u, step: at, element };
    });
  }
  const noise = Math.abs(Math.log(rarest.u / (1 - rarest.u)) / 2);
  assert.ok(noise > 6.5, `${noise}`);
  for (const temperature of [0.3, 1, 5]) {
    // All weights are settled but the one that this noise brings down to tanh(8), which is not quite 1.
    const data = new Float32Array(count).fill(2 * border(temperature));
    data[rarest.element] = 8 * temperature + noise;
    const [drawn, recorded] = await pair({ temperature }, data);
    for (const session of [drawn, recorded]) session.setCounters({ step: rarest.step, updates: [0] });
    const result = await drawn.replay(step);
    assert.ok(result.weights[0]![rarest.element]! < 1, `temperature ${temperature}`);
    await recorded.replay({ ...step, noise: [noiseOfStep(recorded, 1)] });
    await sameState(drawn, recorded, `temperature ${temperature}`);
  }
});

test.run();
