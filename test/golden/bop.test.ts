/*
 * Bop on given gradients, from each recorded state and from the first weights alone, with ties, and on a network. Weights
 * have to agree exactly: none comes closer to the threshold than a hundred roundings, but for the ties.
 *
 * Largest error reached, of the largest entry, over all quantities, steps and instruction sets: 3.5e-7.
 */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { z } from "zod";
import { update } from "../../lib/kernels.js";
import { softmaxCrossEntropy } from "../../lib/losses/softmax-cross-entropy.js";
import { Bop, type BopOptions } from "../../lib/optimizers/bop.js";
import { replayed } from "./cases.js";
import { near } from "./compare.js";
import { GoldenSession } from "./golden-session.js";
import { type Golden, readGolden } from "./read-golden.js";
import { playStep } from "./trajectory.js";
import { classifier } from "./trajectory-network.js";

const test = suite("Bop");

/** What the vectors' README allows. */
const limit = 1e-5;

const settingsSchema = z.object({ threshold: z.number(), gamma_per_step: z.array(z.number()) });

for (const path of replayed.bopGivenGradients) {
  const golden = readGolden(path);
  const { threshold, gamma_per_step: gammas } = golden.settings(settingsSchema);

  test(`${path}: each update`, () => {
    for (const [step, gamma] of gammas.entries()) {
      const w = step === 0 ? golden.f32("w_init") : golden.f32("w", step - 1);
      const m = step === 0 ? new Float32Array(w.length) : golden.f32("m", step - 1);
      updateWeights({ gamma, threshold, tie: "positive" }, w, m, golden.f32("grad", step), step);
      checkStep(golden, step, w, m);
    }
  });

  test(`${path}: the trajectory`, () => {
    const w = golden.f32("w_init");
    const m = new Float32Array(w.length);
    for (const [step, gamma] of gammas.entries()) {
      updateWeights({ gamma, threshold }, w, m, golden.f32("grad", step), step);
      checkStep(golden, step, w, m);
      // larq's form of the average: the same but for rounding
      near(m, golden.f32("m_larq", step), limit, `average of larq after step ${step}`);
      assert.equal(w, golden.f32("w_larq", step), `weights of larq after step ${step}`);
    }
  });
}

for (const [name, threshold] of [
  ["a", 0.25],
  ["b", 0],
] as const) {
  test(`${replayed.bopTies}, ${name}: a tie gives +1, or keeps the weight`, () => {
    const golden = readGolden(replayed.bopTies);
    for (const tie of ["positive", "keep"] as const) {
      let w: Float32Array = golden.f32("w_init");
      let m: Float32Array = new Float32Array(w.length);
      for (const step of [0, 1]) {
        const before = w.slice();
        updateWeights({ gamma: 0.5, threshold, tie }, w, m, golden.f32("grad", step), step);
        assert.equal(m, golden.f32(`m_${name}`, step), "halves and quarters have no roundings");
        const recorded = golden.f32(`w_${name}`, step);
        const tied = [...m.keys()].filter((i) => before[i]! * m[i]! === threshold);
        if (step === 0) assert.equal(tied, name === "a" ? [3, 4] : [0, 1], "the ties");
        assert.ok(step > 0 || tied.some((i) => before[i]! < 0), "a tie that the two forms tell apart");
        const expected = recorded.map((value, i) => (tie === "keep" && tied.includes(i) ? before[i]! : value));
        assert.equal(w, expected, `${tie}: weights after step ${step}`);
        [w, m] = [recorded, golden.f32(`m_${name}`, step)];
      }
    }
  });
}

test(`${replayed.bopNetwork}: each update, and the trajectory`, async () => {
  const golden = readGolden(replayed.bopNetwork);
  const { threshold, gamma, steps } = golden.settings(
    z.object({ threshold: z.number(), gamma: z.number(), steps: z.int() }),
  );
  using session = new GoldenSession(
    { inputShape: [12], layers: classifier([8, 8, 4], 0), loss: softmaxCrossEntropy() },
    [new Bop({ gamma, threshold })],
    golden.shape("x")[0]!,
  );
  await session.write({ latent: golden.f32("w_init") });
  for (let step = 0; step < steps; step++) {
    const before = step === 0 ? golden.f32("w_init") : golden.f32("w", step - 1);
    const { losses, weights, gradients } = await playStep(golden, session, step);
    assert.equal(weights[0], before, `weights of step ${step}`);
    near(losses, golden.f32("loss", step), limit, `loss of step ${step}`);
    near(gradients[0]!, golden.f32("grad", step), limit, `gradient of step ${step}`);
    checkStep(golden, step, await session.read("latent"), await session.read("gradient_average"));

    const m = step === 0 ? new Float32Array(before.length) : golden.f32("m", step - 1);
    updateWeights({ gamma, threshold }, before, m, golden.f32("grad", step), step);
    checkStep(golden, step, before, m);
  }
});

test.run();

function updateWeights(options: BopOptions, w: Float32Array, m: Float32Array, gradient: Float32Array, step: number) {
  update({
    optimizer: new Bop(options),
    latent: w,
    state: { gradient_average: m },
    noise: [w],
    gradients: [gradient],
    t: step + 1,
  });
}

function checkStep(golden: Golden, step: number, w: Float32Array, m: Float32Array): void {
  near(m, golden.f32("m", step), limit, `average after step ${step}`);
  assert.equal(w, golden.f32("w", step), `weights after step ${step}`);
}
