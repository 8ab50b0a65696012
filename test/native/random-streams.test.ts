// What a session draws: first weights, weight noise and dropout masks, each from its own place in the generator.
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { NativeSession, StreamName } from "../../lib/native/contract.js";
import { addon, kernels } from "./support/addon.js";
import { close, sameBits } from "./support/compare.js";
import { adam, bayesbinn, chain, openSession, sessionSpec, stateOf } from "./support/specs.js";
import { streams } from "./support/streams.js";

const test = suite("random streams");

const seed = 2 ** 35 + 11;
/**
 * The uniforms of a draw: counter = (element / 4, sample, step, stream + 256 index), key = seed; `index` is the place of a
 * layer in the network or of an optimizer among the optimizers.
 */
function uniforms(
  stream: StreamName,
  at: { index?: number; step?: number; sample?: number },
  count: number,
): Float32Array {
  const key = Uint32Array.of(seed % 2 ** 32, Math.floor(seed / 2 ** 32));
  const word = streams.indexOf(stream) + 256 * (at.index ?? 0);
  return Float32Array.from({ length: count }, (_, i) => {
    const counter = Uint32Array.of(Math.floor(i / 4), at.sample ?? 0, at.step ?? 0, word);
    return Math.max(kernels.philox(counter, key)[i % 4]! >>> 8, 1) * 2 ** -24;
  });
}

/** `count` ones in a row: what a network makes of them shows its masks and weights. */
const ones = (count: number) => new Float32Array(count).fill(1);
const draw = { phase: "train" as const, commit: false };

for (const features of [8, 7]) {
  test(`dropout masks of ${features} features follow the layer, the step and the weight sample`, async () => {
    const layers = chain(
      ["dropout", { rate: 0.25 }],
      ["tanh"],
      ["dropout", { rate: 0.6 }],
      ["linear", { units: features }],
    );
    const binary = bayesbinn({ samples: 2 });
    const session = openSession({ layers, inputShape: [features], loss: "meanSquaredError", seed, binary });
    const batch = 5;
    session.setCounters({ step: 2 ** 32 - 2, updates: [3] });
    const identity = Float32Array.from({ length: features ** 2 }, (_, i) => (i % (features + 1) === 0 ? 1 : 0));
    const weights = [Float32Array.of(...identity, ...identity)];
    const call = { ...draw, inputs: ones(batch * features), targets: ones(batch * features), batch, weights };
    const { outputs } = await session.replay(call);
    outputs.forEach((values, sample) => {
      const at = { step: 2 ** 32 - 2, sample };
      const [first, second] = [0, 2].map((index) => uniforms("dropout", { ...at, index }, batch * features));
      const kept = Array.from(first!, (u, i) => (u >= 0.25 && second![i]! >= Math.fround(0.6) ? 1 : 0));
      assert.equal(
        Array.from(values, (value) => (value === 0 ? 0 : 1)),
        kept,
        `sample ${sample}`,
      );
      // Kept values are scaled up, so that the mean stays.
      const scaled = Math.tanh(1 / 0.75) / 0.4;
      close(
        values,
        kept.map((keep) => keep * scaled),
        1e-6,
        "values",
      );
    });
  });
}

for (const channels of [8, 7]) {
  test(`dropout2d draws a flag for each of ${channels} channels`, async () => {
    const layers = chain(["tanh"], ["dropout2d", { rate: 0.4 }]);
    const session = openSession({ layers, inputShape: [channels, 3, 2], loss: "meanSquaredError", seed });
    const inputs = ones(5 * channels * 6);
    const { outputs } = await session.replay({ ...draw, inputs, targets: inputs, batch: 5 });
    const kept = uniforms("dropout", { index: 1 }, 5 * channels).map((u) => (u >= Math.fround(0.4) ? 1 : 0));
    close(
      outputs[0]!,
      inputs.map((_, i) => (kept[Math.floor(i / 6)]! * Math.tanh(1)) / 0.6),
      1e-6,
      "values",
    );
  });
}

test("nothing is dropped at a rate of 0, and the share of the kept is 1 - rate", async () => {
  for (const rate of [0, 0.3]) {
    const layers = chain(["dropout", { rate }]);
    const session = openSession({ layers, inputShape: [1000], loss: "meanSquaredError", maxBatch: 100 });
    const { outputs } = await session.replay({ ...draw, inputs: ones(100_000), targets: ones(100_000), batch: 100 });
    const kept = outputs[0]!.filter((value) => value !== 0).length;
    // Five standard deviations of a binomial count.
    const limit = 5 * Math.sqrt(100_000 * rate * (1 - rate));
    assert.ok(Math.abs(kept - 100_000 * (1 - rate)) <= limit, `rate ${rate}: ${kept} of 100000`);
  }
});

test("weight noise follows the optimizer, the step and the weight sample, over all its parameters in order", async () => {
  const layers = chain(["linear", { units: 9, bias: "binary" }], ["linear", { units: 7 }]);
  const parts = { layers, inputShape: [5], seed, binary: bayesbinn({ samples: 3, temperature: 0.7 }) };
  const session = openSession(parts);
  const state = await stateOf(session);
  session.setCounters({ step: 41, updates: [41] });
  const { weights } = await session.replay({ ...draw, inputs: ones(5), targets: Int32Array.of(3), batch: 1 });
  const names = ["linear1.weight", "linear1.bias", "linear2.weight"];
  const latent = Float32Array.from(names.flatMap((name) => [...state.get(name)!.data]));
  const count = latent.length;
  for (const sample of [0, 1, 2]) {
    const noise = uniforms("weights", { step: 41, sample }, count);
    const expected = new Float32Array(count);
    kernels.sampleWeights({ optimizer: parts.binary, latent, noise, weights: expected, threads: 1 });
    sameBits(weights[0]!.slice(sample * count, (sample + 1) * count), expected, `sample ${sample}`);
  }
});

