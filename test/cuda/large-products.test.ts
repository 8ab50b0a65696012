/** Shapes for which products and their gradients are cut into the larger tiles, and gradients in every precision. */
import { suite } from "uvu";
import { addon } from "../native/support/addon.js";
import { close } from "../native/support/compare.js";
import * as conv from "../native/support/conv-rows.js";
import { randomFloats } from "../native/support/random.js";
import { convReference } from "../native/support/reference-conv.js";
import { linearGradientsReference, type Sums } from "../native/support/reference-linear.js";
import { chain, openSession, sgd } from "../native/support/specs.js";
import { cudaDefaults } from "../support/cuda-defaults.mjs";
import { productTolerances } from "./support/product-tolerances.js";

const test = suite("large products on CUDA");
const padding = { padding: [1, 1] } as const;

// 121 tiles of 128 rows forward, and of 64 backward, by 64 or 128 columns; 128 tiles of 64 rows and 32 columns.
for (const shape of [
  conv.shapeOf([13, 13, 65], [22, 22], [3, 3], padding),
  conv.shapeOf([13, 13, 33], [15, 17], [3, 3], padding),
]) {
  for (const row of conv.kinds) {
    test(`${conv.name(shape)}, ${row.kind}`, () => {
      const problem = conv.problemOf(shape, row);
      const outputs = conv.run(problem, 1, "cuda");
      for (const [key, sums] of Object.entries(convReference(problem)))
        close(outputs[key]!.values, sums.values, productTolerances(sums), key);
    });
  }
}

const ampere = Number(addon.systemInfo().cuda.devices[0]!.capability) >= 8;

// 561 tiles of 128 by 128 weights, and one of 64 by 64.
for (const [batch, inFeatures, outFeatures] of [
  [5, 4100, 2049],
  [21, 33, 31],
] as const) {
  const [input, outputGradient] = [randomFloats(batch * inFeatures, 1), randomFloats(batch * outFeatures, 2)];
  // The same for all precisions: it depends on the batch alone.
  let expected: Sums | undefined;
  for (const precision of ["float32", "bf16x2", "bf16"] as const) {
    test(`gradient of ${outFeatures} x ${inFeatures} weights, ${precision}`, async () => {
      const session = openSession({
        inputShape: [inFeatures],
        layers: chain(["linear", { units: outFeatures, weights: "real" }]),
        real: sgd(),
        loss: "meanSquaredError",
        device: "cuda",
        cuda: { ...cudaDefaults, precision },
      });
      const call = { inputs: input, outputGradients: [outputGradient], batch, phase: "train", commit: false } as const;
      const { weights, gradients } = await session.replay(call);
      session.dispose();
      const problem = { batch, inFeatures, outFeatures, input, weights: weights[0]!, outputGradient };
      expected ??= linearGradientsReference(problem).weightGradient;
      // Before capability 8.0 all are float32.
      const limits = productTolerances(expected, ampere ? precision : "float32");
      close(gradients[0]!, expected.values, limits, precision);
    });
  }
}

test.run();
