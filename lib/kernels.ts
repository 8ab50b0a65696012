/**
 * The native kernels one by one, on typed arrays: for scripting, profiling and tests.
 *
 * Every call is synchronous and checks the type and the length of each array; what does not fit is `ERR_OPTION_TYPE`,
 * `ERR_OPTION_RANGE` or `ERR_SHAPE_MISMATCH`. Matrices are row-major. `device` is where the call computes, `"cpu"` by
 * default: with `"cuda"` its arrays are copied to the first CUDA device, and its results back; without one it is
 * `ERR_DEVICE_UNAVAILABLE`. `threads` is the number of compute threads of the CPU, by default one for each core; results do
 * not depend on it. Options of an optimizer that wait for data (`trainSetSize: "auto"`) stand for 1.
 *
 * @module
 */
import { loadAddon } from "./native/binding.js";
import type { DrawAddress, KernelDevice, NativeKernels, StreamName } from "./native/contract.js";
import { fromNative } from "./native/errors.js";
import type { Optimizer } from "./optimizers/optimizer.js";
import { defaultThreads } from "./options/threads.js";

export { type AugmentCall, type Augmented, augment } from "./augmentation/augment.js";
export type { DrawAddress, KernelDevice, StreamName };

/**
 * One block of Philox4x32-10.
 *
 * @param counter `[4]`
 * @param key `[2]`
 * @returns `[4]` random words
 *
 * Source: Salmon et al., "Parallel Random Numbers: As Easy as 1, 2, 3", SC 2011.
 */
export function philox(counter: Uint32Array, key: Uint32Array): Uint32Array {
  return run((kernels) => kernels.philox(counter, key));
}

/**
 * Uniforms `max(k, 1) 2^-24` with 24 random bits `k`, so that `log(u / (1 - u))` is finite. Element `i` depends on
 * `address` and `i` alone.
 *
 * @param out overwritten, any length
 * @param options `device`: where to draw, by default `"cpu"`; the bits are the same
 * @returns `out`
 */
export function uniform(
  address: DrawAddress,
  out: Float32Array,
  options: { readonly device?: KernelDevice } = {},
): Float32Array {
  run((kernels) => kernels.uniform(address, out, options.device));
  return out;
}

/** The order of `0..count-1` in which training visits its samples in `epoch` (from 0). */
export function permutation(count: number, seed: number, epoch: number): Uint32Array {
  return run((kernels) => kernels.permutation(count, seed, epoch));
}

/** Arguments of {@link sampleWeights}. */
export interface SampleWeightsCall {
  readonly optimizer: Optimizer;
  /** Latent weights `[n]`, such as the lambda of BayesBiNN or the u of PMF. */
  readonly latent: Float32Array;
  /** Uniforms in (0, 1) `[n]`. Absent: drawn at `address`, where the weights depend on noise. */
  readonly noise?: Float32Array;
  /** Needed where `noise` is absent and the weights depend on it: for BayesBiNN but with the estimator "mean". */
  readonly address?: DrawAddress;
  /** `[n]`, overwritten; absent: a new array. */
  readonly weights?: Float32Array;
  /** By default `"cpu"`. */
  readonly device?: KernelDevice;
  readonly threads?: number;
}

/**
 * Weights of a training step: for BayesBiNN `tanh((lambda + log(u / (1 - u)) / 2) / temperature)`, the sign of the inner
 * sum at temperatures up to 1e-6, and `tanh(lambda)` with the estimator "mean"; for STE and Bop the signs of the latent
 * weights, 0 counting as +1; for PMF `tanh(beta u)`; for Adam and SGD the latent weights themselves. Only BayesBiNN looks at
 * the noise.
 *
 * @example
 * const weights = sampleWeights({
 *   optimizer: new BayesBiNN({ temperature: 1 }),
 *   latent: Float32Array.of(-2, 0, 2),
 *   address: { seed: 1, stream: "weights", step: 0, sample: 0 },
 * });
 * @returns the weights `[n]`
 */
export function sampleWeights({ optimizer, threads = defaultThreads(), ...call }: SampleWeightsCall): Float32Array {
  const weights = call.weights ?? new Float32Array(call.latent.length);
  run((kernels) => kernels.sampleWeights({ ...call, optimizer: specOf(optimizer), weights, threads }));
  return weights;
}

/** Arguments of {@link update}. */
export interface UpdateCall {
  readonly optimizer: Optimizer;
  /** Latent weights `[n]`, changed in place. */
  readonly latent: Float32Array;
  /** The method's arrays by name, each `[n]`, changed in place; see {@link stateNames}. */
  readonly state: Readonly<Record<string, Float32Array>>;
  /**
   * For each weight sample, the uniforms that its weights were drawn with `[n]`. Needed where gradients depend on them: for
   * BayesBiNN at temperatures above 1e-6, but with the estimator "mean". Else optional.
   */
  readonly noise?: readonly Float32Array[];
  /** For each weight sample, d mean loss / d weights `[n]`. */
  readonly gradients: readonly Float32Array[];
  /** Number of this update, from 1: the t of the bias corrections. */
  readonly t: number;
  /** By default `"cpu"`. */
  readonly device?: KernelDevice;
  readonly threads?: number;
}

