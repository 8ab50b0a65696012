/*
 * The straight-through estimator: its update from each recorded state, and whole trajectories through a session from the first
 * latent weights and the batch alone. Of ste03 the biases are real, and clipped as the latent weights are: they belong to
 * a second optimizer.
 *
 * Largest errors reached, of the largest entry, over all quantities, steps and instruction sets: 1.5e-7 for an update, 3.2e-6 (of
 * the second moment) in a trajectory.
 */

import { suite } from "uvu";
import { z } from "zod";
import { update } from "../../lib/kernels.js";
import { sizeOf } from "../../lib/layers/shape.js";
import { binaryCrossEntropy } from "../../lib/losses/binary-cross-entropy.js";
import { softmaxCrossEntropy } from "../../lib/losses/softmax-cross-entropy.js";
import { Adam } from "../../lib/optimizers/adam.js";
import type { Optimizer } from "../../lib/optimizers/optimizer.js";
import { STE } from "../../lib/optimizers/ste.js";
import { replayed } from "./cases.js";
import { near, sameSigns } from "./compare.js";
import { GoldenSession, type Network } from "./golden-session.js";
import { type Golden, readGolden } from "./read-golden.js";
import { evaluationLogits, playStep } from "./trajectory.js";
import { classifier, simple } from "./trajectory-network.js";

const test = suite("STE");

const settingsSchema = z.object({
  lr: z.number(),
  adam_betas: z.tuple([z.number(), z.number()]),
  adam_eps: z.number(),
  weight_clip: z.number(),
  grad_clip_value: z.number().nullable(),
  steps: z.int(),
  param_shapes: z.array(z.tuple([z.string(), z.array(z.int())])),
});

/** What the vectors' README allows. */
const limit = 1e-5;

for (const path of replayed.straightThrough) {
  test(`${path}: each update`, () => {
    const golden = readGolden(path);
    const { steps } = golden.settings(settingsSchema);
    for (let step = 0; step < steps; step++) {
      const before = (array: string) => (step === 0 ? [] : byOwner(golden, golden.f32(array, step - 1)));
      const latents = byOwner(golden, step === 0 ? golden.f32("latent_init") : golden.f32("latent", step - 1));
      const [firsts, seconds, gradients] = [
        before("adam_m"),
        before("adam_v"),
        byOwner(golden, golden.f32("grad", step)),
      ];
      const expected = ["latent", "adam_m", "adam_v"].map((array) => byOwner(golden, golden.f32(array, step)));
      for (const [owner, optimizer] of optimizersOf(golden).entries()) {
        const latent = latents[owner]!;
        const first = firsts[owner] ?? new Float32Array(latent.length);
        const second = seconds[owner] ?? new Float32Array(latent.length);
        update({
          optimizer,
          latent,
          state: { first_moment: first, second_moment: second },
          noise: [latent],
          gradients: [gradients[owner]!],
          t: step + 1,
        });
        for (const [index, actual] of [latent, first, second].entries()) {
          near(actual, expected[index]![owner]!, limit, `array ${index} of ${optimizer.type} after step ${step}`);
        }
      }
    }
  });

  test(`${path}: the trajectory`, async () => {
    const golden = readGolden(path);
    using session = new GoldenSession(networkOf(golden), optimizersOf(golden), golden.shape("x")[0]!);
    await session.write({ latent: golden.f32("latent_init") });
    for (let step = 0; step < golden.settings(settingsSchema).steps; step++) {
      const check = (what: string, actual: ArrayLike<number>, array: string) =>
        near(actual, golden.f32(array, step), limit, `${what} of step ${step}`);
      const { losses, outputs, weights, gradients } = await playStep(golden, session, step);
      const used = byOwner(golden, golden.f32("w", step));
      sameSigns(weights[0]!, used[0]!, `weights of step ${step}`);
      for (const [owner, values] of weights.entries()) near(values, used[owner]!, limit, `weights of step ${step}`);
      check("logits", outputs[0]!, "logits");
      check("loss", losses, "loss");
      const recorded = byOwner(golden, golden.f32("grad", step));
      for (const [owner, values] of gradients.entries()) {
        near(values, recorded[owner]!, limit, `gradient ${owner} of step ${step}`);
      }
      check("latent weights", await session.read("latent"), "latent");
      check("first moment", await session.read("first_moment"), "adam_m");
      check("second moment", await session.read("second_moment"), "adam_v");
      if (!golden.has("bn_running_mean")) continue;
      check("running mean", await session.read("running_mean"), "bn_running_mean");
      check("running variance", await session.read("running_var"), "bn_running_var");
    }
    near(await evaluationLogits(golden, session), golden.f32("eval_logits"), limit, "logits of the evaluation");
  });
}

test.run();

/** STE, and Adam for biases where there are any. */
function optimizersOf(golden: Golden): Optimizer[] {
  const { lr, adam_betas, adam_eps, weight_clip, grad_clip_value, param_shapes } = golden.settings(settingsSchema);
  const options = {
    learningRate: lr,
    beta1: adam_betas[0],
    beta2: adam_betas[1],
    epsilon: adam_eps,
    gradientClip: grad_clip_value ?? "none",
    weightClip: weight_clip,
  } as const;
  const biased = param_shapes.some(([name]) => name.endsWith(".bias"));
  return [new STE(options), ...(biased ? [new Adam(options)] : [])];
}

function networkOf(golden: Golden): Network {
  const { param_shapes: parameters } = golden.settings(settingsSchema);
  const weights = parameters.map(([, shape]) => shape).filter((shape) => shape.length === 2);
  const units = weights.map(([outputs]) => outputs!);
  const inputShape = [weights[0]![1]!];
  return weights.length < parameters.length
    ? { inputShape, layers: simple(units, "real"), loss: binaryCrossEntropy() }
    : { inputShape, layers: classifier(units, 0), loss: softmaxCrossEntropy() };
}

/** An array over all parameters as one of the weights and one of the biases. */
function byOwner(golden: Golden, values: Float32Array): Float32Array[] {
  const parts: number[][] = [[], []];
  let start = 0;
  for (const [name, shape] of golden.settings(settingsSchema).param_shapes) {
    const end = start + sizeOf(shape);
    parts[name.endsWith(".bias") ? 1 : 0]!.push(...values.subarray(start, end));
    start = end;
  }
  return parts.map((part) => Float32Array.from(part));
}
