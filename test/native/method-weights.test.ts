// What beside updates sets methods apart: the weights that training and evaluation see, and what they refuse.
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { kernels } from "./support/addon.js";
import { close, epsilon32, sameBits } from "./support/compare.js";
import { randomFloats } from "./support/random.js";
import { refusedBy } from "./support/refused.js";
import { adam, bop, chain, type MethodSpec, openSession, pmf, sgd, ste, unclipped } from "./support/specs.js";

const test = suite("weights of methods");

/** Far, near and around 0, with infinitely small ones. */
const latents = Float32Array.of(-20, -1, -0.25, -1e-30, -0, 0, 1e-30, 0.5, 1, 7, ...randomFloats(59, 3, -2, 2));

function weightsOf(optimizer: MethodSpec): Float32Array {
  const weights = new Float32Array(latents.length);
  kernels.sampleWeights({ optimizer, latent: latents, noise: latents, weights, threads: 1 });
  return weights;
}

for (const method of [ste(), bop()]) {
  test(`${method.type}: weights are signs, and 0 counts as +1`, () => {
    sameBits(
      weightsOf(method),
      latents.map((latent) => (latent < 0 ? -1 : 1)),
      "weights",
    );
  });
}

for (const beta of [0.5, 1, 3, 1e4]) {
  test(`pmf: weights are tanh(${beta} u), also at the largest beta`, () => {
    const expected = Float64Array.from(latents, (u) => Math.tanh(beta * u));
    // The argument is rounded once: half a bit of it moves tanh by at most as much of x sech^2(x) < 0.45.
    for (const options of [{ beta }, { beta: 1e9, maxBeta: beta }]) {
      close(weightsOf(pmf(options)), expected, 4 * epsilon32, JSON.stringify(options));
    }
  });
}

test("bop: latent weights from outside count by their signs, and are -1 or +1 after an update", () => {
  const options = { optimizer: bop({ gamma: 0.5, threshold: 0.125 }), t: 1, threads: 1 };
  const latent = Float32Array.of(-3, -0.5, -0, 0, 0.25, 5);
  const gradient = Float32Array.of(-1, 1, -1, 1, 1, -1);
  const average = new Float32Array(6);
  kernels.update({ ...options, latent, state: { gradient_average: average }, noise: [latent], gradients: [gradient] });
  assert.equal([...latent], [1, -1, 1, -1, -1, 1]);
});

/** One weight an input, so that the outputs for the rows of an identity are the weights. */
const count = 1009;
function weightsSession(binary: MethodSpec) {
  return openSession({
    inputShape: [count],
    layers: chain(["linear", { units: 1 }]),
    maxBatch: count,
    binary,
    loss: "meanSquaredError",
  });
}
const identity = Float32Array.from({ length: count ** 2 }, (_, i) => (i % (count + 1) === 0 ? 1 : 0));
type Weights = ReturnType<typeof weightsSession>;
async function predicted(session: Weights, samples: number, draw = 0) {
  const call = { inputs: identity, batchSize: count, samples, draw, output: "logits" as const };
  return (await session.predict(call)).values;
}
async function setLatents(session: Weights, value: (i: number) => number) {
  const tensors = await session.getState("model");
  await session.setState(
    "model",
    tensors.map((tensor) => ({ ...tensor, data: tensor.data.map((_, i) => value(i)) })),
  );
}

for (const method of [ste(), bop()]) {
  test(`${method.type}: every draw of an evaluation is the mode`, async () => {
    const session = weightsSession(method);
    await setLatents(session, (i) => Math.sin(i) / 1000);
    const mode = await predicted(session, 0);
    assert.equal(
      [...mode],
      Array.from({ length: count }, (_, i) => (Math.sin(i) < 0 ? -1 : 1)),
    );
    assert.equal(await predicted(session, 1, 3), mode);
  });
}

