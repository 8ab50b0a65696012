import * as assert from "uvu/assert";

const width = 64;
const sentinel = -12345.5;

/** A float array in the middle of a larger one, whose margins must stay as they are. */
export interface Guarded {
  readonly values: Float32Array;
  /** Fails where anything was written outside of {@link values}. */
  check(what: string): void;
}

/**
 * Memory between margins of a known value.
 *
 * @param fill first values; by default the sentinel as well, so that what a kernel leaves out shows
 */
export function guarded(length: number, fill: number | ArrayLike<number> = sentinel): Guarded {
  // An odd start, so that no kernel can count on alignment.
  const whole = new Float32Array(length + 2 * width + 1).fill(sentinel);
  const values = whole.subarray(width + 1, width + 1 + length);
  if (typeof fill === "number") values.fill(fill);
  else values.set(fill);
  return {
    values,
    check(what) {
      const outside = [...whole.subarray(0, width + 1), ...whole.subarray(width + 1 + length)];
      assert.ok(
        outside.every((value) => value === sentinel),
        `${what}: values beside the array were overwritten`,
      );
    },
  };
}
