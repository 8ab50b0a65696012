/**
 * Puts an image whose channels lie side by side in each pixel, as decoders give it, into planes, as networks take it.
 *
 * Shapes: `pixels` is `[pixels, channels]`; `[channels, pixels]` is written to `out` from `at` on.
 */
export function toPlanes(pixels: Uint8Array, channels: number, out: Uint8Array, at: number): void {
  const size = pixels.length / channels;
  for (let channel = 0; channel < channels; channel++) {
    const start = at + channel * size;
    for (let i = 0; i < size; i++) out[start + i] = pixels[i * channels + channel] as number;
  }
}
