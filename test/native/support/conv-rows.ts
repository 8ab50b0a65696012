/** Convolutions of many shapes and kinds of weights. */
import type { KernelDevice, NativeConvShape } from "../../../lib/native/contract.js";
import { kernels } from "./addon.js";
import { type Guarded, guarded } from "./margins.js";
import { generator, randomFloats, randomSigns } from "./random.js";
import { type ConvProblem, convLengths, outputSize } from "./reference-conv.js";

type Numbers = readonly [rows: number, columns: number];

export function shapeOf(
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
  // small batches, whose vectors hold pixels of several strips of an image: ragged ones, edges, columns that are skipped
  ...[1, 2, 3, 4, 5, 6, 7, 8, 9, 15, 16].flatMap((batch) => [
    shapeOf([batch, 5, 7], [4, 21], [3, 3]),
    shapeOf([batch, 17, 18], [3, 13], [3, 3], { padding: [1, 1] }),
    shapeOf([batch, 3, 9], [2, 15], [2, 2], { stride: [2, 2] }),
    shapeOf([batch, 2, 3], [3, 23], [2, 5], { stride: [1, 3], padding: [1, 4] }),
  ]),
  shapeOf([4, 9, 97], [9, 37], [3, 3], { padding: [1, 0] }),
  shapeOf([3, 33, 16], [11, 70], [3, 3]),
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

export const shapes = [...chosen, ...randomShapes(24)];

/** The float and the packed path are both held against the reference, and so against each other. */
export const kinds = [
  {
    kind: "real weights and a bias",
    weightsOf: (count: number, seed: number) => randomFloats(count, seed),
    bias: true,
  },
  { kind: "packed weights", weightsOf: randomSigns, packed: true },
  { kind: "packed weights and a bias", weightsOf: randomSigns, packed: true, bias: true },
];

export type Problem = ConvProblem &
  Readonly<Record<"input" | "weights" | "outputGradient", Float32Array>> & {
    readonly bias?: Float32Array;
    readonly packed?: boolean;
  };

export function problemOf(
  shape: NativeConvShape,
  { weightsOf, bias, packed }: Partial<(typeof kinds)[number]>,
): Problem {
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
export function run(
  problem: Problem,
  threads: number,
  device: KernelDevice = "cpu",
): Readonly<Record<string, Guarded>> {
  const lengths = convLengths(problem);
  const outputs = {
    output: guarded(lengths.output),
    inputGradient: guarded(lengths.input),
    weightGradient: guarded(lengths.weights),
    biasGradient: guarded(problem.outChannels),
  };
  kernels.conv2d({ ...problem, output: outputs.output.values, threads, device });
  kernels.conv2dGradients({
    ...problem,
    inputGradient: outputs.inputGradient.values,
    weightGradient: outputs.weightGradient.values,
    biasGradient: outputs.biasGradient.values,
    threads,
    device,
  });
  return outputs;
}

export const name = (shape: NativeConvShape) => Object.values(shape).join(" ");