/** First latent weights, by name. */
async function firstWeights(session: NativeSession): Promise<ReadonlyMap<string, Float32Array>> {
  const state = await stateOf(session);
  return new Map([...state].map(([name, { data }]) => [name, data]));
}

test("lambda starts at +-initialLambda with even signs, plus a normal spread", async () => {
  const layers = chain(["linear", { units: 300 }]);
  const parts = { layers, inputShape: [300], seed };
  const count = 300 * 300;
  const u = uniforms("initialisation", {}, count);
  for (const [size, spread] of [
    [10, 0],
    [0, 0],
    [2, 0.5],
  ] as const) {
    const binary = bayesbinn({ initialLambda: size, initialLambdaSpread: spread });
    const lambda = (await firstWeights(openSession({ ...parts, binary }))).get("linear1.weight")!;
    const sizes = Float64Array.from(lambda, (value, i) => (u[i]! < 0.5 ? -value : value));
    const positive = u.filter((value) => value >= 0.5).length;
    assert.ok(Math.abs(positive - count / 2) < 2.5 * Math.sqrt(count), `${positive} of ${count}`);
    const mean = sizes.reduce((sum, value) => sum + value / count, 0);
    const variance = sizes.reduce((sum, value) => sum + (value - mean) ** 2 / count, 0);
    // Five standard errors of the mean and the variance of normals, and the rounding of the sums.
    assert.ok(Math.abs(mean - size) <= (5 * spread) / Math.sqrt(count) + 1e-9, `mean ${mean}`);
    assert.ok(
      Math.abs(variance - spread ** 2) <= 5 * spread ** 2 * Math.sqrt(2 / count) + 1e-9,
      `variance ${variance}`,
    );
    // The tails of a normal: 1 in 370 lies beyond three deviations.
    const beyond = sizes.filter((value) => Math.abs(value - size) > 3 * spread).length;
    if (spread > 0) assert.ok(beyond > 0.002 * count && beyond < 0.0035 * count, `${beyond} beyond 3 deviations`);
  }
});

test("BayesBiNN's state starts at 0, the prior lambda and lambda", async () => {
  const binary = bayesbinn({ staleMu: true, perWeightPrior: true, priorLambda: -0.25 });
  const weights = await firstWeights(openSession({ layers: chain(["linear", { units: 4 }]), binary }));
  const lambda = weights.get("linear1.weight")!;
  sameBits(weights.get("linear1.weight/momentum")!, new Float32Array(20), "momentum");
  sameBits(weights.get("linear1.weight/previous_lambda")!, lambda, "previous lambda");
  sameBits(weights.get("linear1.weight/prior")!, new Float32Array(20).fill(-0.25), "prior");
});

test("real weights start uniform in +-sqrt(6 / (in + out)), gains at 1, biases and moments at 0", async () => {
  const layers = chain(["batchNorm", { affine: true }], ["linear", { units: 33, weights: "real", bias: "real" }]);
  const weights = await firstWeights(openSession({ layers, inputShape: [17], seed, real: adam() }));
  // Adam, the only optimizer, owns gains, biases and then the weights.
  const u = uniforms("initialisation", { sample: 3 }, 2 * 17 + 33 * 17).slice(2 * 17);
  const limit = Math.sqrt(6 / (17 + 33));
  close(
    weights.get("linear2.weight")!,
    Float64Array.from(u, (value) => (2 * value - 1) * limit),
    1e-7,
    "weights",
  );
  sameBits(weights.get("linear2.bias")!, new Float32Array(33), "bias");
  sameBits(weights.get("batchNorm1.weight")!, ones(17), "gain");
  sameBits(weights.get("batchNorm1.bias")!, new Float32Array(17), "shift");
  for (const moment of ["first_moment", "second_moment"]) {
    sameBits(weights.get(`linear2.weight/${moment}`)!, new Float32Array(33 * 17), moment);
  }
  sameBits(weights.get("batchNorm1.running_mean")!, new Float32Array(17), "running mean");
  sameBits(weights.get("batchNorm1.running_var")!, ones(17), "running variance");
});

test("optimizers of one kind draw apart", async () => {
  const layers = chain(["linear", { units: 40 }], ["linear", { units: 5 }]);
  const spec = sessionSpec({ layers, inputShape: [40], seed });
  const optimizers = spec.layers.map(({ name }) => ({ ...bayesbinn(), parameters: [`${name}.weight`] }));
  const session = new addon.Session({ ...spec, optimizers });
  const weights = await firstWeights(session);
  const signs = uniforms("initialisation", { index: 1 }, 200).map((u) => (u < 0.5 ? -1 : 1));
  sameBits(weights.get("linear2.weight")!.map(Math.sign), signs, "first signs of the second optimizer");
  const result = await session.replay({ ...draw, inputs: ones(40), targets: Int32Array.of(3), batch: 1 });
  const expected = new Float32Array(200);
  const call = { optimizer: bayesbinn(), latent: weights.get("linear2.weight")!, weights: expected, threads: 1 };
  kernels.sampleWeights({ ...call, noise: uniforms("weights", { index: 1 }, 200) });
  sameBits(result.weights[1]!, expected, "weights of the second optimizer");
});

test.run();
