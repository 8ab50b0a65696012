// exp, log, tanh and sech^2 of native/base/scalar_math.h, through what is made of them, against float64.
//
// Of tanh every float32 argument from 2^-13 to 10 was compared once (136 million; below, tanh rounds to its argument,
// above to 1): the largest error is 1.51 units in the last place (ulp), 9.0e-8. The tests allow 2 ulp, since another compiler
// may fuse other multiplications and additions, on a grid that steps through the same arguments by a prime.
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { NativeSession } from "../../lib/native/contract.js";
import { kernels } from "./support/addon.js";
import { close, epsilon32, sameBits } from "./support/compare.js";
import { randomFloats } from "./support/random.js";
import { bayesbinn, chain, openSession, stateOf } from "./support/specs.js";

const test = suite("scalar math");

const width = 4096;

/** The layer's tanh of as many values as there are. */
async function tanhOf(values: Float32Array): Promise<Float32Array> {
  const layers = chain(["tanh"]);
  const session = openSession({ inputShape: [width], layers, loss: "meanSquaredError", maxBatch: 64 });
  const inputs = new Float32Array(Math.ceil(values.length / width) * width);
  inputs.set(values);
  const result = await session.predict({ inputs, samples: 0, draw: 0, batchSize: 64, output: "logits" });
  session.dispose();
  return result.values.subarray(0, values.length);
}

/** Distance between float32 numbers of the size of `value`. */
function ulp(value: number): number {
  return 2 ** Math.max(Math.floor(Math.log2(Math.abs(value))) - 23, -149);
}

/** Floats by their bit patterns, from 0 to infinity, with both signs. */
function grid(step: number): Float32Array {
  const words: number[] = [];
  for (let bits = 0; bits <= 0x7f800000; bits += step) words.push(bits, bits + 2 ** 31);
  return new Float32Array(Uint32Array.from(words).buffer);
}

test("tanh is within 2 ulp of float64 over all sizes of arguments", async () => {
  const x = grid(4093);
  const exact = Float64Array.from(x, Math.tanh);
  const actual = await tanhOf(x);
  close(
    actual,
    exact,
    Float64Array.from(exact, (y) => 2 * ulp(y)),
    "tanh",
  );
  // Odd, exactly: what the sign of a binary weight rests on.
  for (let i = 0; i < x.length; i += 2) assert.is(actual[i], -actual[i + 1]!, `tanh of +-${x[i]}`);
});

test("tanh of zero, tiny numbers, infinities and NaN, and exactly +-1 beyond 9.02", async () => {
  const tiny = 2 ** -149;
  const x = Float32Array.of(0, tiny, -tiny, 1e-30, Infinity, -Infinity, 9.02, -9.02, 3.4e38);
  const expected = Float32Array.of(0, tiny, -tiny, 1e-30, 1, -1, 1, -1, 1);
  sameBits(await tanhOf(x), expected, "tanh");
  assert.ok(Number.isNaN((await tanhOf(Float32Array.of(NaN)))[0]));
});

/** The method with everything left out but the quotient of the two sech^2. */
const bare = bayesbinn({
  learningRate: 0,
  momentum: 0,
  klWeight: 0,
  temperature: 1,
  trainSetSize: 1,
  epsilon: 1e-300,
  saturation: 0,
  staleMu: true,
});

/** (1 - w^2) / (1 - mu^2) with mu = 0, as the new momentum: sech^2 of lambda + delta. */
function sech2Of(lambda: Float32Array, noise: Float32Array): Float32Array {
  const [momentum, zeros] = [new Float32Array(lambda.length), new Float32Array(lambda.length)];
  const gradients = [new Float32Array(lambda.length).fill(1)];
  const state = { momentum, previous_lambda: zeros };
  kernels.update({
    optimizer: bare,
    latent: lambda,
    state,
    noise: [noise],
    gradients,
    t: 1,
    threads: 1,
  });
  return momentum;
}

// Tests exp as well: beyond |x| = 9, sech^2(x) rounds to 4 exp(-2|x|). exp ends at -87.3, sech^2 at 43.65.
test("sech^2 keeps its relative accuracy down to 1e-37: within 4 roundings of float64", () => {
  // 2.2 roundings were the most on this grid.
  const count = 50_021;
  const x = Float32Array.from({ length: count }, (_, i) => (i % 2 === 0 ? 1 : -1) * 43.6 * (i / count));
  const exact = Float64Array.from(x, (value) => {
    const e = Math.exp(-2 * Math.abs(value));
    return (4 * e) / (1 + e) ** 2;
  });
  // At u = 1/2 the noise is 0.
  const actual = sech2Of(x.slice(), new Float32Array(count).fill(0.5));
  close(
    actual,
    exact,
    Float64Array.from(exact, (value) => 4 * epsilon32 * value),
    "sech^2",
  );
});

