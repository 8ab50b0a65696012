/*
 * Layers and losses one by one, forward and backward, through a session whose gradient comes from outside.
 *
 * The largest error reached is 2.4e-7 of the largest entry (AVX2), about what PyTorch itself is away from float64.
 */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { z } from "zod";
import { linearGradients, linear as linearKernel } from "../../lib/kernels.js";
import { batchNorm } from "../../lib/layers/batch-norm.js";
import { centerCrop2d } from "../../lib/layers/center-crop2d.js";
import { concatenate } from "../../lib/layers/concatenate.js";
import { convTranspose2d } from "../../lib/layers/conv-transpose2d.js";
import { conv2d } from "../../lib/layers/conv2d.js";
import { dropout } from "../../lib/layers/dropout.js";
import { dropout2d } from "../../lib/layers/dropout2d.js";
import type { Layer } from "../../lib/layers/layer.js";
import { linear } from "../../lib/layers/linear.js";
import { maxPool2d } from "../../lib/layers/max-pool2d.js";
import { relu } from "../../lib/layers/relu.js";
import { tanh } from "../../lib/layers/tanh.js";
import { binaryCrossEntropy } from "../../lib/losses/binary-cross-entropy.js";
import type { Loss } from "../../lib/losses/loss.js";
import { meanSquaredError } from "../../lib/losses/mean-squared-error.js";
import { softmaxCrossEntropy } from "../../lib/losses/softmax-cross-entropy.js";
import { squaredHinge } from "../../lib/losses/squared-hinge.js";
import type { ReplayCall, ReplayResult } from "../../lib/native/contract.js";
import { Adam } from "../../lib/optimizers/adam.js";
import { BayesBiNN } from "../../lib/optimizers/bayesbinn.js";
import { replayed } from "./cases.js";
import { near } from "./compare.js";
import { GoldenSession } from "./golden-session.js";
import { type Golden, readGolden } from "./read-golden.js";

const test = suite("layers and losses");

/** Some thirty roundings of float32 at the size of the largest entry. */
const limit = 2e-6;

const activations: Readonly<Record<string, Layer>> = { relu: relu(), tanh: tanh() };

/** Each loss with the names of its logits and targets. */
const losses: Readonly<Record<string, { loss: Loss; logits: string; targets: string }>> = {
  cross_entropy: { loss: softmaxCrossEntropy(), logits: "logits", targets: "y" },
  cross_entropy_per_pixel: { loss: softmaxCrossEntropy(), logits: "logits", targets: "y" },
  bce_with_logits: { loss: binaryCrossEntropy(), logits: "logits", targets: "target" },
  squared_hinge: { loss: squaredHinge(), logits: "logits", targets: "y" },
  mse: { loss: meanSquaredError(), logits: "pred", targets: "target" },
};

for (const path of replayed.linear) {
  test(path, async () => {
    const golden = readGolden(path);
    const bias = golden.has("b");
    const units = golden.shape("w")[0]!;
    const layer = bias ? linear({ units, weights: "real", bias: "real" }) : linear({ units });
    const parameters = [...golden.f32("w"), ...(bias ? golden.f32("b") : [])];
    using session = open(golden, layer);
    // Of binary weights only the signs of the latent ones matter in evaluation.
    await session.write({
      latent: Float32Array.from(parameters, (value, index) => (bias ? value : value * (index + 1))),
    });
    const result = await session.replay(batch(golden));
    near(result.weights[0]!, parameters, 0, "weights");
    near(result.outputs[0]!, golden.f32("out"), limit, "out");
    near(result.inputGradients[0]!, golden.f32("grad_x"), limit, "grad_x");
    const gradients = result.gradients[0]!;
    const weights = golden.f32("w").length;
    near(gradients.subarray(0, weights), golden.f32("grad_w"), limit, "grad_w");
    if (bias) near(gradients.subarray(weights), golden.f32("grad_b"), limit, "grad_b");
  });

  test(`${path}, kernels`, () => {
    const golden = readGolden(path);
    const [outFeatures, inFeatures] = golden.shape("w") as [number, number];
    const shape = { batch: golden.shape("x")[0]!, inFeatures, outFeatures, threads: 1 };
    const given = { ...shape, input: golden.f32("x"), weights: golden.f32("w") };
    const bias = golden.has("b");
    near(linearKernel({ ...given, ...(bias ? { bias: golden.f32("b") } : {}) }), golden.f32("out"), limit, "out");
    const inputGradient = new Float32Array(given.input.length);
    const weightGradient = new Float32Array(given.weights.length);
    const biasGradient = new Float32Array(outFeatures);
    const outputGradient = golden.f32("grad_out");
    linearGradients({ ...given, outputGradient, inputGradient, weightGradient, biasGradient });
    near(inputGradient, golden.f32("grad_x"), limit, "grad_x");
    near(weightGradient, golden.f32("grad_w"), limit, "grad_w");
    if (bias) near(biasGradient, golden.f32("grad_b"), limit, "grad_b");
  });
}

