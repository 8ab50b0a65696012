import { z } from "zod";

import { checkOptions } from "../../options/check.js";
import type { Dataset, Normalization } from "../dataset.js";
import { folderOption } from "../folder-option.js";
import { formatError } from "../format-error.js";
import type { DatasetPair, NamedDataset } from "../named-dataset.js";
import { sharedBytes } from "../shared-bytes.js";
import { datasetFields } from "../validate.js";
import { checkChannels, checkSize } from "./check-alike.js";
import { type ClassFolder, classFolders } from "./class-folders.js";
import { type DecodeOptions, decodeImage, type ImageTarget } from "./decode-image.js";
import { toPlanes } from "./planes.js";

/** Images that are decoded at once. */
const AT_ONCE = 32;

/** Options of {@link loadImageFolder}. */
export const imageFolderOptions = z.strictObject({
  folder: folderOption.describe("folder with train/<class>/<image> and test/<class>/<image>, PNG or JPEG"),
  size: z
    .array(z.int().min(1).max(16384))
    .length(2)
    .meta({ accepted: "rows and columns: [32, 32]" })
    .optional()
    .describe("rows and columns that images are scaled to, cut where they are longer; default: all have one size"),
  channels: z
    .union([z.literal(1), z.literal(3)])
    .optional()
    .describe("1 for grey, 3 for colour, converted where needed; default: what the first image is"),
  normalization: datasetFields.normalization
    .default({ scale: 1 / 255, mean: [0.5], std: [0.5] })
    .describe("network input = (pixel * scale - mean[c]) / std[c]; default: from -1 (black) to 1 (white)"),
});

/** What {@link loadImageFolder} takes. */
export interface ImageFolderOptions {
  readonly folder: string;
  readonly size?: readonly [number, number];
  readonly channels?: 1 | 3;
  readonly normalization?: Normalization;
}

/**
 * Images of your own, in one folder a class: `train/<class>/<image>` and `test/<class>/<image>`, PNG or JPEG.
 *
 * Classes are numbered in the order of their names (by code units) in `train`; `test` must have no others. Images stay
 * bytes and are normalised when a batch is gathered. They are read as they are to be seen: upright as their EXIF data
 * say, transparent parts on black, 16 bits a channel reduced to the upper 8. All are in memory afterwards.
 *
 * ```ts
 * const { train, test } = await loadImageFolder({ folder: "data/leaves", size: [32, 32], channels: 3 });
 * train.classNames; // ["ash", "beech", "oak"]
 * ```
 *
 * Options:
 * - `folder`: the folder. Required.
 * - `size`: rows and columns; images are scaled to cover them, and what sticks out on both sides is cut off. Default: the
 *   size of the first training image, which all others must have, so that nothing is distorted unasked.
 * - `channels`: `1` for luminance, `3` for red, green, blue; images are converted. Default: what the first training image
 *   has, which all others must have.
 * - `normalization`: network input = (pixel * scale - mean[c]) / std[c], with one entry a channel or one for all.
 *   Default: `{ scale: 1 / 255, mean: [0.5], std: [0.5] }`, which is -1 for black and 1 for white.
 *
 * Shapes: inputs `[length, channels, rows, columns]`, targets `[length]`, labels from 0 on.
 *
 * Errors: `ERR_DATASET_MISSING` for a folder that is not there; `ERR_DATASET_FORMAT` with the file that is no image, is
 * damaged, or has another size or number of channels, and for classes without images; `ERR_BINDING_LOAD` without the
 * decoder; `ERR_OPTION_UNKNOWN`, `ERR_OPTION_TYPE` and `ERR_OPTION_RANGE` for bad options.
 */
export async function loadImageFolder(options: ImageFolderOptions): Promise<DatasetPair> {
  const { folder, normalization, ...wanted } = checkOptions(imageFolderOptions, options, "loadImageFolder");
  const [train, test] = [await classFolders(folder, "train"), await classFolders(folder, "test")];
  const classNames = train.map(({ name }) => name);
  for (const { name, files } of test) {
    if (classNames.includes(name)) continue;
    throw formatError(files[0]!, 0, `${name} is no class of train, accepted: ${classNames.join(", ")}`);
  }
  const first = await decodeImage(train[0]!.files[0]!, wanted);
  const common = { classes: classNames.length, classNames, normalization, targetWidth: 1 };
  const read = async (part: string, folders: readonly ClassFolder[]): Promise<Dataset> => {
    const samples = await readImages(folders, classNames, first, wanted);
    return {
      name: `image-folder.${part}`,
      sampleShape: [first.channels, first.rows, first.columns],
      ...samples,
      ...common,
    };
  };
  return { train: await read("train", train), test: await read("test", test) };
}

async function readImages(
  folders: readonly ClassFolder[],
  classNames: readonly string[],
  target: ImageTarget,
  wanted: DecodeOptions,
): Promise<Pick<Dataset, "length" | "inputs" | "targets">> {
  const images = folders.flatMap(({ name, files }) => files.map((file) => ({ file, label: classNames.indexOf(name) })));
  const size = target.channels * target.rows * target.columns;
  const inputs = sharedBytes(folders[0]!.files[0]!, images.length * size);
  for (let start = 0; start < images.length; start += AT_ONCE) {
    const group = images.slice(start, start + AT_ONCE);
    const decoded = await Promise.all(group.map(({ file }) => decodeImage(file, wanted)));
    for (const [index, image] of decoded.entries()) {
      const { file } = group[index]!;
      checkSize(file, image, target, "; give the option `size` to scale all to one size");
      checkChannels(file, image, target);
      toPlanes(image.pixels, image.channels, inputs, (start + index) * size);
    }
  }
  return { length: images.length, inputs, targets: Int32Array.from(images, ({ label }) => label) };
}

/** Images of the user in the list of data sets. */
export const imageFolder: NamedDataset<typeof imageFolderOptions> = {
  name: "image-folder",
  description: "your own PNG and JPEG images in train/<class> and test/<class> (option folder)",
  options: imageFolderOptions,
  load: (options) => loadImageFolder(options as unknown as ImageFolderOptions),
};
