import { writeFileAtomically } from "./atomic-write.js";
import { loadSharp } from "./load-sharp.js";

/** A picture of 8 bits a channel: grey, or red, green and blue side by side in each pixel. */
export interface Picture {
  readonly rows: number;
  readonly columns: number;
  readonly channels: 1 | 3;
  /** `[rows, columns, channels]`. */
  readonly pixels: Uint8Array;
}

/**
 * Writes a picture as PNG, complete or not at all; an existing file is replaced. Equal pixels give equal bytes.
 *
 * @throws BayesBinnError `ERR_OUTPUT`; `ERR_BINDING_LOAD` without the library that does it
 */
export async function writePng(path: string, { rows, columns, channels, pixels }: Picture): Promise<void> {
  const sharp = await loadSharp();
  const bytes = await sharp(pixels, { raw: { width: columns, height: rows, channels } })
    .toColourspace(channels === 1 ? "b-w" : "srgb")
    .png({ compressionLevel: 9 })
    .toBuffer();
  await writeFileAtomically(path, [bytes]);
}