for (const gradient of ["exact", "authors"]) {
  test(`pmf, ${gradient}: draws are +1 with probability sigmoid(2 beta u) at the beta of now, within its limit`, async () => {
    const session = weightsSession(pmf({ gradient, maxBeta: 2 }));
    const u = -0.3;
    await setLatents(session, () => u);
    assert.ok((await predicted(session, 0)).every((weight) => weight === -1));
    for (const [given, beta] of [
      [0.25, 0.25],
      [1.5, 1.5],
      [50, 2],
    ] as const) {
      session.setHyperparameters(0, { beta: given });
      const p = 1 / (1 + Math.exp(-2 * beta * u));
      const draws: number[] = [];
      for (const draw of [1, 2, 3]) draws.push(...(await predicted(session, 1, draw)));
      const share = draws.filter((weight) => weight === 1).length / draws.length;
      assert.ok(draws.every((weight) => Math.abs(weight) === 1));
      // Four standard deviations of the share of so many draws.
      const spread = 4 * Math.sqrt((p * (1 - p)) / draws.length);
      assert.ok(Math.abs(share - p) < spread, `beta ${beta}: ${share}, expected ${p} within ${spread}`);
    }
  });
}

const variants: readonly MethodSpec[] = [
  ste(),
  ste({ latentMask: true }),
  bop(),
  bop({ tie: "positive" }),
  pmf(),
  pmf({ gradient: "authors" }),
  adam({ gradientClip: 1, weightClip: 1 }),
  sgd(),
  sgd({ momentum: 0.5, nesterov: true }),
];
for (const method of variants) {
  test(`${JSON.stringify(method)}: a gradient that is no number is noticed`, async () => {
    const kind = ["adam", "sgd"].includes(method.type) ? "real" : "binary";
    const session = openSession({
      inputShape: [3],
      layers: chain(["linear", { units: 2, weights: kind }]),
      [kind]: method,
    });
    const call = { inputs: Float32Array.of(1, 1, 1), batch: 1, phase: "train", commit: true } as const;
    await session.replay({ ...call, outputGradients: [Float32Array.of(0.5, 0.5)] });
    await refusedBy(
      () => session.replay({ ...call, outputGradients: [Float32Array.of(0.5, Number.NaN)] }),
      "ERR_NUMERIC",
    );
  });
}

const moments = ["first_moment", "second_moment"];

for (const method of [adam(), ste(), pmf(), pmf({ gradient: "authors" })]) {
  test(`${JSON.stringify(method)}: a second moment that overflows is noticed, although the weight stays finite`, async () => {
    const kind = method.type === "adam" ? "real" : "binary";
    const session = openSession({ inputShape: [1], layers: chain(["linear", { weights: kind }]), [kind]: method });
    const call = { inputs: Float32Array.of(1), batch: 1, phase: "train", commit: true } as const;
    // A thousandth of its square, the share of a new gradient, is beyond 3.4e38.
    const outputGradients = [new Float32Array(3).fill(1e21)];
    await refusedBy(() => session.replay({ ...call, outputGradients }), "ERR_NUMERIC", /step 0 .* state/);
    const state = new Map((await session.getState("training")).map(({ name, data }) => [name, data]));
    assert.ok(state.get("linear1.weight")!.every(Number.isFinite));
    assert.ok(!state.get("linear1.weight/second_moment")!.every(Number.isFinite));
  });
}

for (const [method, key] of [
  [ste({ gradientClip: 0 }), "gradientClip"],
  [ste({ weightClip: -1 }), "weightClip"],
  [ste({ learningRate: Number.POSITIVE_INFINITY }), "learningRate"],
  [adam({ weightClip: Number.NaN }), "weightClip"],
  [bop({ gamma: 1.5 }), "gamma"],
  [bop({ threshold: -1e-9 }), "threshold"],
  [bop({ tie: "negative" }), "tie"],
  [pmf({ beta: 0 }), "beta"],
  [pmf({ maxBeta: 0 }), "maxBeta"],
  [pmf({ weightDecay: -1 }), "weightDecay"],
  [pmf({ gradient: "both" }), "gradient"],
  [sgd({ momentum: 1 }), "momentum"],
  [sgd({ weightDecay: -1 }), "weightDecay"],
] as const) {
  test(`${method.type}: native code refuses ${key} ${method[key]}`, async () => {
    await refusedBy(() => kernels.stateNames(method), "ERR_OPTION_RANGE", new RegExp(`${key}: .* given, accepted: `));
  });
}

