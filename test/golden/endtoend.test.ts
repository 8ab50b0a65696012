/*
 * The authors' full-size networks on four MNIST images, with weights from a hash: logits, and the first outputs of each
 * layer before and after its batch norm, through networks that end there.
 */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { z } from "zod";
import { meanSquaredError } from "../../lib/losses/mean-squared-error.js";
import { BayesBiNN } from "../../lib/optimizers/bayesbinn.js";
import { replayed } from "./cases.js";
import { GoldenSession } from "./golden-session.js";
import { hashWeights } from "./hash-weights.js";
import { type Golden, readGolden } from "./read-golden.js";
import { classifier } from "./trajectory-network.js";

const test = suite("full-size networks");

const settingsSchema = z.object({
  seed: z.int(),
  bn_mean: z.array(z.number()),
  bn_std: z.array(z.number()),
  bn_eps: z.array(z.literal(1e-4)),
  layers: z.array(z.object({ shape: z.tuple([z.int(), z.int()]), first16: z.array(z.int()), plus_ones: z.int() })),
});

for (const path of replayed.endToEnd) {
  const golden = readGolden(path);
  const settings = golden.settings(settingsSchema);
  const weights = settings.layers.map(({ shape: [outputs, inputs] }, layer) => hashWeights(outputs * inputs, layer, settings.seed));

  test(`${path}: weights`, () => {
    for (const [layer, { first16, plus_ones: ones }] of settings.layers.entries()) {
      const own = weights[layer]!;
      assert.equal([...own.subarray(0, 16)], first16);
      assert.is(own.reduce((count, weight) => count + Number(weight > 0), 0), ones);
    }
  });

  test(`${path}: logits`, async () => {
    const t = performance.now();
    const logits = await outputs(golden, weights, 3 * weights.length - 1);
    console.error(performance.now() - t);
    near(logits, golden.f32("logits"), 1e-4, "logits");
    near(logits, golden.f64("logits_f64"), 1e-4, "logits_f64");
  });

  for (const layer of weights.keys()) {
    test(`${path}: layer ${layer}`, async () => {
      const pre = await outputs(golden, weights, 3 * layer + 1);
      near(pre.subarray(0,8), golden.f32("pre_bn_first8", layer), 1e-4, "pre");
      const post = await outputs(golden, weights, 3 * layer + 2);
      near(post.subarray(0,8), golden.f32("post_bn_first8", layer), 1e-4, "post");
      const mean = post.reduce((sum, value) => sum + value, 0) / post.length;
      const variance = post.reduce((sum, value) => sum + (value - mean) ** 2, 0) / post.length;
      near([mean, Math.sqrt(variance)], golden.f32("post_bn_mean_std", layer), 1e-4, "mean std");
      near([mean, Math.sqrt(variance*post.length/(post.length-1))], golden.f32("post_bn_mean_std", layer), 1e-4, "mean std unb");
    });
  }
}

test.run();

async function outputs(golden: Golden, weights: readonly Float32Array[], depth: number): Promise<Float32Array> {
  const { bn_mean: means, bn_std: deviations, layers: sizes } = golden.settings(settingsSchema);
  const layers = classifier(sizes.map(({ shape: [units] }) => units), 0).slice(0, depth);
  const used = sizes.slice(0, Math.ceil(depth / 3));
  const norms = layers.filter(({ type }) => type === "batchNorm").length;
  const network = { inputShape: [784], layers, loss: meanSquaredError() };
  using session = new GoldenSession(network, [new BayesBiNN()], 4);
  const channels = used.slice(0, norms).flatMap(({ shape: [units] }, layer) => Array.from({ length: units }, (_, channel) => ({ layer, channel })));
  const latent = new Float32Array(weights.slice(0, used.length).reduce((a, w) => a + w.length, 0));
  let at = 0;
  for (const w of weights.slice(0, used.length)) { latent.set(w, at); at += w.length; }
  await session.write({
    latent,
    running_mean: Float32Array.from(channels, ({layer, channel}) => means[layer]! + (deviations[layer]! * ((channel % 7) - 3)) / 10),
    running_var: Float32Array.from(channels, ({layer, channel}) => deviations[layer]! ** 2 * (1 + (channel % 5) / 4)),
  });
  const r = await session.predict({ inputs: golden.f32("x"), batchSize: 4, samples: 0, draw: 0, output: "logits" });
  return r.values;
}

function near(actual: ArrayLike<number>, expected: ArrayLike<number>, limit: number, what: string) {
  let error = 0;
  for (let i = 0; i < expected.length; i++) error = Math.max(error, Math.abs(actual[i]! - expected[i]!));
  console.error(what, error);
  assert.ok(error<=limit);
}