/** Uniforms of 24 bits: the ends, the middle and a grid between. */
const uniforms = Float32Array.from(
  [1, 2, 3, 2 ** 23 - 1, 2 ** 23, 2 ** 23 + 1, 2 ** 24 - 3, 2 ** 24 - 2, 2 ** 24 - 1].concat(
    Array.from({ length: 50_000 }, (_, i) => 1 + ((i * 335_477) % (2 ** 24 - 1))),
  ),
  (k) => k * 2 ** -24,
);

// delta = log(u / (1 - u)) / 2, so that tanh(delta) = 2u - 1 and sech^2(delta) = 4u(1 - u).
test("the noise of a sample: tanh(delta) = 2u - 1", () => {
  const weights = new Float32Array(uniforms.length);
  const latent = new Float32Array(uniforms.length);
  kernels.sampleWeights({ optimizer: bayesbinn({ temperature: 1 }), latent, noise: uniforms, weights, threads: 1 });
  // Quotient, logarithm and tanh each round: by 2^-24 each, of a result up to 1.
  close(
    weights,
    Float64Array.from(uniforms, (u) => 2 * u - 1),
    3 * 2 ** -24,
    "2u - 1",
  );
});

test("the noise of a sample: sech^2(delta) = 4u(1 - u), down to the smallest u", () => {
  const exact = Float64Array.from(uniforms, (u) => 4 * u * (1 - u));
  // d log(sech^2) = 2 d delta: the logarithm's own rounding, relative to its size, and the four of sech^2.
  const roundings = Float64Array.from(uniforms, (u) => Math.abs(Math.log(u / (1 - u))) + 4);
  const tolerance = exact.map((value, i) => value * roundings[i]! * epsilon32);
  close(sech2Of(new Float32Array(uniforms.length), uniforms), exact, tolerance, "4u(1 - u)");
});

/** One unit a weight and a constant input of 1: predictions are the weights. */
async function weightsSession(lambda: Float32Array): Promise<NativeSession> {
  const layers = chain(["linear", { units: lambda.length }]);
  const session = openSession({ inputShape: [1], layers, loss: "meanSquaredError", maxBatch: 1, seed: 77 });
  await session.setState("model", [{ name: "linear1.weight", shape: [lambda.length, 1], data: lambda }]);
  return session;
}

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));
const constant = { inputs: Float32Array.of(1), batchSize: 1, output: "logits" as const };

test("a weight of a posterior sample is +1 where u < sigmoid(2 lambda), u from the prediction stream", async () => {
  const lambda = randomFloats(30_011, 4, -9, 9);
  const session = await weightsSession(lambda);
  const u = new Float32Array(lambda.length);
  kernels.uniform({ seed: 77, stream: "prediction", step: 6, sample: 0 }, u);
  const { values } = await session.predict({ ...constant, samples: 1, draw: 6 });
  lambda.forEach((value, i) => {
    const probability = sigmoid(2 * value);
    // Where they are equal up to rounding, either sign is right.
    if (Math.abs(u[i]! - probability) < 4 * epsilon32 * probability) return;
    assert.is(values[i], u[i]! < probability ? 1 : -1, `lambda ${value}, u ${u[i]}`);
  });
  assert.equal((await session.predict({ ...constant, samples: 1, draw: 6 })).values, values, "equal draws");
  assert.not.equal((await session.predict({ ...constant, samples: 1, draw: 7 })).values, values, "another draw");
});

test("the mean over posterior samples is tanh(lambda), within 5 standard errors", async () => {
  const [kinds, copies, samples] = [[-9, -1.5, -0.3, 0, 0.02, 0.7, 2, 9], 512, 64];
  const lambda = Float32Array.from({ length: kinds.length * copies }, (_, i) => kinds[Math.floor(i / copies)]!);
  const session = await weightsSession(lambda);
  const { values } = await session.predict({ ...constant, samples, draw: 0 });
  kinds.forEach((kind, at) => {
    const mean = values.slice(at * copies, (at + 1) * copies).reduce((sum, value) => sum + value / copies, 0);
    const exact = Math.tanh(kind);
    const error = Math.sqrt((1 - exact ** 2) / (copies * samples));
    assert.ok(Math.abs(mean - exact) < 5 * error + 1e-6, `lambda ${kind}: mean ${mean}, expected ${exact}`);
  });
});

test("the mode is the sign of lambda, with +1 at 0 and at -0", async () => {
  const session = await weightsSession(Float32Array.of(0, -0, 2 ** -149, -(2 ** -149), 3, -3));
  const { values } = await session.predict({ ...constant, samples: 0, draw: 0 });
  sameBits(values, Float32Array.of(1, 1, 1, -1, 1, -1), "modes");
  assert.equal([...(await stateOf(session)).keys()], ["linear1.weight", "linear1.weight/momentum"]);
});

test.run();
