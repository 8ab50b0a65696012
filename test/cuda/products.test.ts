import { suite } from "uvu";
import * as assert from "uvu/assert";
import { kernels } from "../native/support/addon.js";
import { close, sameBits } from "../native/support/compare.js";
import * as conv from "../native/support/conv-rows.js";
import * as linear from "../native/support/linear-rows.js";
import type { Guarded } from "../native/support/margins.js";
import { randomSigns } from "../native/support/random.js";
import { convLengths, convReference } from "../native/support/reference-conv.js";
import { linearGradientsReference, linearReference, type Sums } from "../native/support/reference-linear.js";
import { productTolerances } from "./support/product-tolerances.js";

const test = suite("products on CUDA");

/** Of the rows of the CPU, those that an emulated device multiplies in a second. */
const mostMultiplications = 2 ** 17;
const linearShapes = linear.shapes.filter(([batch, from, to]) => batch * from * to <= mostMultiplications);
const convShapes = conv.shapes.filter((shape) => {
  const { input, output } = convLengths(shape);
  const taps = shape.kernelHeight * shape.kernelWidth;
  return input <= 2 ** 14 && output * shape.inChannels * taps <= mostMultiplications;
});

function compare(outputs: Readonly<Record<string, Guarded>>, expected: Readonly<Record<string, Sums>>, what: string) {
  for (const [key, sums] of Object.entries(expected)) {
    close(outputs[key]!.values, sums.values, productTolerances(sums), `${what}: ${key}`);
    outputs[key]!.check(`${what}: ${key}`);
  }
}

const linearSums = (problem: linear.Problem) => ({ ...linearReference(problem), ...linearGradientsReference(problem) });

for (const row of linear.kinds) {
  test(`linear, ${row.kind}: output and gradients`, () => {
    for (const shape of linearShapes) {
      const problem = linear.problemOf(shape, row);
      compare(linear.run(problem, 1, "cuda"), linearSums(problem), shape.join(" "));
    }
  });
}

for (const row of conv.kinds) {
  test(`conv2d, ${row.kind}: output and gradients`, () => {
    for (const shape of convShapes) {
      const problem = conv.problemOf(shape, row);
      compare(conv.run(problem, 1, "cuda"), convReference(problem), conv.name(shape));
    }
  });
}

test("sums of +-1 are exact", () => {
  for (const packed of [false, true]) {
    const [batch, inFeatures, outFeatures] = [17, 331, 33];
    const input = randomSigns(batch * inFeatures, 1);
    const weights = randomSigns(outFeatures * inFeatures, 2);
    const outputGradient = randomSigns(batch * outFeatures, 3);
    const problem = { batch, inFeatures, outFeatures, input, weights, outputGradient, packed };
    const outputs = linear.run(problem, 1, "cuda");
    for (const [key, { values }] of Object.entries(linearSums(problem)))
      sameBits(outputs[key]!.values, Float32Array.from(values), `linear, ${key}`);

    const shape = conv.shapeOf([5, 7, 17], [3, 5], [3, 3], { padding: [1, 1] });
    const lengths = convLengths(shape);
    const signs = { input: randomSigns(lengths.input, 1), outputGradient: randomSigns(lengths.output, 3) };
    const images = { ...shape, ...signs, weights: randomSigns(lengths.weights, 2), packed };
    const found = conv.run(images, 1, "cuda");
    for (const [key, { values }] of Object.entries(convReference(images)))
      sameBits(found[key]!.values, Float32Array.from(values), `conv2d, ${key}`);
  }
});

test("results are the same bits every time, packed or not", () => {
  const packed = conv.problemOf(conv.shapeOf([17, 5, 7], [5, 4], [3, 3], { padding: [1, 1] }), conv.kinds[2]!);
  for (const problem of [packed, { ...packed, packed: false }]) {
    const [one, other] = [conv.run(problem, 1, "cuda"), conv.run(problem, 1, "cuda")];
    for (const [key, { values }] of Object.entries(one)) sameBits(other[key]!.values, values, key);
  }
});

test("what is no number, or infinite, reaches what its products reach, and nothing else", () => {
  for (const row of conv.kinds) {
    const shape = conv.shapeOf([5, 3, 11], [4, 5], [3, 3], { padding: [1, 1] });
    const problem = conv.problemOf(shape, row);
    const input = problem.input.slice();
    const outputGradient = problem.outputGradient.slice();
    for (const [at, value] of [
      [0, Infinity],
      [67, -Infinity],
      [4 * 60 + 59, Number.NaN],
    ] as const) {
      input[at] = value;
      outputGradient[at] = value;
    }
    const special = { ...problem, input, outputGradient };
    const [finite, expected, outputs] = [convReference(problem), convReference(special), conv.run(special, 1, "cuda")];
    for (const key of ["output", "inputGradient"] as const) {
      const { values } = expected[key]!;
      const limits = productTolerances(finite[key]!);
      assert.ok(values.some(Number.isNaN) && values.includes(Infinity));
      values.forEach((value, i) => {
        const found = outputs[key]!.values[i]!;
        // Of infinite products with parts of weights some are none: an infinity may be NaN.
        if (Number.isFinite(value)) close([found], [value], limits[i]!, `${row.kind}: ${key} ${i}`);
        else assert.not.ok(Number.isFinite(found), `${row.kind}: ${key} ${i} is ${found}, expected ${value}`);
      });
    }
  }
});

test("gradients that were not asked for are left out, one by one", () => {
  const problem = linear.problemOf([17, 33, 31], linear.kinds[2]!);
  const all = linear.run(problem, 1, "cuda");
  for (const key of ["inputGradient", "weightGradient", "biasGradient"]) {
    const only = new Float32Array(all[key]!.values.length);
    kernels.linearGradients({ ...problem, [key]: only, threads: 1, device: "cuda" });
    sameBits(only, all[key]!.values, key);
  }
  kernels.linearGradients({ ...problem, threads: 1, device: "cuda" });
});

test.run();
