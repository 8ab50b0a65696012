import type { NativeSession, ReplayCall, ReplayResult } from "../../../lib/native/contract.js";
import { generator } from "./random.js";

/**
 * Step of the differences. The four-point formula is off by step^4 / 30 times the fifth derivative, 2e-9 here, and by the
 * rounding of float32 results, some 2^-23, divided by the step: 8e-6. Rounding rules, so that the step is rather large.
 */
export const step = 2 ** -6;

/** `count` values between -limit and limit on a grid of 2^-8: adding steps to them is exact in float32. */
export function gridValues(count: number, seed: number, limit = 2): Float32Array {
  const next = generator(seed);
  return Float32Array.from({ length: count }, () => Math.round((2 * next() - 1) * limit * 256) / 256);
}

/** d scalar / d values by central differences of fourth order, one value at a time. */
export async function numericalGradient(
  values: Float32Array,
  scalar: (values: Float32Array) => Promise<number>,
): Promise<Float64Array> {
  const gradient = new Float64Array(values.length);
  for (let i = 0; i < values.length; i++) {
    const at = (offset: number) => {
      const moved = values.slice();
      moved[i]! += offset;
      return scalar(moved);
    };
    const near = (await at(step)) - (await at(-step));
    const far = (await at(2 * step)) - (await at(-2 * step));
    gradient[i] = (8 * near - far) / (12 * step);
  }
  return gradient;
}

/** Analytical and numerical gradient of one array. */
export interface GradientPair {
  readonly what: string;
  readonly analytical: Float32Array;
  readonly numerical: Float64Array;
}

/**
 * Both gradients of a replay's scalar with respect to its inputs and to the weights of every optimizer.
 *
 * The scalar is the mean loss of the only weight sample; with `outputGradients` it is their product with the outputs,
 * summed in float64.
 */
export async function gradientPairs(session: NativeSession, call: ReplayCall): Promise<GradientPair[]> {
  const factors = call.outputGradients?.[0];
  const scalarOf = ({ losses, outputs }: ReplayResult) =>
    factors ? outputs[0]!.reduce((sum, output, i) => sum + output * factors[i]!, 0) : losses[0]!;
  const result = await session.replay(call);
  // Weights of the first pass, on the grid, stand for all of them from here on.
  const pairs: GradientPair[] = [
    {
      what: "input",
      analytical: result.inputGradients[0]!,
      numerical: await numericalGradient(call.inputs, async (inputs) =>
        scalarOf(await session.replay({ ...call, inputs })),
      ),
    },
  ];
  for (const [at, used] of (call.weights ?? []).entries()) {
    const numerical = await numericalGradient(used!, async (moved) =>
      scalarOf(await session.replay({ ...call, weights: call.weights!.with(at, moved) })),
    );
    pairs.push({ what: `weights ${at}`, analytical: result.gradients[at]!, numerical });
  }
  return pairs;
}
