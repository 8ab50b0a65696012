import type { Dataset, Normalization } from "../dataset.js";
import { formatError } from "../format-error.js";
import { checkChannels, checkSize } from "../images/check-alike.js";
import { type DecodedImage, decodeImage, type ImageTarget } from "../images/decode-image.js";
import { toPlanes } from "../images/planes.js";
import { sharedBytes } from "../shared-bytes.js";

/** Images that are decoded at once. */
const AT_ONCE = 32;

/** An image file with the file of its mask. */
export interface MaskedImage {
  /** Of the image, without the ending. */
  readonly name: string;
  readonly image: string;
  readonly mask: string;
}

/** What all images of a data set have in common. */
export interface MaskedImages {
  readonly name: string;
  readonly normalization: Normalization;
  readonly channels?: 1 | 3 | undefined;
  /** Grey value of each class in masks; absent: those of the first part that is read, from dark to bright. */
  readonly classValues?: readonly number[] | undefined;
  readonly classNames?: readonly string[] | undefined;
}

/**
 * Images with a class for each pixel as data sets, one a part. All images have the size and the channels of the first.
 *
 * Errors: `ERR_DATASET_FORMAT` with the file: no image, damaged, of another size than the first or than its mask, and for grey
 * values of masks that are no class; `ERR_BINDING_LOAD`, `ERR_OUT_OF_MEMORY`.
 */
export async function readMaskedImages(
  { name, normalization, channels, classValues, classNames }: MaskedImages,
  parts: Readonly<Record<"train" | "test", readonly MaskedImage[]>>,
): Promise<{ readonly train: Dataset; readonly test: Dataset }> {
  const first = await decodeImage(parts.train[0]!.image, { channels });
  const masks = { train: await readMasks(parts.train, first), test: await readMasks(parts.test, first) };
  const values = classValues ?? greyValuesOf(masks.train);
  if (values.length < 2) {
    throw formatError(
      parts.train[0]!.mask,
      0,
      `masks have one grey value, ${values[0]}; accepted: two classes or more`,
    );
  }
  const read = async (part: "train" | "test"): Promise<Dataset> => {
    const files = parts[part];
    const { rows, columns } = first;
    return {
      name: `${name}.${part}`,
      length: files.length,
      sampleShape: [first.channels, rows, columns],
      inputs: await readImages(files, first, channels),
      normalization,
      targets: labelsOf(masks[part], files, values),
      targetWidth: rows * columns,
      targetShape: [rows, columns],
      classes: values.length,
      ...(classNames !== undefined && { classNames }),
      tiling: {
        images: files.map((file) => ({ rows, columns, name: file.name })),
        tiles: files.map((_, image) => ({ image, row: 0, column: 0 })),
      },
    };
  };
  return { train: await read("train"), test: await read("test") };
}

async function readMasks(files: readonly MaskedImage[], first: ImageTarget): Promise<Uint8Array[]> {
  const masks: Uint8Array[] = [];
  for await (const [file, mask] of decoded(
    files.map(({ mask }) => mask),
    1,
  )) {
    checkSize(file, mask, first);
    masks.push(mask.pixels);
  }
  return masks;
}

async function readImages(
  files: readonly MaskedImage[],
  first: ImageTarget,
  channels: 1 | 3 | undefined,
): Promise<Uint8Array> {
  const size = first.channels * first.rows * first.columns;
  const inputs = sharedBytes(files[0]!.image, files.length * size);
  let at = 0;
  for await (const [file, image] of decoded(
    files.map(({ image }) => image),
    channels,
  )) {
    checkSize(file, image, first);
    checkChannels(file, image, first);
    toPlanes(image.pixels, image.channels, inputs, at);
    at += size;
  }
  return inputs;
}

/** The images of files in their order, of which some are decoded at once. */
async function* decoded(
  files: readonly string[],
  channels: 1 | 3 | undefined,
): AsyncGenerator<readonly [file: string, image: DecodedImage]> {
  for (let start = 0; start < files.length; start += AT_ONCE) {
    const group = files.slice(start, start + AT_ONCE);
    const images = await Promise.all(group.map((file) => decodeImage(file, { channels })));
    for (const [index, image] of images.entries()) yield [group[index]!, image];
  }
}

function greyValuesOf(masks: readonly Uint8Array[]): number[] {
  const seen = new Uint8Array(256);
  for (const mask of masks) for (const value of mask) seen[value] = 1;
  return Array.from(seen.keys()).filter((value) => seen[value] === 1);
}

function labelsOf(masks: readonly Uint8Array[], files: readonly MaskedImage[], values: readonly number[]): Int32Array {
  const size = masks[0]!.length;
  const labelOf = new Int32Array(256).fill(-1);
  values.forEach((value, label) => {
    labelOf[value] = label;
  });
  const labels = new Int32Array(masks.length * size);
  masks.forEach((mask, index) => {
    for (let pixel = 0; pixel < size; pixel++) {
      const label = labelOf[mask[pixel]!]!;
      if (label < 0) {
        const problem = `grey value ${mask[pixel]} at pixel ${pixel} is no class, accepted: ${values.join(", ")}`;
        throw formatError(files[index]!.mask, 0, `${problem}; give the option \`classValues\``);
      }
      labels[index * size + pixel] = label;
    }
  });
  return labels;
}
