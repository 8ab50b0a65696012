import * as assert from "uvu/assert";

type Numbers = ArrayLike<number>;

/** Fails unless both arrays hold the same bits, NaN and signed zeros included. */
export function sameBits(actual: Float32Array, expected: Float32Array, what: string): void {
  assert.is(actual.length, expected.length, `${what}: lengths ${actual.length} and ${expected.length}`);
  const [left, right] = [words(actual), words(expected)];
  const at = left.findIndex((word, i) => word !== right[i]);
  if (at >= 0) throw new Error(`${what}: entry ${at} of ${actual.length} is ${actual[at]}, expected ${expected[at]}`);
}

/** Whether both arrays hold the same bits. */
export function equalBits(left: Float32Array, right: Float32Array): boolean {
  const [a, b] = [words(left), words(right)];
  return a.length === b.length && a.every((word, i) => word === b[i]);
}

function words(values: Float32Array): Uint32Array {
  return new Uint32Array(Float32Array.from(values).buffer);
}

/**
 * Fails unless every entry is within its tolerance of what is expected.
 *
 * @param tolerance one for all entries, or one an entry
 */
export function close(actual: Numbers, expected: Numbers, tolerance: number | Numbers, what: string): void {
  assert.is(actual.length, expected.length, `${what}: lengths ${actual.length} and ${expected.length}`);
  for (let i = 0; i < expected.length; i++) {
    const limit = typeof tolerance === "number" ? tolerance : tolerance[i]!;
    // Written so that a NaN on either side fails.
    if (Math.abs(actual[i]! - expected[i]!) <= limit) continue;
    throw new Error(`${what}: entry ${i} is ${actual[i]}, expected ${expected[i]} within ${limit}`);
  }
}

/** Distance between neighbouring float32 numbers at 1. */
export const epsilon32 = 2 ** -23;
