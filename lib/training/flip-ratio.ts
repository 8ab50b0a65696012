import { sizeOf } from "../layers/shape.js";
import type { SessionDescription } from "../native/contract.js";

/**
 * `{ flipRatio }`: the share of binary weights whose mode changed in a step, mean over `steps` steps with `flips` changes in
 * all. Empty for a network without binary weights.
 */
export function flipRatioOf(
  flips: number,
  steps: number,
  { parameters }: SessionDescription,
): { readonly flipRatio?: number } {
  const binary = parameters.filter(({ kind }) => kind === "binary");
  const weights = binary.reduce((total, { shape }) => total + sizeOf(shape), 0);
  return weights === 0 ? {} : { flipRatio: flips / (steps * weights) };
}
