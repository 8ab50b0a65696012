/*
 * The authors' full-size networks on four images, with weights from a hash and running statistics from a formula: logits,
 * and what each layer gives before and after its batch norm, through networks that end there.
 *
 * Largest errors reached (AVX2): 1.4e-6 in the logits (PyTorch itself is 1.2e-6 away from float64), 5e-7 of the largest
 * entry before batch norm, where up to 8192 terms are summed in another order, and 7e-7 after it.
 */

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { z } from "zod";
import { mlpBinaryConnect } from "../../lib/architectures/mlp-binary-connect.js";
import { mlpContinual } from "../../lib/architectures/mlp-continual.js";
import { vggBinaryConnect } from "../../lib/architectures/vgg-binary-connect.js";
import type { Layer } from "../../lib/layers/layer.js";
import { sizeOf } from "../../lib/layers/shape.js";
import { meanSquaredError } from "../../lib/losses/mean-squared-error.js";
import type { Model } from "../../lib/model/model.js";
import { BayesBiNN } from "../../lib/optimizers/bayesbinn.js";
import { replayed } from "./cases.js";
import { near } from "./compare.js";
import { GoldenSession } from "./golden-session.js";
import { hashWeights } from "./hash-weights.js";
import { type Golden, readGolden } from "./read-golden.js";

const test = suite("full-size networks");

/** Of the largest entry; for the logits (up to 2) tighter than the 1e-4 that any summation order keeps. */
const limit = 1e-5;

const settingsSchema = z.object({
  seed: z.int(),
  /** For each batch norm. */
  bn_mean: z.array(z.number()),
  bn_std: z.array(z.number()),
  bn_eps: z.array(z.number()),
  layers: z.array(z.object({ shape: z.array(z.int()), first16: z.array(z.int()), plus_ones: z.int() })),
});

const models: Readonly<Record<string, Model>> = {
  mlp_mnist: mlpBinaryConnect({ inputShape: [784], outputs: 10 }),
  mlp_cl: mlpContinual({ inputShape: [784], outputs: 10 }),
  vgg_cifar10: vggBinaryConnect({ inputShape: [3, 32, 32], outputs: 10 }),
};

for (const path of replayed.endToEnd) {
  const golden = readGolden(path);
  const model = models[golden.name]!;
  const { layers, seed, bn_eps } = golden.settings(settingsSchema);
  const shapes = model.parameters().map(({ shape }) => shape);
  const weights = layers.map(({ shape }, layer) => hashWeights(sizeOf(shape), layer, seed));

  test(`${path}, parameters and batch norms of the model`, () => {
    assert.equal(
      shapes,
      layers.map(({ shape }) => shape),
    );
    const norms = model.layers.filter(({ type }) => type === "batchNorm");
    assert.equal(
      norms.map(({ options }) => options.epsilon),
      bn_eps,
    );
  });

  test(`${path}, weights`, () => {
    for (const [layer, { first16, plus_ones }] of layers.entries()) {
      assert.equal([...weights[layer]!.subarray(0, 16)], first16);
      assert.is(
        weights[layer]!.reduce((ones, weight) => ones + (weight + 1) / 2, 0),
        plus_ones,
      );
    }
  });

  test(`${path}, logits`, async () => {
    const logits = await outputsUpTo(golden, weights, model.layers.length);
    near(logits, golden.f32("logits"), limit, "logits");
    near(logits, golden.f64("logits_f64"), limit, "logits_f64");
  });

  for (const layer of layers.keys()) {
    test(`${path}, layer ${layer}`, async () => {
      const norm = places(model, "batchNorm")[layer]!;
      const sums = await outputsUpTo(golden, weights, norm);
      near(sums.subarray(0, 8), golden.f32("pre_bn_first8", layer), limit, "before batch norm");
      const normalized = await outputsUpTo(golden, weights, norm + 1);
      near(normalized.subarray(0, 8), golden.f32("post_bn_first8", layer), limit, "after batch norm");
      near(meanAndDeviation(normalized), golden.f32("post_bn_mean_std", layer), limit, "mean and deviation");
    });
  }
}

test.run();

/** Where layers of a type stand. */
function places({ layers }: Model, type: string): number[] {
  return layers.flatMap((layer, at) => (layer.type === type ? [at] : []));
}

/** Outputs of a network of the first `count` layers. */
async function outputsUpTo(golden: Golden, weights: readonly Float32Array[], count: number) {
  const settings = golden.settings(settingsSchema);
  const { inputShape, layers } = models[golden.name]!;
  const used = layers.slice(0, count);
  const statistics = used
    .filter(({ type }) => type === "batchNorm")
    .flatMap(({ outputShape }, norm) => {
      const [mean, deviation] = [settings.bn_mean[norm]!, settings.bn_std[norm]!];
      return Array.from({ length: outputShape[0]! }, (_, channel) => ({
        mean: mean + (deviation * ((channel % 7) - 3)) / 10,
        variance: deviation ** 2 * (1 + (channel % 5) / 4),
      }));
    });
  const [images] = golden.shape("x") as [number];
  const network = { inputShape, layers: used.map(({ type, options }): Layer => ({ type, options })) };
  using session = new GoldenSession({ ...network, loss: meanSquaredError() }, [new BayesBiNN()], images);
  await session.write({
    latent: joined(weights.slice(0, used.filter(({ parameters }) => parameters.length > 0).length)),
    running_mean: Float32Array.from(statistics, ({ mean }) => mean),
    running_var: Float32Array.from(statistics, ({ variance }) => variance),
  });
  const call = { batchSize: images, samples: 0, draw: 0, output: "logits" } as const;
  return (await session.predict({ inputs: golden.f32("x"), ...call })).values;
}

function joined(parts: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(parts.reduce((count, part) => count + part.length, 0));
  let end = 0;
  for (const part of parts) {
    all.set(part, end);
    end += part.length;
  }
  return all;
}

/** The deviation of a sample, over n - 1. */
function meanAndDeviation(values: Float32Array): [number, number] {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return [mean, Math.sqrt(squares / (values.length - 1))];
}
