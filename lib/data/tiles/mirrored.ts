/** The place in 0..size-1 that a place beyond the edges shows in mirrors that stand on the outermost pixels. */
export function mirrored(place: number, size: number): number {
  if (size === 1) return 0;
  const period = 2 * (size - 1);
  const at = Math.abs(place) % period;
  return at < size ? at : period - at;
}
