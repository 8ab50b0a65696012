/**
 * Where windows of `window` pixels begin so that they cover an axis of `size` pixels: as few as overlap by `overlap` or more,
 * the first at its beginning, the last at its end, the others evenly between. A window that is longer than the axis is the
 * only one, with the axis in its middle.
 */
export function tileStarts(size: number, window: number, overlap: number): number[] {
  if (window >= size) return [0 - Math.floor((window - size) / 2)];
  const count = Math.ceil((size - overlap) / (window - overlap));
  return Array.from({ length: count }, (_, i) => Math.round((i * (size - window)) / (count - 1)));
}
