/*
 * Proximal mean-field with the gradient of its authors: its update from each recorded state, and whole trajectories through a
 * session from the first auxiliary values and the batch alone. The authors store a layer's values in pairs of rows:
 * those of level -1 of an output, then those of level +1.
 *
 * Largest errors reached, of the largest entry, over all quantities, steps and instruction sets: 5.2e-6 (of the weights, in whose
 * projection beta multiplies the errors of the auxiliary values), and 3e-6 of all but them and their gradient.
 */

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { z } from "zod";
import { update } from "../../lib/kernels.js";
import { batchNorm } from "../../lib/layers/batch-norm.js";
import { conv2d } from "../../lib/layers/conv2d.js";
import { flatten } from "../../lib/layers/flatten.js";
import { linear } from "../../lib/layers/linear.js";
import { maxPool2d } from "../../lib/layers/max-pool2d.js";
import { relu } from "../../lib/layers/relu.js";
import { sizeOf } from "../../lib/layers/shape.js";
import { softmaxCrossEntropy } from "../../lib/losses/softmax-cross-entropy.js";
import { PMF } from "../../lib/optimizers/pmf.js";
import { replayed } from "./cases.js";
import { near } from "./compare.js";
import { GoldenSession, type Network } from "./golden-session.js";
import { type Golden, readGolden } from "./read-golden.js";
import { playStep } from "./trajectory.js";
import { classifier } from "./trajectory-network.js";

const test = suite("PMF");

const settingsSchema = z.object({
  lr: z.number(),
  weight_decay: z.number(),
  steps: z.int(),
  param_shapes: z.array(z.tuple([z.string(), z.array(z.int())])),
});

/** What the vectors' README allows. */
const limit = 1e-5;

for (const path of replayed.proximalMeanField) {
  test(`${path}: each update`, () => {
    const golden = readGolden(path);
    for (let step = 0; step < golden.settings(settingsSchema).steps; step++) {
      const { latent, ...state } = stateAfter(golden, step - 1);
      update({
        optimizer: optimizerOf(golden, step),
        latent,
        state,
        noise: [latent],
        gradients: [levels(golden, golden.f32("grad_s", step)).high],
        t: step + 1,
      });
      checkState(golden, step, { latent, ...state });
    }
  });

  test(`${path}: the trajectory`, async () => {
    const golden = readGolden(path);
    using session = new GoldenSession(networkOf(golden), [optimizerOf(golden, 0)], golden.shape("x")[0]!);
    await session.write(stateAfter(golden, -1));
    for (let step = 0; step < golden.settings(settingsSchema).steps; step++) {
      const { learningRate, beta } = optimizerOf(golden, step).options;
      session.setHyperparameters(0, { learningRate, beta });
      const { losses, outputs, weights, gradients } = await playStep(golden, session, step);
      const { low, high } = levels(golden, golden.f32("s", step));
      const projected = high.map((value, i) => value - low[i]!);
      near(weights[0]!, projected, limit, `weights of step ${step}`);
      near(outputs[0]!, golden.f32("logits", step), limit, `logits of step ${step}`);
      near(losses, golden.f32("loss", step), limit, `loss of step ${step}`);
      near(gradients[0]!, levels(golden, golden.f32("grad_s", step)).high, limit, `gradient of step ${step}`);
      const state: Record<string, Float32Array> = {};
      for (const role of Object.keys(stateAfter(golden, -1))) state[role] = await session.read(role);
      checkState(golden, step, state);
    }
    const { outputs, weights } = await session.replay({
      inputs: golden.f32("x"),
      targets: golden.i32("y"),
      batch: golden.shape("x")[0]!,
      phase: "eval",
      commit: false,
    });
    const rounded = levels(golden, Float32Array.from(golden.u8("rounded")));
    assert.equal(
      weights[0],
      rounded.high.map((one) => 2 * one - 1),
      "weights of the evaluation",
    );
    near(outputs[0]!, golden.f32("eval_logits_rounded"), limit, "logits of the evaluation");
  });
}

test.run();

function optimizerOf(golden: Golden, step: number): PMF {
  return new PMF({
    learningRate: golden.f64("lr")[step]!,
    beta: golden.f64("beta")[step]!,
    weightDecay: golden.settings(settingsSchema).weight_decay,
    gradient: "authors",
  });
}

function networkOf(golden: Golden): Network {
  const shapes = golden.settings(settingsSchema).param_shapes.map(([, shape]) => shape);
  const units = shapes.map(([rows]) => rows! / 2);
  const loss = softmaxCrossEntropy();
  if (shapes.every((shape) => shape.length === 2)) {
    return { inputShape: [shapes[0]![1]!], layers: classifier(units, 0), loss };
  }
  const layers = [
    conv2d({ channels: units[0]!, kernelSize: 3, padding: 1 }),
    maxPool2d({ size: 2 }),
    batchNorm({ momentum: 0.2, epsilon: 1e-5 }),
    relu(),
    flatten(),
    linear({ units: units[1]! }),
    batchNorm({ momentum: 0.1, epsilon: 1e-5 }),
  ];
  return { inputShape: golden.shape("x").slice(1), layers, loss };
}

/** Values over the pairs of rows of every layer, as those of level -1 and those of level +1. */
function levels(golden: Golden, values: Float32Array): { low: Float32Array; high: Float32Array } {
  const parts: [number[], number[]] = [[], []];
  let start = 0;
  for (const [, [rows, ...rest]] of golden.settings(settingsSchema).param_shapes) {
    const width = sizeOf(rest);
    for (let row = 0; row < rows!; row++, start += width) {
      parts[row % 2]!.push(...values.subarray(start, start + width));
    }
  }
  return { low: Float32Array.from(parts[0]), high: Float32Array.from(parts[1]) };
}

/** The state as the optimizer keeps it after `step` (an index); the first one for -1. */
function stateAfter(golden: Golden, step: number) {
  const { low, high } = levels(golden, step < 0 ? golden.f32("u_init") : golden.f32("u", step));
  const none = new Float32Array(golden.shape("u_init")[0]!);
  const first = levels(golden, step < 0 ? none : golden.f32("adam_m", step));
  const second = levels(golden, step < 0 ? none : golden.f32("adam_v", step));
  return {
    latent: high.map((value, i) => (value - low[i]!) / 2),
    auxiliary_mean: high.map((value, i) => (value + low[i]!) / 2),
    first_moment: first.high,
    second_moment: second.high,
    low_first_moment: first.low,
    low_second_moment: second.low,
  };
}

function checkState(golden: Golden, step: number, state: Readonly<Record<string, Float32Array>>): void {
  for (const [role, expected] of Object.entries(stateAfter(golden, step))) {
    near(state[role]!, expected, limit, `${role} after step ${step}`);
  }
}
