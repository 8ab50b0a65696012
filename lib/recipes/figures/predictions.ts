import type { Model } from "../../model/model.js";

/** Predictions over draws of the weights, one number an output of a sample. */
export interface Draws {
  /** With the most probable weights. */
  readonly mode: Float32Array;
  readonly mean: Float32Array;
  /** Over the draws (divisor n); 0 everywhere for a method without a posterior. */
  readonly std: Float32Array;
  readonly samples: number;
}

interface DrawOptions {
  readonly samples: number;
  readonly signal?: AbortSignal;
}

/** The mean of what `predict` returns. */
export function meanOf(prediction: Float32Array | { readonly mean: Float32Array }): Float32Array {
  return prediction instanceof Float32Array ? prediction : prediction.mean;
}

/** Mode, mean and standard deviation of the predictions for network inputs, by Welford's recurrence over single draws. */
export async function drawsOf(
  model: Model,
  inputs: Float32Array,
  { samples, ...options }: DrawOptions,
): Promise<Draws> {
  const mode = meanOf(await model.predict(inputs, options));
  const mean = new Float64Array(mode.length);
  const squares = new Float64Array(mode.length);
  for (let draw = 0; draw < samples; draw++) {
    const values = meanOf(await model.predict(inputs, { ...options, samples: 1, seed: draw }));
    values.forEach((value, index) => {
      const before = value - mean[index]!;
      mean[index]! += before / (draw + 1);
      squares[index]! += before * (value - mean[index]!);
    });
  }
  return {
    mode,
    mean: Float32Array.from(mean),
    std: Float32Array.from(squares, (sum) => Math.sqrt(sum / samples)),
    samples,
  };
}

/** Whether draws of the weights differ at all. */
export function hasPosterior({ std }: Draws): boolean {
  return std.some((value) => value > 0);
}
