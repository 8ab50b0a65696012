import type { NativeConvShape } from "../../../lib/native/contract.js";
import type { Sums } from "./reference-linear.js";

/** A convolution and what flows into it; arrays as in `NativeKernels.conv2d`. */
export interface ConvProblem extends NativeConvShape {
  readonly input: ArrayLike<number>;
  readonly weights: ArrayLike<number>;
  readonly bias?: ArrayLike<number>;
  readonly outputGradient: ArrayLike<number>;
}

export const outputSize = (shape: NativeConvShape): readonly [rows: number, columns: number] => [
  Math.floor((shape.height + 2 * shape.paddingHeight - shape.kernelHeight) / shape.strideHeight) + 1,
  Math.floor((shape.width + 2 * shape.paddingWidth - shape.kernelWidth) / shape.strideWidth) + 1,
];

/** Lengths of the arrays of a convolution. */
export function convLengths(shape: NativeConvShape) {
  const [rows, columns] = outputSize(shape);
  return {
    input: shape.batch * shape.inChannels * shape.height * shape.width,
    weights: shape.outChannels * shape.inChannels * shape.kernelHeight * shape.kernelWidth,
    output: shape.batch * shape.outChannels * rows * columns,
  };
}

/** Places of input, weight and output that meet in one term of the sums. */
function* terms(shape: NativeConvShape): Generator<readonly [input: number, weight: number, output: number]> {
  const [rows, columns] = outputSize(shape);
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < columns; c++) {
      for (let kr = 0; kr < shape.kernelHeight; kr++) {
        for (let kc = 0; kc < shape.kernelWidth; kc++) {
          const y = r * shape.strideHeight - shape.paddingHeight + kr;
          const x = c * shape.strideWidth - shape.paddingWidth + kc;
          if (y < 0 || y >= shape.height || x < 0 || x >= shape.width) continue;
          yield [y * shape.width + x, kr * shape.kernelWidth + kc, r * columns + c];
        }
      }
    }
  }
}

/** The convolution and its gradients in float64, by the definition. */
export function convReference(problem: ConvProblem): Readonly<Record<string, Sums>> {
  const { batch, inChannels, outChannels, input, weights, bias, outputGradient } = problem;
  const lengths = convLengths(problem);
  const sums = (length: number): Sums => ({ values: new Float64Array(length), sizes: new Float64Array(length) });
  const output = sums(lengths.output);
  const inputGradient = sums(lengths.input);
  const weightGradient = sums(lengths.weights);
  const biasGradient = sums(outChannels);
  const add = (to: Sums, at: number, term: number) => {
    to.values[at]! += term;
    to.sizes[at]! += Math.abs(term);
  };
  const pixels = lengths.output / (batch * outChannels);
  const sourcePixels = problem.height * problem.width;
  const taps = problem.kernelHeight * problem.kernelWidth;
  const places = [...terms(problem)];
  for (let b = 0; b < batch; b++) {
    for (let o = 0; o < outChannels; o++) {
      const out = (b * outChannels + o) * pixels;
      for (let p = 0; p < pixels; p++) {
        if (bias) add(output, out + p, bias[o]!);
        add(biasGradient, o, outputGradient[out + p]!);
      }
      for (let i = 0; i < inChannels; i++) {
        const from = (b * inChannels + i) * sourcePixels;
        const weight = (o * inChannels + i) * taps;
        for (const [pixel, tap, target] of places) {
          add(output, out + target, weights[weight + tap]! * input[from + pixel]!);
          add(inputGradient, from + pixel, weights[weight + tap]! * outputGradient[out + target]!);
          add(weightGradient, weight + tap, input[from + pixel]! * outputGradient[out + target]!);
        }
      }
    }
  }
  return { output, inputGradient, weightGradient, biasGradient };
}
