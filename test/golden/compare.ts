import * as assert from "uvu/assert";

type Numbers = ArrayLike<number>;

/**
 * Largest difference over the largest entry of `expected` (over 1 where that is all zero). Sums are rounded relative to
 * their largest terms, so that entries which nearly cancel agree in absolute terms only.
 */
export function errorOf(actual: Numbers, expected: Numbers): number {
  assert.is(actual.length, expected.length, "lengths differ");
  let difference = 0;
  let largest = 0;
  for (let i = 0; i < expected.length; i++) {
    const apart = Math.abs(actual[i]! - expected[i]!);
    // A NaN is never the maximum of anything.
    if (Number.isNaN(apart)) return Number.POSITIVE_INFINITY;
    difference = Math.max(difference, apart);
    largest = Math.max(largest, Math.abs(expected[i]!));
  }
  return difference / (largest || 1);
}

/** Asserts that {@link errorOf} stays within `limit`. */
export function near(actual: Numbers, expected: Numbers, limit: number, what: string): void {
  const error = errorOf(actual, expected);
  assert.ok(error <= limit, `${what}: differs by ${error.toExponential(2)} of the largest entry, accepted: ${limit}`);
}

/** Asserts that each entry is on the same side of 0. */
export function sameSigns(actual: Numbers, expected: Numbers, what: string): void {
  assert.is(actual.length, expected.length, "lengths differ");
  let wrong = 0;
  for (let i = 0; i < expected.length; i++) if (Math.sign(actual[i]!) !== Math.sign(expected[i]!)) wrong++;
  assert.is(wrong, 0, `${what}: ${wrong} of ${expected.length} signs differ`);
}