test("a method keeps the state that its options need", async () => {
  assert.equal(kernels.stateNames(sgd()), []);
  assert.equal(kernels.stateNames(sgd({ momentum: 0.5 })), ["momentum"]);
  assert.equal(kernels.stateNames(sgd({ keepMomentum: true })), ["momentum"]);
  for (const method of [adam(), ste(), pmf()]) assert.equal(kernels.stateNames(method), moments);
  const low = ["auxiliary_mean", "low_first_moment", "low_second_moment"];
  assert.equal(kernels.stateNames(pmf({ gradient: "authors" })), [...moments, ...low]);
  const session = openSession({ layers: chain(["linear", { weights: "real" }]), real: sgd() });
  await refusedBy(() => session.setHyperparameters(0, { momentum: 0.5 }), "ERR_OPTION_RANGE", "momentum");
});

test("ste: the mask lets pass what comes to a weight at -1 or 1, and nothing beyond", () => {
  const next = 1 + 2 ** -23;
  const latent = Float32Array.of(-next, -1, -0.5, 0, 1, next, 3);
  const state = Object.fromEntries(moments.map((name) => [name, new Float32Array(latent.length)]));
  const optimizer = ste({ latentMask: true, weightClip: unclipped });
  const gradients = [new Float32Array(latent.length).fill(1)];
  kernels.update({ optimizer, latent, state, noise: [latent], gradients, t: 1, threads: 1 });
  assert.equal([...state["first_moment"]!].map(Math.sign), [0, 1, 1, 1, 1, 0, 0]);
});

test("a limit that float32 cannot hold clips nothing", () => {
  const updated = (weightClip: number) => {
    const latent = Float32Array.of(-3e38, 3e38, 2);
    const state = { first_moment: new Float32Array(3), second_moment: new Float32Array(3) };
    const call = { latent, state, noise: [latent], gradients: [new Float32Array(3)], t: 1, threads: 1 };
    kernels.update({ ...call, optimizer: ste({ weightClip }) });
    return [...latent];
  };
  const unchanged = [...Float32Array.of(-3e38, 3e38, 2)];
  assert.equal(updated(unclipped), unchanged);
  assert.equal(updated(1e39), unchanged);
  assert.equal(updated(2.5), [-2.5, 2.5, 2]);
});

test("a limit below what float32 holds still lets weights have signs, and gradients move them", () => {
  const latent = Float32Array.of(-1, 1, 0);
  const state = Object.fromEntries(moments.map((name) => [name, new Float32Array(3)]));
  const call = { latent, state, noise: [latent], t: 1, threads: 1 };
  kernels.update({ ...call, gradients: [new Float32Array(3)], optimizer: ste({ weightClip: 1e-50 }) });
  assert.equal([...latent], [-(2 ** -126), 2 ** -126, 0]);
  const gradients = [Float32Array.of(5, -5, 0)];
  kernels.update({ ...call, gradients, optimizer: ste({ gradientClip: 1e-50, epsilon: 1e-40 }) });
  assert.equal([...state["first_moment"]!].map(Math.sign), [1, -1, 0]);
});

for (const gradient of ["exact", "authors"]) {
  test(`pmf, ${gradient}: a beta beyond float32 makes signs, and numbers of everything`, () => {
    for (const beta of [1e31, 2e38, 1e39, 1e300]) {
      const optimizer = pmf({ beta, maxBeta: unclipped, gradient });
      const latent = Float32Array.of(-0.5, 0, 0.5);
      const weights = new Float32Array(3);
      kernels.sampleWeights({ optimizer, latent, noise: latent, weights, threads: 1 });
      assert.equal([...weights], [-1, 0, 1]);
      const state = Object.fromEntries(kernels.stateNames(optimizer).map((name) => [name, new Float32Array(3)]));
      const gradients = [Float32Array.of(1e-35, 0, -1e-35)];
      kernels.update({ optimizer, latent, state, noise: [latent], gradients, t: 1, threads: 1 });
      for (const values of [latent, ...Object.values(state)]) assert.ok(values.every(Number.isFinite), `${beta}`);
    }
  });
}

test("pmf: draws at a beta beyond float32 are signs, and those of 0 are even", async () => {
  const session = weightsSession(pmf({ beta: 3e38, maxBeta: unclipped }));
  await setLatents(session, (i) => (i % 3) - 1);
  const drawn = await predicted(session, 1);
  assert.ok(drawn.every((weight, i) => i % 3 === 1 || weight === (i % 3) - 1));
  // Four standard deviations of the number of +1 among 336 weights.
  const positive = drawn.filter((weight, i) => i % 3 === 1 && weight === 1).length;
  assert.ok(Math.abs(positive - 168) < 37, `${positive} of 336`);
});

test.run();
