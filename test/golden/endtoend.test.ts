/*
 * The authors' full-size networks on four MNIST images, with weights from a hash and running statistics from a formula:
 * logits, and what each layer gives before and after its batch norm, through networks that end there.
 *
 * Largest errors reached (AVX2): 1.4e-6 in the logits (PyTorch itself is 1.2e-6 away from float64), 5e-7 of the largest
 * entry before batch norm, where 784 to 2048 terms are summed in another order, and 7e-7 after it.
 */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { z } from "zod";
import { meanSquaredError } from "../../lib/losses/mean-squared-error.js";
import { BayesBiNN } from "../../lib/optimizers/bayesbinn.js";
import { replayed } from "./cases.js";
import { near } from "./compare.js";
import { GoldenSession } from "./golden-session.js";
import { hashWeights } from "./hash-weights.js";
import { type Golden, readGolden } from "./read-golden.js";
import { classifier } from "./trajectory-network.js";

const test = suite("full-size networks");

/** Of the largest entry; for the logits (up to 2) tighter than the 1e-4 that any summation order keeps. */
const limit = 1e-5;

const settingsSchema = z.object({
  seed: z.int(),
  /** For each layer. */
  bn_mean: z.array(z.number()),
  bn_std: z.array(z.number()),
  bn_eps: z.array(z.literal(1e-4)),
  layers: z.array(z.object({ shape: z.tuple([z.int(), z.int()]), first16: z.array(z.int()), plus_ones: z.int() })),
});

for (const path of replayed.endToEnd) {
  const golden = readGolden(path);
  const { layers, seed } = golden.settings(settingsSchema);
  const weights = layers.map(({ shape: [units, inputs] }, layer) => hashWeights(units * inputs, layer, seed));

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
    const logits = await outputsAfter(golden, weights, "batchNorm");
    near(logits, golden.f32("logits"), limit, "logits");
    near(logits, golden.f64("logits_f64"), limit, "logits_f64");
  });

  for (const layer of layers.keys()) {
    test(`${path}, layer ${layer}`, async () => {
      const used = weights.slice(0, layer + 1);
      const sums = await outputsAfter(golden, used, "linear");
      near(sums.subarray(0, 8), golden.f32("pre_bn_first8", layer), limit, "before batch norm");
      const normalized = await outputsAfter(golden, used, "batchNorm");
      near(normalized.subarray(0, 8), golden.f32("post_bn_first8", layer), limit, "after batch norm");
      near(meanAndDeviation(normalized), golden.f32("post_bn_mean_std", layer), limit, "mean and deviation");
    });
  }
}

test.run();

/** Outputs `[images, units]` of a network of the first `weights.length` layers that ends with `last`. */
async function outputsAfter(golden: Golden, weights: readonly Float32Array[], last: "linear" | "batchNorm") {
  const settings = golden.settings(settingsSchema);
  const units = settings.layers.slice(0, weights.length).map(({ shape }) => shape[0]);
  const layers = classifier(units, 0).slice(0, last === "linear" ? -1 : undefined);
  const statistics = units
    .slice(0, layers.filter(({ type }) => type === "batchNorm").length)
    .flatMap((count, layer) => {
      const [mean, deviation] = [settings.bn_mean[layer]!, settings.bn_std[layer]!];
      return Array.from({ length: count }, (_, channel) => ({
        mean: mean + (deviation * ((channel % 7) - 3)) / 10,
        variance: deviation ** 2 * (1 + (channel % 5) / 4),
      }));
    });
  const [images] = golden.shape("x") as [number];
  const network = { inputShape: [784], layers, loss: meanSquaredError() };
  using session = new GoldenSession(network, [new BayesBiNN()], images);
  await session.write({
    latent: joined(weights),
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
