/**
 * A small seeded generator (mulberry32) for test data: on purpose not the generator under test.
 *
 * @returns uniforms in [0, 1)
 */
export function generator(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** `count` float32 values, uniform in `[low, high)`. */
export function randomFloats(count: number, seed: number, low = -1, high = 1): Float32Array {
  const next = generator(seed);
  return Float32Array.from({ length: count }, () => low + (high - low) * next());
}

/** `count` values of -1 and +1. */
export function randomSigns(count: number, seed: number): Float32Array {
  const next = generator(seed);
  return Float32Array.from({ length: count }, () => (next() < 0.5 ? -1 : 1));
}

/** `count` class labels in `0..classes-1`. */
export function randomLabels(count: number, classes: number, seed: number): Int32Array {
  const next = generator(seed);
  return Int32Array.from({ length: count }, () => Math.floor(next() * classes));
}