/** Each path of a convolution: +-1 as bits and as real numbers. */
for (const weights of ["binary", "real"] as const) {
  for (const path of replayed.convolution) {
    test(`${path}, ${weights}`, async () => {
      const golden = readGolden(path);
      const settings = z.object({ kernel: z.int(), padding: z.int(), stride: z.int() });
      const { kernel: kernelSize, padding, stride } = golden.settings(settings);
      const channels = golden.shape("w")[0]!;
      await checkConvolution(golden, conv2d({ channels, kernelSize, padding, stride, weights }));
    });
  }

  for (const path of replayed.transposedConvolution) {
    test(`${path}, ${weights}`, async () => {
      const golden = readGolden(path);
      const { kernel: kernelSize, stride } = golden.settings(z.object({ kernel: z.int(), stride: z.int() }));
      const channels = golden.shape("w")[1]!;
      await checkConvolution(golden, convTranspose2d({ channels, kernelSize, stride, weights }));
    });
  }
}

async function checkConvolution(golden: Golden, layer: Layer): Promise<void> {
  using session = open(golden, layer);
  await session.write({ latent: golden.f32("w") });
  const result = await session.replay(batch(golden));
  checkOutputAndGradient(golden, result);
  near(result.weights[0]!, golden.f32("w"), 0, "weights");
  near(result.gradients[0]!, golden.f32("grad_w"), limit, "grad_w");
}

for (const path of replayed.batchNorm) {
  test(path, async () => {
    const golden = readGolden(path);
    const settings = z.object({ momentum: z.number(), eps: z.number(), affine: z.boolean(), steps: z.int() });
    const { momentum, eps: epsilon, affine, steps } = golden.settings(settings);
    using session = open(golden, batchNorm({ momentum, epsilon, affine }), golden.shape("eval_x"));
    if (affine) await session.write({ latent: joined(golden.f32("gamma"), golden.f32("beta")) });
    const check = (result: ReplayResult, prefix: string, ...at: number[]) => {
      const expected = (name: string) => golden.f32(`${prefix}${name}`, ...at);
      const where = `${prefix || "step "}${at}`;
      near(result.outputs[0]!, expected("out"), limit, `out of ${where}`);
      near(result.inputGradients[0]!, expected("grad_x"), limit, `grad_x of ${where}`);
      if (!affine) return;
      const channels = golden.f32("gamma").length;
      const gradients = result.gradients[0]!;
      near(gradients.subarray(0, channels), expected("grad_gamma"), limit, `grad_gamma of ${where}`);
      near(gradients.subarray(channels), expected("grad_beta"), limit, `grad_beta of ${where}`);
    };
    for (let step = 0; step < steps; step++) {
      check(await session.replay({ ...batch(golden, "", step), phase: "train", commit: true }), "", step);
      near(await session.read("running_mean"), golden.f32("running_mean", step), limit, `mean after step ${step}`);
      near(await session.read("running_var"), golden.f32("running_var", step), limit, `variance after step ${step}`);
    }
    check(await session.replay(batch(golden, "eval_")), "eval_");
  });
}

for (const path of replayed.activations) {
  test(path, async () => {
    const golden = readGolden(path);
    using session = open(golden, activations[golden.name]!);
    checkOutputAndGradient(golden, await session.replay(batch(golden)));
  });
}

for (const path of replayed.dropout) {
  test(path, async () => {
    const golden = readGolden(path);
    const { p: rate } = golden.settings(z.object({ p: z.number() }));
    const layer = golden.shape("keep").length === golden.shape("x").length ? dropout : dropout2d;
    using session = open(golden, layer({ rate, name: "drop" }));
    const dropoutKeep = { drop: Uint8Array.from(golden.f32("keep")) };
    checkOutputAndGradient(golden, await session.replay({ ...batch(golden), phase: "train", dropoutKeep }));
    const evaluated = await session.replay(batch(golden));
    assert.equal(evaluated.outputs[0], golden.f32("x"), "nothing is dropped in evaluation");
  });
}

for (const path of replayed.maxPooling) {
  test(path, async () => {
    const golden = readGolden(path);
    using session = open(golden, maxPool2d({ size: 2 }));
    const { outputs, inputGradients } = await session.replay(batch(golden));
    near(outputs[0]!, golden.f32("out"), 0, "out");
    near(inputGradients[0]!, golden.f32("grad_x"), 0, "grad_x");
  });
}

