/** Number of values of a shape: the product of its axes. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, axis) => product * axis, 1);
}

/** `[1, 28, 28]` as messages write it. */
export function showShape(shape: readonly number[]): string {
  return `[${shape.join(", ")}]`;
}
