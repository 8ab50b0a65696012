import type { Picture } from "../../io/write-png.js";

/** Grey between pictures, which stands out from black and white ones. */
const gapValue = 128;

/** Pictures of one height from left to right with a gap between; in colour where one of them is. */
export function sideBySide(pictures: readonly Picture[]): Picture {
  const rows = pictures[0]!.rows;
  const channels = pictures.some((picture) => picture.channels === 3) ? 3 : 1;
  const gap = Math.max(2, Math.round(rows / 64));
  const columns = pictures.reduce((sum, picture) => sum + picture.columns + gap, -gap);
  const pixels = new Uint8Array(rows * columns * channels).fill(gapValue);
  let left = 0;
  for (const picture of pictures) {
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < picture.columns; column++) {
        const from = (row * picture.columns + column) * picture.channels;
        const to = (row * columns + left + column) * channels;
        for (let k = 0; k < channels; k++) pixels[to + k] = picture.pixels[from + (k % picture.channels)]!;
      }
    }
    left += picture.columns + gap;
  }
  return { rows, columns, channels, pixels };
}
