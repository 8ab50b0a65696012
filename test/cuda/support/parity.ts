/** The same calls on the CPU and on the CUDA device. */
import * as assert from "uvu/assert";
import type { NativeSession, ReplayCall, ReplayResult } from "../../../lib/native/contract.js";
import { close, sameBits } from "../../native/support/compare.js";
import { unfused } from "./unfused.js";

type Numbers = ArrayLike<number>;

/**
 * Of a tensor's largest entry, after a few layers. Both devices are exact to some 2^-23 of what they sum up, in orders of
 * their own; normalising divides by what is smaller than the values by ten or so, and a dozen of these add up.
 */
export const layerTolerance = 3e-5;

/**
 * Fails unless entries are finite and differ by at most `tolerance` times the largest expected size, or of `floor`: where
 * values cancel out, as gradients before a normalisation do, what is left has the errors of what was summed up: gradients of
 * size 1, or those of a loss, which is a mean over a batch of 32 at most.
 */
export function closeToLargest(
  actual: Numbers,
  expected: Numbers,
  what: string,
  { tolerance = layerTolerance, floor = 1 / 32 } = {},
): void {
  // Of a largest size without end everything is within the tolerance.
  assert.ok(Array.from(expected).every(Number.isFinite), `${what}: not finite on the CPU`);
  const largest = Array.from(expected).reduce((most, value) => Math.max(most, Math.abs(value)), floor);
  close(actual, expected, tolerance * largest, what);
}

/**
 * Fails unless both devices computed the same bits. Where the CPU fuses products with sums they may differ by some roundings
 * of 2^-24, which an exponential function or a logarithm makes a hundred times larger at most.
 */
export function sameFormula(actual: Float32Array, expected: Float32Array, what: string): void {
  if (unfused) sameBits(actual, expected, what);
  else closeToLargest(actual, expected, what, { tolerance: 1e-5 });
}

/** Results are close, and weights the same bits, unless they come from a step that either device computed. */
export function sameReplay(actual: ReplayResult, expected: ReplayResult, what: string, afterSteps = false): void {
  const sameWeights = afterSteps ? closeToLargest : sameFormula;
  for (const [i, values] of expected.weights.entries())
    sameWeights(actual.weights[i]!, values, `${what}: weights ${i}`);
  for (const kind of ["outputs", "inputGradients", "gradients"] as const) {
    for (const [i, values] of expected[kind].entries())
      closeToLargest(actual[kind][i]!, values, `${what}: ${kind} ${i}`);
  }
  // NaN where the call has gradients for targets.
  const unknown = (losses: Numbers) => Array.from(losses, Number.isNaN);
  assert.equal(unknown(actual.losses), unknown(expected.losses), `${what}: losses`);
  const known = (losses: Numbers) => Array.from(losses).filter((loss) => !Number.isNaN(loss));
  closeToLargest(known(actual.losses), known(expected.losses), `${what}: losses`);
}

/** Latents, optimizer state and statistics of two sessions, tensor by tensor. */
export async function closeStates(
  actual: NativeSession,
  expected: NativeSession,
  what: string,
  options: { readonly tolerance?: number; readonly floor?: number } = {},
): Promise<void> {
  const [left, right] = [await actual.getState("training"), await expected.getState("training")];
  for (const [i, { name, data }] of right.entries()) closeToLargest(left[i]!.data, data, `${what}: ${name}`, options);
}

/** Replays a call on both sessions. */
export async function replayBoth(
  cuda: NativeSession,
  cpu: NativeSession,
  call: ReplayCall,
  what: string,
  afterSteps = false,
): Promise<void> {
  sameReplay(await cuda.replay(call), await cpu.replay(call), what, afterSteps);
}
