import { suite } from "uvu";
import * as assert from "uvu/assert";
import * as kernels from "../../../lib/kernels.js";
import { Adam } from "../../../lib/optimizers/adam.js";
import { BayesBiNN } from "../../../lib/optimizers/bayesbinn.js";
import { Bop } from "../../../lib/optimizers/bop.js";
import type { Optimizer } from "../../../lib/optimizers/optimizer.js";
import { PMF } from "../../../lib/optimizers/pmf.js";
import { SGD } from "../../../lib/optimizers/sgd.js";
import { STE } from "../../../lib/optimizers/ste.js";
import { refused } from "../../support/refused.js";

/** The wrappers; what the kernels compute is tested with native code. */
const test = suite("kernels");

const address = { seed: 1, stream: "weights", step: 0, sample: 0 } as const;

test("uniforms depend on their address and place alone", () => {
  const long = kernels.uniform(address, new Float32Array(100));
  const short = new Float32Array(7);
  assert.is(kernels.uniform(address, short), short);
  assert.equal(short, long.subarray(0, 7));
  assert.not.equal(kernels.uniform({ ...address, step: 1 }, new Float32Array(100)), long);
  assert.ok(long.every((u) => u > 0 && u < 1));
});

test("a permutation holds every number once", () => {
  const order = kernels.permutation(101, 3, 0);
  assert.equal(
    [...order].sort((a, b) => a - b),
    Array.from({ length: 101 }, (_, index) => index),
  );
  assert.not.equal(kernels.permutation(101, 3, 1), order);
});

test("sampled weights are the formula of the paper", () => {
  const latent = Float32Array.of(-2, -0.1, 0, 0.7, 3);
  const noise = Float32Array.of(0.1, 0.9, 0.4, 0.5, 0.2);
  const temperature = 0.5;
  const weights = kernels.sampleWeights({ optimizer: new BayesBiNN({ temperature }), latent, noise });
  for (const [index, weight] of weights.entries()) {
    const u = noise[index]!;
    const expected = Math.tanh((latent[index]! + Math.log(u / (1 - u)) / 2) / temperature);
    // A few last bits of float32.
    assert.ok(Math.abs(weight - expected) < 1e-6, `${weight} instead of ${expected}`);
  }
  const given = new Float32Array(5);
  assert.is(kernels.sampleWeights({ optimizer: new Adam(), latent, weights: given }), given);
  assert.equal(given, latent);
});

test("an update of Adam by hand", () => {
  const optimizer = new Adam({ learningRate: 0.1 });
  assert.equal(kernels.stateNames(optimizer), ["first_moment", "second_moment"]);
  const latent = Float32Array.of(1, -1);
  const state = { first_moment: new Float32Array(2), second_moment: new Float32Array(2) };
  kernels.update({ optimizer, latent, state, gradients: [Float32Array.of(4, -0.5)], t: 1 });
  // The first corrected step is the learning rate against the sign of the gradient.
  assert.ok(Math.abs(latent[0]! - 0.9) < 1e-6 && Math.abs(latent[1]! + 0.9) < 1e-6);
});

test("noise is asked for where something depends on it", async () => {
  const latent = Float32Array.of(-0.5, 0.25, 12);
  const noise = Float32Array.of(0.5, 0.25, 0.75);
  const noisy = new BayesBiNN({ temperature: 1 });
  const signs = new BayesBiNN();
  for (const optimizer of [noisy, signs]) {
    await refused(() => kernels.sampleWeights({ optimizer, latent }), "ERR_OPTION_TYPE", "address");
  }
  const updated = (optimizer: Optimizer, given?: readonly Float32Array[]) => {
    const after = latent.slice();
    const call = { optimizer, latent: after, state: {}, gradients: [Float32Array.of(1, -2, 3)], t: 1 };
    kernels.update(given === undefined ? call : { ...call, noise: given });
    return after;
  };
  await refused(() => updated(noisy), "ERR_OPTION_TYPE", "noise");
  for (const optimizer of [signs, new BayesBiNN({ estimator: "mean", temperature: 1 })]) {
    assert.equal(updated(optimizer), updated(optimizer, [noise]));
    assert.not.equal(updated(optimizer), latent);
  }
  for (const optimizer of [new BayesBiNN({ estimator: "mean" }), new STE(), new Bop(), new PMF(), new SGD()]) {
    assert.equal(kernels.sampleWeights({ optimizer, latent }), kernels.sampleWeights({ optimizer, latent, noise }));
  }
});

test("a linear layer and its gradients by hand", () => {
  const shape = { batch: 2, inFeatures: 2, outFeatures: 1 };
  const input = Float32Array.of(1, 2, 3, 4);
  const weights = Float32Array.of(1, -1);
  assert.equal(kernels.linear({ ...shape, input, weights, bias: Float32Array.of(10) }), Float32Array.of(9, 9));
  const inputGradient = new Float32Array(4);
  const weightGradient = new Float32Array(2);
  const biasGradient = new Float32Array(1);
  const outputGradient = Float32Array.of(1, 2);
  kernels.linearGradients({ ...shape, input, weights, outputGradient, inputGradient, weightGradient, biasGradient });
  assert.equal(inputGradient, Float32Array.of(1, -1, 2, -2));
  assert.equal(weightGradient, Float32Array.of(7, 10));
  assert.equal(biasGradient, Float32Array.of(3));
});

test("errors are typed", async () => {
  await refused(() => kernels.philox(new Uint32Array(3), new Uint32Array(2)), "ERR_SHAPE_MISMATCH");
  const call = { optimizer: new Adam(), latent: new Float32Array(3), noise: new Float32Array(2) };
  await refused(() => kernels.sampleWeights(call), "ERR_SHAPE_MISMATCH");
  await refused(
    () => kernels.uniform({ ...address, stream: "noise" as never }, new Float32Array(1)),
    "ERR_OPTION_RANGE",
  );
});

test.run();
