import { suite } from "uvu";
import * as assert from "uvu/assert";
import { convOutputSize, conv2d as publicConv2d, conv2dGradients as publicGradients } from "../../lib/kernels.js";
import { kernels } from "./support/addon.js";
import { close, epsilon32, sameBits } from "./support/compare.js";
import { kinds, name, problemOf, run, shapeOf, shapes } from "./support/conv-rows.js";
import { tolerances } from "./support/linear-rows.js";
import { guarded } from "./support/margins.js";
import { randomSigns } from "./support/random.js";
import { convLengths, convReference } from "./support/reference-conv.js";
import type { Sums } from "./support/reference-linear.js";
import { refusedBy } from "./support/refused.js";

const test = suite("conv2d");

for (const row of kinds) {
  test(`${row.kind}: output and gradients`, () => {
    for (const shape of shapes) {
      const problem = problemOf(shape, row);
      const outputs = run(problem, 1);
      for (const [key, sums] of Object.entries(convReference(problem))) {
        close(outputs[key]!.values, sums.values, tolerances(sums), `${name(shape)}: ${key}`);
        outputs[key]!.check(`${name(shape)}: ${key}`);
      }
    }
  });

  test(`${row.kind}: the number of threads changes no bit`, () => {
    for (const shape of shapes) {
      const problem = problemOf(shape, row);
      const [one, ...more] = [1, 2, 3].map((threads) => run(problem, threads));
      for (const other of more) {
        for (const [key, { values }] of Object.entries(one!))
          sameBits(other[key]!.values, values, `${name(shape)} ${key}`);
      }
    }
  });
}

test("sums of +-1 are exact", () => {
  for (const packed of [false, true]) {
    const shape = shapeOf([17, 37, 101], [3, 5], [3, 3], { padding: [1, 1] });
    const lengths = convLengths(shape);
    const signs = { input: randomSigns(lengths.input, 1), outputGradient: randomSigns(lengths.output, 3) };
    const problem = { ...shape, ...signs, weights: randomSigns(lengths.weights, 2), packed };
    const outputs = run(problem, 2);
    for (const [key, { values }] of Object.entries(convReference(problem)))
      sameBits(outputs[key]!.values, Float32Array.from(values), key);
  }
});

/** NaN and infinities where they are expected, and numbers close to theirs elsewhere. */
function sameKinds(actual: Float32Array, { values }: Sums, finite: Sums, what: string): void {
  values.forEach((value, i) => {
    if (Number.isFinite(value)) close([actual[i]!], [value], 4 * epsilon32 * finite.sizes[i]!, `${what} ${i}`);
    else assert.ok(Object.is(actual[i], value), `${what} ${i}: ${actual[i]}, expected ${value}`);
  });
}

test("infinities stay, meet as NaN, and reach what their taps reach; so does NaN", () => {
  for (const row of kinds) {
    // 24 channels out: groups of four; 97: of six. The places: a corner, an edge and the inside, in two samples.
    for (const outChannels of [24, 97]) {
      const shape = shapeOf([9, 5, outChannels], [5, 6], [3, 3], { padding: [1, 1] });
      const problem = problemOf(shape, row);
      const input = problem.input.slice();
      const outputGradient = problem.outputGradient.slice();
      const [sample, channel] = [5 * 30, 30];
      const places = [
        [0, Infinity],
        [sample + 2 * channel + 5, -Infinity],
        [sample + 8, Infinity],
        [sample + 3 * channel + 9, Infinity],
        [8 * sample + 29, Number.NaN],
      ] as const;
      for (const [at, value] of places) {
        input[at] = value;
        outputGradient[at] = value;
      }
      const special = { ...problem, input, outputGradient };
      const [finite, expected, outputs] = [convReference(problem), convReference(special), run(special, 1)];
      const keys = ["output", "inputGradient"] as const;
      for (const key of keys) {
        sameKinds(outputs[key]!.values, expected[key]!, finite[key]!, `${row.kind}, ${outChannels} channels: ${key}`);
        assert.ok(expected[key]!.values.some(Number.isNaN) && expected[key]!.values.includes(Infinity));
      }
    }
  }
});

test("gradients that were not asked for are left out, one by one", () => {
  const problem = problemOf(shapeOf([17, 5, 7], [5, 4], [3, 3]), kinds[1]!);
  const all = run(problem, 1);
  for (const key of ["inputGradient", "weightGradient", "biasGradient"]) {
    const only = guarded(all[key]!.values.length);
    kernels.conv2dGradients({ ...problem, [key]: only.values, threads: 1 });
    sameBits(only.values, all[key]!.values, key);
    only.check(key);
  }
});

test("the public functions fill in strides, paddings and the output", () => {
  const shape = shapeOf([2, 3, 4], [5, 6], [3, 2]);
  const { strideHeight: _, strideWidth: __, paddingHeight: ___, paddingWidth: ____, ...sizes } = shape;
  const problem = problemOf(shape, kinds[0]!);
  const { input, weights, bias, outputGradient } = problem;
  const expected = run(problem, 1);
  assert.equal(convOutputSize(sizes), [3, 5]);
  assert.equal(convOutputSize({ ...sizes, strideHeight: 2, paddingWidth: 1 }), [2, 7]);
  sameBits(publicConv2d({ ...sizes, input, weights, bias: bias! }), expected["output"]!.values, "output");
  const inputGradient = new Float32Array(input.length);
  publicGradients({ ...sizes, input, weights, outputGradient, inputGradient });
  sameBits(inputGradient, expected["inputGradient"]!.values, "inputGradient");
});

test("what does not fit is refused by name", async () => {
  const right = problemOf(shapeOf([2, 3, 4], [5, 6], [3, 2]), kinds[1]!);
  const output = new Float32Array(convLengths(right).output);
  const call = (wrong: object) => () => kernels.conv2d({ ...right, output, threads: 1, ...wrong });
  await refusedBy(call({ kernelHeight: 6 }), "ERR_SHAPE_MISMATCH", "kernel of 6 rows", "at most the 5");
  await refusedBy(call({ kernelWidth: 7 }), "ERR_SHAPE_MISMATCH", "kernel of 7 columns", "at most the 6");
  await refusedBy(call({ paddingWidth: 1 }), "ERR_SHAPE_MISMATCH", "output", "accepted: 168");
  await refusedBy(call({ strideWidth: 2 }), "ERR_SHAPE_MISMATCH", "output", "accepted: 72");
  const weights = right.weights.slice();
  for (const [value, shown] of [
    [0.5, "0.5"],
    [0, "0"],
    [Number.NaN, /nan/i],
    [-1.0000001192092896, /-1.0000001/],
  ] as const) {
    weights[7] = value;
    await refusedBy(call({ weights }), "ERR_OPTION_RANGE", "weights", shown, "at 7", "-1 and 1");
    kernels.conv2d({ ...right, weights, packed: false, output, threads: 1 });
  }
});

test.run();