for (const path of replayed.cropAndConcatenate) {
  // The network has one input: the channels of `skip`, then those of `up` in the middle of as large an image. Both
  // branches crop all of them, and what the case knows nothing of gets no gradient.
  test(path, async () => {
    const golden = readGolden(path);
    const [count, skips, rows, columns] = golden.shape("skip") as [number, number, number, number];
    const [, ups, ...size] = golden.shape("up") as [number, number, number, number];
    const channels = skips + ups;
    const { crop } = golden.settings(z.object({ crop: z.int() }));
    const nodes = [
      { layer: centerCrop2d({ size }), name: "first", inputs: ["input"] },
      { layer: centerCrop2d({ size }), name: "second", inputs: ["input"] },
      { layer: concatenate(), inputs: ["first", "second"] },
    ];
    const network = { inputShape: [channels, rows, columns], nodes, loss: meanSquaredError() };
    using session = new GoldenSession(network, [], count);
    /** Values of channel `channel` of sample `b`. */
    const image = (values: Float32Array, b: number, channel: number, of: number) => {
      const pixels = values.length / (count * of);
      return values.subarray((b * of + channel) * pixels, (b * of + channel + 1) * pixels);
    };
    const [skip, up, gradient] = [golden.f32("skip"), golden.f32("up"), golden.f32("grad_out")];
    const inputs = new Float32Array(count * channels * rows * columns);
    const outputGradients = new Float32Array(count * 2 * channels * size[0]! * size[1]!);
    /** Where a channel of the case is among those of the network's output. */
    const place = (channel: number) => (channel < skips ? channel : channels + channel);
    const enlarged = (small: Float32Array, large: Float32Array) => {
      for (const [i, value] of small.entries()) {
        const [r, c] = [Math.floor(i / size[1]!), i % size[1]!];
        large[(r + crop) * columns + c + crop] = value;
      }
    };
    for (let b = 0; b < count; b++) {
      for (let c = 0; c < channels; c++) {
        if (c < skips) image(inputs, b, c, channels).set(image(skip, b, c, skips));
        else enlarged(image(up, b, c - skips, ups), image(inputs, b, c, channels));
        image(outputGradients, b, place(c), 2 * channels).set(image(gradient, b, c, channels));
      }
    }
    const call = { inputs, outputGradients: [outputGradients], batch: count, phase: "eval", commit: false } as const;
    const result = await session.replay(call);
    for (let b = 0; b < count; b++) {
      for (let c = 0; c < channels; c++) {
        const what = `sample ${b}, channel ${c}`;
        near(image(result.outputs[0]!, b, place(c), 2 * channels), image(golden.f32("out"), b, c, channels), 0, what);
        const expected = new Float32Array(rows * columns);
        if (c < skips) expected.set(image(golden.f32("grad_skip"), b, c, skips));
        else enlarged(image(golden.f32("grad_up"), b, c - skips, ups), expected);
        near(image(result.inputGradients[0]!, b, c, channels), expected, 0, `gradient of ${what}`);
      }
    }
  });
}

for (const path of replayed.losses) {
  test(path, async () => {
    const golden = readGolden(path);
    const { loss, logits, targets } = losses[golden.name]!;
    const [count, ...inputShape] = golden.shape(logits) as [number, ...number[]];
    // A network that hands its input through.
    using session = new GoldenSession({ inputShape, layers: [dropout({ rate: 0 })], loss }, [], count);
    const result = await session.replay({
      inputs: golden.f32(logits),
      targets: golden.elementType(targets) === "i32" ? golden.i32(targets) : golden.f32(targets),
      batch: count,
      phase: "eval",
      commit: false,
    });
    near(result.losses, golden.f32("out"), limit, "out");
    near(result.inputGradients[0]!, golden.f32(`grad_${logits}`), limit, `grad_${logits}`);
  });
}

test.run();

/** A session of one layer; real parameters stay where they are set. */
function open(golden: Golden, layer: Layer, [count, ...inputShape] = golden.shape("x")): GoldenSession {
  const network = { inputShape, layers: [layer], loss: meanSquaredError() };
  return new GoldenSession(network, [new BayesBiNN(), new Adam({ learningRate: 0 })], count!);
}

/** The inputs and output gradients of a case, of one step where they have several; in evaluation. */
function batch(golden: Golden, prefix = "", ...step: number[]): ReplayCall {
  return {
    inputs: golden.f32(`${prefix}x`, ...step),
    outputGradients: [golden.f32(`${prefix}grad_out`, ...step)],
    batch: golden.shape(`${prefix}x`)[step.length]!,
    phase: "eval",
    commit: false,
  };
}

function checkOutputAndGradient(golden: Golden, { outputs, inputGradients }: ReplayResult): void {
  near(outputs[0]!, golden.f32("out"), limit, "out");
  near(inputGradients[0]!, golden.f32("grad_x"), limit, "grad_x");
}

function joined(...parts: readonly Float32Array[]): Float32Array {
  return Float32Array.from(parts.flatMap((part) => [...part]));
}
