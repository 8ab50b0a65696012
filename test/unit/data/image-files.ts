import sharp from "sharp";

/** Pixels of an image of one colour, or made by `value` from row, column and channel. */
export function pixels(
  rows: number,
  columns: number,
  channels: number,
  value: (row: number, column: number, channel: number) => number,
): Uint8Array {
  return Uint8Array.from({ length: rows * columns * channels }, (_, index) => {
    const pixel = Math.floor(index / channels);
    return value(Math.floor(pixel / columns), pixel % columns, index % channels);
  });
}

type Size = readonly [rows: number, columns: number, channels: number];

/** A PNG file of these pixels. */
export function png(data: Uint8Array, [height, width, channels]: Size): Promise<Buffer> {
  return sharp(data, { raw: { width, height, channels: channels as 3 } })
    .toColourspace(channels === 1 ? "b-w" : "srgb")
    .png()
    .toBuffer();
}

/** A JPEG file of these pixels, at the best quality. */
export function jpeg(data: Uint8Array, [height, width, channels]: Size): Promise<Buffer> {
  return sharp(data, { raw: { width, height, channels: channels as 3 } })
    .jpeg({ quality: 100, chromaSubsampling: "4:4:4" })
    .toBuffer();
}