/**
 * One update of a method, as the class of the optimizer describes it. `latent` and `state` are overwritten; nothing
 * else is.
 */
export function update({ optimizer, threads = defaultThreads(), ...call }: UpdateCall): void {
  run((kernels) => kernels.update({ ...call, optimizer: specOf(optimizer), threads }));
}

/**
 * Names of the arrays that a method keeps beside the latent weights, each from 0 where nothing else is said:
 *
 * - BayesBiNN: `momentum` where it is above 0 or has a schedule; with `staleMu` also `previous_lambda` (from lambda), with
 *   `perWeightPrior` also `prior` (from `priorLambda`)
 * - STE, Adam: `first_moment`, `second_moment`
 * - Bop: `gradient_average`
 * - PMF: `first_moment`, `second_moment`; with the authors' gradient these of the value u1, and `auxiliary_mean`
 *   ((u0 + u1) / 2), `low_first_moment`, `low_second_moment` of the value u0
 * - SGD: `momentum` where it is above 0 or has a schedule
 */
export function stateNames(optimizer: Optimizer): string[] {
  return run((kernels) => kernels.stateNames(specOf(optimizer)));
}

/** Arguments of {@link linear}. */
export interface LinearCall {
  /** `[batch, inFeatures]` */
  readonly input: Float32Array;
  /** `[outFeatures, inFeatures]` */
  readonly weights: Float32Array;
  /** `[outFeatures]`; absent: none. */
  readonly bias?: Float32Array;
  readonly batch: number;
  readonly inFeatures: number;
  readonly outFeatures: number;
  /** Weights are exactly -1 and 1, and kept as bits (on the CPU multiplied by table look-up). By default false. */
  readonly packed?: boolean;
  /** `[batch, outFeatures]`, overwritten; absent: a new array. */
  readonly output?: Float32Array;
  /** By default `"cpu"`. */
  readonly device?: KernelDevice;
  readonly threads?: number;
}

/**
 * Fully connected layer: `output[b][o] = sum_i input[b][i] weights[o][i] (+ bias[o])`.
 *
 * @returns the output `[batch, outFeatures]`
 */
export function linear({ threads = defaultThreads(), ...call }: LinearCall): Float32Array {
  const output = call.output ?? new Float32Array(call.batch * call.outFeatures);
  run((kernels) => kernels.linear({ ...call, output, threads }));
  return output;
}

/** Arguments of {@link linearGradients}. */
export interface LinearGradientsCall {
  /** `[batch, inFeatures]` */
  readonly input: Float32Array;
  /** `[outFeatures, inFeatures]` */
  readonly weights: Float32Array;
  /** `[batch, outFeatures]` */
  readonly outputGradient: Float32Array;
  readonly batch: number;
  readonly inFeatures: number;
  readonly outFeatures: number;
  /** Weights are exactly -1 and 1, and the input gradient multiplies by them as bits. By default false. */
  readonly packed?: boolean;
  /** `[batch, inFeatures]`, overwritten; absent: not computed. */
  readonly inputGradient?: Float32Array;
  /** `[outFeatures, inFeatures]`, overwritten; absent: not computed. */
  readonly weightGradient?: Float32Array;
  /** `[outFeatures]`, overwritten; absent: not computed. */
  readonly biasGradient?: Float32Array;
  /** By default `"cpu"`. */
  readonly device?: KernelDevice;
  readonly threads?: number;
}

/**
 * Gradients of {@link linear}, summed over the batch: `inputGradient = outputGradient weights`,
 * `weightGradient = outputGradient^T input`, `biasGradient[o] = sum_b outputGradient[b][o]`.
 */
export function linearGradients({ threads = defaultThreads(), ...call }: LinearGradientsCall): void {
  run((kernels) => kernels.linearGradients({ ...call, threads }));
}

/** Sizes of a convolution over images `[channels, rows, columns]`; beyond their edges images are zero. */
export interface ConvSizes {
  readonly batch: number;
  readonly inChannels: number;
  readonly outChannels: number;
  /** Rows of the input. */
  readonly height: number;
  /** Columns of the input. */
  readonly width: number;
  readonly kernelHeight: number;
  readonly kernelWidth: number;
  /** By default 1. */
  readonly strideHeight?: number;
  /** By default 1. */
  readonly strideWidth?: number;
  /** Rows of zeros above and below the input; by default 0. */
  readonly paddingHeight?: number;
  /** Columns of zeros left and right of the input; by default 0. */
  readonly paddingWidth?: number;
}

