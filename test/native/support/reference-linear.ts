/** A fully connected layer and what flows into it; all matrices are row-major. */
export interface LinearProblem {
  readonly batch: number;
  readonly inFeatures: number;
  readonly outFeatures: number;
  readonly input: ArrayLike<number>;
  readonly weights: ArrayLike<number>;
  readonly bias?: ArrayLike<number>;
  readonly outputGradient: ArrayLike<number>;
}

/** Sums in float64. */
export interface Sums {
  readonly values: Float64Array;
  /** Sum of the terms' sizes: what rounding errors grow with. */
  readonly sizes: Float64Array;
}

/** rows x columns sums over k of `left(row, k) * right(column, k)`, plus `start(column)`. */
function product(
  [rows, columns, terms]: readonly [number, number, number],
  left: (row: number, k: number) => number,
  right: (column: number, k: number) => number,
  start: (column: number) => number = () => 0,
): Sums {
  const values = new Float64Array(rows * columns);
  const sizes = new Float64Array(rows * columns);
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < columns; c++) {
      let sum = start(c);
      let size = Math.abs(sum);
      for (let k = 0; k < terms; k++) {
        const term = left(r, k) * right(c, k);
        sum += term;
        size += Math.abs(term);
      }
      values[r * columns + c] = sum;
      sizes[r * columns + c] = size;
    }
  }
  return { values, sizes };
}

/** output[b][o] = sum_i input[b][i] weights[o][i] (+ bias[o]) */
export function linearReference(problem: LinearProblem): { readonly output: Sums } {
  const { batch, inFeatures, outFeatures, input, weights, bias } = problem;
  const output = product(
    [batch, outFeatures, inFeatures],
    (b, i) => input[b * inFeatures + i]!,
    (o, i) => weights[o * inFeatures + i]!,
    (o) => bias?.[o] ?? 0,
  );
  return { output };
}

/** Gradients of a scalar whose gradient with respect to the output is `outputGradient`. */
export function linearGradientsReference(problem: LinearProblem): {
  readonly inputGradient: Sums;
  readonly weightGradient: Sums;
  readonly biasGradient: Sums;
} {
  const { batch, inFeatures, outFeatures, input, weights, outputGradient } = problem;
  const gradientAt = (b: number, o: number) => outputGradient[b * outFeatures + o]!;
  return {
    inputGradient: product([batch, inFeatures, outFeatures], gradientAt, (i, o) => weights[o * inFeatures + i]!),
    weightGradient: product(
      [outFeatures, inFeatures, batch],
      (o, b) => gradientAt(b, o),
      (i, b) => input[b * inFeatures + i]!,
    ),
    biasGradient: product(
      [1, outFeatures, batch],
      () => 1,
      (o, b) => gradientAt(b, o),
    ),
  };
}
