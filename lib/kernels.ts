/**
 * The native kernels one by one, on typed arrays and on the CPU: for scripting, profiling and tests.
 *
 * Every call is synchronous and checks the type and the length of each array; what does not fit is `ERR_OPTION_TYPE`,
 * `ERR_OPTION_RANGE` or `ERR_SHAPE_MISMATCH`. Matrices are row-major. `threads` is the number of compute threads, by default
 * one for each core; results do not depend on it. Options of an optimizer that wait for data (`trainSetSize: "auto"`)
 * stand for 1.
 *
 * @module
 */
import { loadAddon } from "./native/binding.js";
import type { DrawAddress, NativeKernels, StreamName } from "./native/contract.js";
import { fromNative } from "./native/errors.js";
import type { Optimizer } from "./optimizers/optimizer.js";
import { defaultThreads } from "./options/threads.js";

export type { DrawAddress, StreamName };

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
 * @returns `out`
 */
export function uniform(address: DrawAddress, out: Float32Array): Float32Array {
  run((kernels) => kernels.uniform(address, out));
  return out;
}

/** The order of `0..count-1` in which training visits its samples in `epoch` (from 0). */
export function permutation(count: number, seed: number, epoch: number): Uint32Array {
  return run((kernels) => kernels.permutation(count, seed, epoch));
}

/** Arguments of {@link sampleWeights}. */
export interface SampleWeightsCall {
  readonly optimizer: Optimizer;
  /** Latent weights `[n]`, such as the lambda of BayesBiNN. */
  readonly latent: Float32Array;
  /** Uniforms in (0, 1) `[n]`. Absent: drawn at `address`. */
  readonly noise?: Float32Array;
  /** Needed where `noise` is absent. */
  readonly address?: DrawAddress;
  /** `[n]`, overwritten; absent: a new array. */
  readonly weights?: Float32Array;
  readonly threads?: number;
}

/**
 * Weights of a training step: for BayesBiNN `tanh((lambda + log(u / (1 - u)) / 2) / temperature)`, the sign of the inner
 * sum at temperatures up to 1e-6, and `tanh(lambda)` with the estimator "mean"; for Adam the latent weights themselves.
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
  /** For each weight sample, the uniforms that its weights were drawn with `[n]`. */
  readonly noise: readonly Float32Array[];
  /** For each weight sample, d mean loss / d weights `[n]`. */
  readonly gradients: readonly Float32Array[];
  /** Number of this update, from 1: the t of the bias corrections. */
  readonly t: number;
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
 * Names of the arrays that a method keeps beside the latent weights: `momentum` (from 0) for BayesBiNN where it is above 0 or
 * has a schedule, with `staleMu` also `previous_lambda` (from lambda), with `perWeightPrior` also `prior`; `first_moment` and `second_moment` for Adam (from 0).
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
  /** `[batch, outFeatures]`, overwritten; absent: a new array. */
  readonly output?: Float32Array;
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
  /** `[batch, inFeatures]`, overwritten; absent: not computed. */
  readonly inputGradient?: Float32Array;
  /** `[outFeatures, inFeatures]`, overwritten; absent: not computed. */
  readonly weightGradient?: Float32Array;
  /** `[outFeatures]`, overwritten; absent: not computed. */
  readonly biasGradient?: Float32Array;
  readonly threads?: number;
}

/**
 * Gradients of {@link linear}, summed over the batch: `inputGradient = outputGradient weights`,
 * `weightGradient = outputGradient^T input`, `biasGradient[o] = sum_b outputGradient[b][o]`.
 */
export function linearGradients({ threads = defaultThreads(), ...call }: LinearGradientsCall): void {
  run((kernels) => kernels.linearGradients({ ...call, threads }));
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