const convDefaults = { strideHeight: 1, strideWidth: 1, paddingHeight: 0, paddingWidth: 0 } as const;

/**
 * Rows and columns of a convolution's output: `floor((size + 2 padding - kernel) / stride) + 1`.
 *
 * @example
 * convOutputSize({ batch: 1, inChannels: 3, outChannels: 8, height: 32, width: 32, kernelHeight: 3, kernelWidth: 3 }); // [30, 30]
 */
export function convOutputSize(sizes: ConvSizes): readonly [height: number, width: number] {
  const { height, width, kernelHeight, kernelWidth, ...rest } = { ...convDefaults, ...sizes };
  return [
    Math.floor((height + 2 * rest.paddingHeight - kernelHeight) / rest.strideHeight) + 1,
    Math.floor((width + 2 * rest.paddingWidth - kernelWidth) / rest.strideWidth) + 1,
  ];
}

/** Arguments of {@link conv2d}. */
export interface Conv2dCall extends ConvSizes {
  /** `[batch, inChannels, height, width]` */
  readonly input: Float32Array;
  /** `[outChannels, inChannels, kernelHeight, kernelWidth]` */
  readonly weights: Float32Array;
  /** `[outChannels]`; absent: none. */
  readonly bias?: Float32Array;
  /** Weights are exactly -1 and 1, and kept as bits (on the CPU multiplied by table look-up). By default false. */
  readonly packed?: boolean;
  /** `[batch, outChannels, rows, columns]` with {@link convOutputSize}, overwritten; absent: a new array. */
  readonly output?: Float32Array;
  /** By default `"cpu"`. */
  readonly device?: KernelDevice;
  readonly threads?: number;
}

/**
 * 2-d convolution (cross-correlation, as deep learning has it), with stride s and padding p:
 * `output[b][o][r][c] = sum over i, kr, kc of weights[o][i][kr][kc] input[b][i][r s - p + kr][c s - p + kc] (+ bias[o])`.
 *
 * Pixels beyond the edges are left out of the sum. An infinite input makes the outputs that its taps reach infinite, or NaN
 * where infinities of both signs meet (on a CUDA device, NaN in any case that is not infinite); NaN reaches every channel of the outputs that its taps reach. Other samples and
 * outputs stay as they are.
 *
 * @returns the output `[batch, outChannels, rows, columns]`
 */
export function conv2d({ threads = defaultThreads(), ...call }: Conv2dCall): Float32Array {
  const sizes = { ...convDefaults, ...call };
  const output = call.output ?? new Float32Array(outputLength(sizes));
  run((kernels) => kernels.conv2d({ ...sizes, output, threads }));
  return output;
}

/** Zero where the sizes make none: native code then says what is wrong. */
function outputLength(sizes: ConvSizes): number {
  const [height, width] = convOutputSize(sizes);
  const length = sizes.batch * sizes.outChannels * height * width;
  return Number.isInteger(length) && length > 0 && length < 2 ** 31 ? length : 0;
}

/** Arguments of {@link conv2dGradients}. */
export interface Conv2dGradientsCall extends ConvSizes {
  /** `[batch, inChannels, height, width]` */
  readonly input: Float32Array;
  /** `[outChannels, inChannels, kernelHeight, kernelWidth]` */
  readonly weights: Float32Array;
  /** `[batch, outChannels, rows, columns]` with {@link convOutputSize} */
  readonly outputGradient: Float32Array;
  /** Weights are exactly -1 and 1, and the input gradient multiplies by them as bits. By default false. */
  readonly packed?: boolean;
  /** As `input`, overwritten; absent: not computed. */
  readonly inputGradient?: Float32Array;
  /** As `weights`, overwritten; absent: not computed. */
  readonly weightGradient?: Float32Array;
  /** `[outChannels]`, overwritten; absent: not computed. */
  readonly biasGradient?: Float32Array;
  /** By default `"cpu"`. */
  readonly device?: KernelDevice;
  readonly threads?: number;
}

/**
 * Gradients of {@link conv2d}, summed over the batch: of the input, of the weights and of the bias. The input gradient is
 * also the forward pass of a transposed convolution, from `outputGradient` to `inputGradient`.
 */
export function conv2dGradients({ threads = defaultThreads(), ...call }: Conv2dGradientsCall): void {
  run((kernels) => kernels.conv2dGradients({ ...convDefaults, ...call, threads }));
}

/** A method alone: it owns no parameters here. */
function specOf(optimizer: Optimizer): { readonly type: string; readonly [option: string]: unknown } {
  const { parameters: _, ...spec } = optimizer.toSpec([]);
  return spec as { readonly type: string; readonly [option: string]: unknown };
}

function run<T>(call: (kernels: NativeKernels) => T): T {
  try {
    return call(loadAddon().kernels);
  } catch (error) {
    throw fromNative(error);
  }
}
