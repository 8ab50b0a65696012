import { suite } from "uvu";
import * as assert from "uvu/assert";
import { convOutputSize, conv2d as publicConv2d, conv2dGradients as publicGradients } from "../../lib/kernels.js";
import type { NativeConvShape } from "../../lib/native/contract.js";
import { kernels } from "./support/addon.js";
import { close, epsilon32, sameBits } from "./support/compare.js";
import { type Guarded, guarded } from "./support/margins.js";
import { generator, randomFloats, randomSigns } from "./support/random.js";
import { type ConvProblem, convLengths, convReference, outputSize } from "./support/reference-conv.js";
import type { Sums } from "./support/reference-linear.js";
import { refusedBy } from "./support/refused.js";

const test = suite("conv2d");

type Numbers = readonly [rows: number, columns: number];

function shapeOf(
  [batch, inChannels, outChannels]: readonly [number, number, number],
  [height, width]: Numbers,
  [kernelHeight, kernelWidth]: Numbers,
  {
    stride: [strideHeight, strideWidth] = [1, 1] as Numbers,
    padding: [paddingHeight, paddingWidth] = [0, 0] as Numbers,
  } = {},
): NativeConvShape {
  const kernel = { kernelHeight, kernelWidth, strideHeight, strideWidth, paddingHeight, paddingWidth };
  return { batch, inChannels, outChannels, height, width, ...kernel };
}

const chosen: readonly NativeConvShape[] = [
  shapeOf([1, 1, 1], [1, 1], [1, 1]),
  shapeOf([1, 1, 1], [1, 1], [3, 3], { padding: [1, 1] }),
  shapeOf([17, 7, 5], [6, 5], [3, 3], { padding: [1, 1] }),
  shapeOf([3, 3, 17], [7, 9], [5, 5], { padding: [2, 2] }),
  shapeOf([16, 31, 33], [4, 4], [3, 3]),
  shapeOf([15, 16, 15], [3, 3], [1, 1]),
  // transposed convolutions of 2x2 with stride 2 are the input gradients of these; one leaves a row and a column over
  shapeOf([5, 13, 11], [6, 6], [2, 2], { stride: [2, 2] }),
  shapeOf([33, 2, 3], [7, 5], [2, 2], { stride: [2, 2] }),
  shapeOf([2, 5, 3], [9, 8], [3, 3], { stride: [2, 2], padding: [1, 1] }),
  // strides that skip pixels, rows and columns unlike, padding wider than the kernel
  shapeOf([2, 5, 3], [7, 8], [1, 2], { stride: [2, 3], padding: [0, 1] }),
  shapeOf([1, 2, 3], [2, 3], [2, 3], { padding: [3, 4] }),
  // groups of four and of six with every remainder: the size follows from the other side
  ...[1, 2, 3, 4, 5].map((inChannels) => shapeOf([1, inChannels, 31], [2, 3], [2, 1])),
  ...[1, 2, 3, 4, 5, 6, 7, 23, 24, 25].flatMap((channels) => [
    shapeOf([1, channels, 97], [2, 2], [2, 2], { padding: [1, 0] }),
    shapeOf([1, 97, channels], [2, 2], [2, 2], { padding: [0, 1] }),
  ]),
  // more than one tile of outputs, of rows and of columns
  shapeOf([1, 2, 257], [3, 35], [3, 3], { padding: [1, 1] }),
  shapeOf([2, 3, 2], [2, 70], [3, 3], { padding: [1, 1] }),
  shapeOf([1, 257, 1], [17, 9], [1, 3], { padding: [0, 1] }),
  // more than one block of the weight gradient: 65536 weights consumed, 2^22 formed
  shapeOf([1, 1009, 131], [2, 1], [3, 3], { padding: [1, 1] }),
  shapeOf([1, 2003, 1100], [1, 2], [2, 1], { padding: [1, 0] }),
  // more than one part of the images in its panels, of 2^21 floats: columns, samples, rows
  shapeOf([3, 2, 3], [1, 30011], [1, 5], { padding: [0, 2] }),
  shapeOf([3, 34, 2], [1, 15013], [1, 3], { stride: [1, 2], padding: [0, 1] }),
  shapeOf([70001, 2, 1], [1, 1], [1, 1]),
  shapeOf([17, 33, 1], [149, 13], [3, 2], { stride: [2, 1], padding: [0, 1] }),
];

function* randomShapes(count: number): Generator<NativeConvShape> {
  const next = generator(7);
  const from = <T>(values: readonly T[]) => values[Math.floor(next() * values.length)]!;
  const channels = [1, 2, 3, 5, 7, 15, 16, 17];
  for (let made = 0; made < count; ) {
    const pair = (values: readonly number[]): Numbers => [from(values), from(values)];
    const shape = shapeOf(
      [from([1, 3, 8, 15, 16, 17, 31, 33]), from(channels), from(channels)],
      pair([1, 2, 3, 5, 7]),
      pair([1, 2, 3, 5]),
      { stride: pair([1, 1, 2, 3]), padding: pair([0, 1, 2]) },
    );
    if (Math.min(...outputSize(shape)) < 1) continue;
    made++;
    yield shape;
  }
}

const shapes = [...chosen, ...randomShapes(24)];

/** The float and the packed path are both held against the reference, and so against each other. */
const kinds = [
  {
    kind: "real weights and a bias",
    weightsOf: (count: number, seed: number) => randomFloats(count, seed),
    bias: true,
  },
  { kind: "packed weights", weightsOf: randomSigns, packed: true },
  { kind: "packed weights and a bias", weightsOf: randomSigns, packed: true, bias: true },
];

/** Rounding errors of k random terms add up to about eps/2 times the sum of their sizes at most; four times for the tails. */
const tolerances = ({ sizes }: Sums) => sizes.map((size) => 4 * (epsilon32 / 2) * size);

type Problem = ConvProblem &
  Readonly<Record<"input" | "weights" | "outputGradient", Float32Array>> & {
    readonly bias?: Float32Array;
    readonly packed?: boolean;
  };

function problemOf(shape: NativeConvShape, { weightsOf, bias, packed }: Partial<(typeof kinds)[number]>): Problem {
  const lengths = convLengths(shape);
  return {
    ...shape,
    input: randomFloats(lengths.input, 1),
    weights: weightsOf!(lengths.weights, 2),
    outputGradient: randomFloats(lengths.output, 4),
    ...(bias && { bias: randomFloats(shape.outChannels, 3) }),
    ...(packed && { packed }),
  };
}

/** All outputs of both kernels, each between margins. */
function run(problem: Problem, threads: number): Readonly<Record<string, Guarded>> {
  const lengths = convLengths(problem);
  const outputs = {
    output: guarded(lengths.output),
    inputGradient: guarded(lengths.input),
    weightGradient: guarded(lengths.weights),
    biasGradient: guarded(problem.outChannels),
  };
  kernels.conv2d({ ...problem, output: outputs.output.values, threads });
  kernels.conv2dGradients({
    ...problem,
    inputGradient: outputs.inputGradient.values,
    weightGradient: outputs.weightGradient.values,
    biasGradient: outputs.biasGradient.values,
    threads,
  });
  return outputs;
}

const name = (shape: NativeConvShape) => Object.values(shape).join(" ");

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
