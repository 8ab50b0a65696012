/** Half a last bit of a float32 near 1: what one operation rounds. */
export const unit = 2 ** -24;

/** 1 - tanh(x)^2 without cancellation. */
export function sech2(x: number): number {
  return 1 / Math.cosh(x) ** 2;
}

/**
 * Where a float32 `1 - tanh(x)^2` can lie whose x is off by `xError`: the tanh may miss its last bit, which the square
 * doubles, and both round; the derivative of sech^2 is at most 2 sech^2. From 9.5 on it is 0, whoever computes it.
 */
export function recordedRange(x: number, xError: number): { low: number; high: number } {
  if (Math.abs(x) >= 9.5) return { low: 0, high: 0 };
  const off = 3.5 * unit + 2 * sech2(x) * xError;
  return { low: Math.max(0, sech2(x) - off), high: sech2(x) + off };
}

/** Where the vectors mark a 1 - tanh(x)^2 as sensitive to the last bit of the tanh: it has 0-13 significant bits. */
export function isSensitive(x: number): boolean {
  return Math.abs(x) > 4.5 && Math.abs(x) < 9.5;
}

/** log(u / (1 - u)) / 2 */
export function halfLogit(u: number): number {
  return Math.log(u / (1 - u)) / 2;
}

/** How far float32 moves (lambda + halfLogit(u)) / temperature: quotient, logarithm, sum and quotient round. */
export function argumentError(lambda: number, u: number, temperature: number): number {
  return (4 * unit * (1 + Math.abs(lambda) + Math.abs(halfLogit(u)))) / temperature;
}
