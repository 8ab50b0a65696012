import { readFile } from "node:fs/promises";
import { loadSharp } from "../../io/load-sharp.js";
import { formatError } from "../format-error.js";
import { imageFormat } from "./image-format.js";

/** What every image of a data set becomes. */
export interface ImageTarget {
  readonly rows: number;
  readonly columns: number;
  readonly channels: 1 | 3;
}

/** An image in 8 bits a channel, the channels of a pixel side by side. */
export interface DecodedImage extends ImageTarget {
  readonly pixels: Uint8Array;
}

/** What is wanted of an image; what is left out stays as it is in the file. */
export interface DecodeOptions {
  /** Rows, columns: the image is scaled to cover them, and what sticks out on both sides is cut off. */
  readonly size?: readonly number[] | undefined;
  readonly channels?: 1 | 3 | undefined;
}

/**
 * Reads a PNG or JPEG file as it is to be seen: turned upright as its EXIF data say, in sRGB or grey, transparent parts on
 * black, 16 bits a channel reduced to the upper 8. Of files with several pictures it takes the first.
 *
 * Errors: `ERR_DATASET_FORMAT` with the file where it is no image or damaged; `ERR_BINDING_LOAD` without the decoder.
 */
export async function decodeImage(file: string, { size, channels }: DecodeOptions): Promise<DecodedImage> {
  const sharp = await loadSharp();
  const bytes = await readFile(file).catch((cause: Error) => {
    throw formatError(file, 0, `cannot be read: ${cause.message}`, { cause });
  });
  if (imageFormat(bytes) === undefined) throw formatError(file, 0, "is no image, accepted: PNG and JPEG");
  try {
    const image = sharp(bytes).autoOrient().flatten({ background: "black" });
    const { space } = await image.metadata();
    const isGrey = space === "b-w" || space === "grey16";
    const wanted = channels ?? (isGrey ? 1 : 3);
    if (size !== undefined) image.resize({ height: size[0]!, width: size[1]!, fit: "cover" });
    // Grey is read as three equal channels: the way to one goes through a colour space that rounds 16 bits otherwise.
    image.toColourspace(wanted === 1 && !isGrey ? "b-w" : "srgb");
    const { data, info } = await image.raw({ depth: "uchar" }).toBuffer({ resolveWithObject: true });
    const pixels = info.channels === wanted ? data : data.filter((_, at) => at % info.channels === 0);
    return { rows: info.height, columns: info.width, channels: wanted, pixels };
  } catch (cause) {
    throw formatError(file, 0, `cannot be decoded: ${(cause as Error).message.split("\n")[0]}`, { cause });
  }
}
