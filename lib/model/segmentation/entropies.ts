/**
 * Entropy of the prediction at each pixel, `-sum_k p_k log p_k` in nats, 0 where `p_k` is 0. `[classes, pixels]` to
 * `[pixels]`.
 */
export function entropies(probabilities: Float32Array, classes: number): Float32Array {
  const pixels = probabilities.length / classes;
  return Float32Array.from({ length: pixels }, (_, pixel) => {
    let sum = 0;
    for (let k = 0; k < classes; k++) {
      const p = probabilities[k * pixels + pixel]!;
      if (p > 0) sum -= p * Math.log(p);
    }
    // Of rounded probabilities the sum leaves its range by a rounding error.
    return Math.min(Math.max(sum, 0), Math.log(classes));
  });
}
