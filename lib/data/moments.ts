/** Of some numbers. */
export interface Moments {
  readonly mean: number;
  /** With divisor n - 1. */
  readonly std: number;
}

/** Mean and standard deviation of two numbers or more. */
export function moments(values: ArrayLike<number>): Moments {
  const { length } = values;
  let sum = 0;
  for (let i = 0; i < length; i++) sum += values[i]!;
  const mean = sum / length;
  let squares = 0;
  for (let i = 0; i < length; i++) squares += (values[i]! - mean) ** 2;
  return { mean, std: Math.sqrt(squares / (length - 1)) };
}
