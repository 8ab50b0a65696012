import { suite } from "uvu";
import * as assert from "uvu/assert";
import { kernels } from "./support/addon.js";
import { close, sameBits } from "./support/compare.js";
import { kinds, problemOf, run, shapes, tolerances } from "./support/linear-rows.js";
import { guarded } from "./support/margins.js";
import { randomSigns } from "./support/random.js";
import { linearGradientsReference, linearReference } from "./support/reference-linear.js";
import { refusedBy } from "./support/refused.js";

const test = suite("linear");

for (const shape of shapes) {
  for (const row of kinds) {
    const [batch, inFeatures, outFeatures] = shape;
    test(`batch ${batch}, ${inFeatures} to ${outFeatures}, ${row.kind}`, () => {
      const problem = problemOf(shape, row);
      const outputs = run(problem, 1);
      const expected = { ...linearReference(problem), ...linearGradientsReference(problem) };
      for (const [name, sums] of Object.entries(expected)) {
        close(outputs[name]!.values, sums.values, tolerances(sums), name);
        outputs[name]!.check(name);
      }
    });
  }
}

test("sums of +-1 are exact", () => {
  const [batch, inFeatures, outFeatures] = [17, 1009, 33];
  const input = randomSigns(batch * inFeatures, 1);
  const weights = randomSigns(outFeatures * inFeatures, 2);
  const outputGradient = randomSigns(batch * outFeatures, 3);
  for (const packed of [false, true]) {
    const problem = { batch, inFeatures, outFeatures, input, weights, outputGradient, packed };
    const outputs = run(problem, 2);
    const expected = { ...linearReference(problem), ...linearGradientsReference(problem) };
    for (const [name, { values }] of Object.entries(expected)) {
      sameBits(outputs[name]!.values, Float32Array.from(values), name);
    }
  }
});

// A chunk of groups is summed before it meets the sum of all: fewer and smaller roundings than one after the other.
test("packed products of hidden layers are closer to float64 than dense ones", () => {
  for (const shape of [[17, 2047, 97] as const, [33, 784, 512] as const]) {
    const rootMeanSquares = [kinds[0]!, kinds[2]!].map((kind) => {
      const problem = problemOf(shape, kind);
      const outputs = run(problem, 2);
      const expected = { ...linearReference(problem), inputGradient: linearGradientsReference(problem).inputGradient };
      return Object.entries(expected).map(([name, { values }]) => {
        const errors = Float64Array.from(outputs[name]!.values, (value, at) => (value - values[at]!) ** 2);
        return Math.sqrt(errors.reduce((sum, error) => sum + error, 0) / errors.length);
      });
    });
    const [dense, packed] = rootMeanSquares as [number[], number[]];
    for (const [at, error] of packed.entries()) assert.ok(error < dense[at]!, `${shape}: ${packed} against ${dense}`);
  }
});

test("the number of threads changes no bit", () => {
  for (const [shape, kind] of shapes.flatMap((each) => [kinds[1]!, kinds[3]!].map((kind) => [each, kind] as const))) {
    const problem = problemOf(shape, kind);
    const [one, ...more] = [1, 2, 5].map((threads) => run(problem, threads));
    for (const other of more) {
      for (const [name, { values }] of Object.entries(one!)) sameBits(other[name]!.values, values, `${shape} ${name}`);
    }
  }
});

// A BLAS that shares its work space between threads without a lock fails this in some of a thousand products.
test("products on several threads at once do not disturb each other", () => {
  const [batch, inFeatures, outFeatures] = [67, 301, 8 * 256];
  const problem = problemOf([batch, inFeatures, outFeatures], kinds[1]!);
  const product = (threads: number, output = new Float32Array(batch * outFeatures)) => {
    kernels.linear({ ...problem, output, threads });
    return output;
  };
  const expected = product(1);
  const output = new Float32Array(batch * outFeatures);
  for (const threads of [2, 3, 5]) {
    for (let round = 0; round < 100; round++)
      sameBits(product(threads, output), expected, `${threads} threads, round ${round}`);
  }
});

test("packed weights are -1 and 1", async () => {
  const problem = problemOf([2, 3, 5], kinds[2]!);
  const weights = problem.weights.slice();
  const output = new Float32Array(10);
  for (const value of [0, 0.5, -2, Number.NaN, Infinity]) {
    weights[4] = value;
    await refusedBy(
      () => kernels.linear({ ...problem, weights, output, threads: 1 }),
      "ERR_OPTION_RANGE",
      "weights",
      "at 4",
      "-1 and 1",
    );
  }
});

test("gradients that were not asked for are left out, one by one", () => {
  const problem = problemOf([17, 33, 31], kinds[0]!);
  const all = run(problem, 1);
  for (const name of ["inputGradient", "weightGradient", "biasGradient"]) {
    const only = guarded(all[name]!.values.length);
    kernels.linearGradients({ ...problem, [name]: only.values, threads: 1 });
    sameBits(only.values, all[name]!.values, name);
    only.check(name);
  }
  kernels.linearGradients({ ...problem, threads: 1 });
});

test("inputs may lie anywhere in a larger buffer, and stay as they are", () => {
  const problem = problemOf([3, 17, 5], kinds[1]!);
  const plain = run(problem, 1);
  const input = guarded(problem.input.length, problem.input);
  const weights = guarded(problem.weights.length, problem.weights);
  const moved = run({ ...problem, input: input.values, weights: weights.values }, 1);
  for (const [name, { values }] of Object.entries(plain)) sameBits(moved[name]!.values, values, name);
  sameBits(input.values, problem.input, "input");
  sameBits(weights.values, problem.weights, "weights");
});

test.run();
