import { join, parse } from "node:path";
import { z } from "zod";

import { BayesBinnError } from "../../native/errors.js";
import { checkOptions } from "../../options/check.js";
import type { Normalization } from "../dataset.js";
import { isFolder } from "../exists.js";
import { folderOption } from "../folder-option.js";
import { formatError } from "../format-error.js";
import { filesIn } from "../images/files-in.js";
import { imageFolderOptions } from "../images/image-folder.js";
import type { DatasetPair, NamedDataset } from "../named-dataset.js";
import { type MaskedImage, readMaskedImages } from "./read-masks.js";
import { checkTileChoice, inTiles, type TileChoice, tileChoice } from "./tile-choice.js";

const name = "mask-folder";

/** Options of {@link loadMaskFolder}. */
export const maskFolderOptions = z.strictObject({
  folder: folderOption.describe("folder with train/images, train/masks, test/images and test/masks, PNG or JPEG"),
  channels: imageFolderOptions.shape.channels,
  classValues: z
    .array(z.int().min(0).max(255))
    .min(2)
    .refine((values) => new Set(values).size === values.length, {
      error: "grey values that differ",
      params: { code: "ERR_OPTION_RANGE" },
    })
    .optional()
    .describe("Grey value of each class in the masks; default: those of the training masks, from dark to bright"),
  normalization: imageFolderOptions.shape.normalization,
  ...tileChoice,
});

/** What {@link loadMaskFolder} takes. */
export interface MaskFolderOptions extends TileChoice {
  readonly folder: string;
  readonly channels?: 1 | 3;
  readonly classValues?: readonly number[];
  readonly normalization?: Normalization;
}

/**
 * Images of your own with a class for each pixel: `train/images/<name>`, `train/masks/<name>`, and the same in `test`, PNG or
 * JPEG. Image and mask have the same name up to the ending, and the same size; all have the size of the first.
 *
 * Masks are grey images in which every class has a value; use PNG, since JPEG blurs the values. Images stay bytes and are
 * normalised when a batch is gathered. All are in memory afterwards.
 *
 * ```ts
 * const { train, test } = await loadMaskFolder({ folder: "data/cells", tile: [188, 188], margin: 44 });
 * train.tiling?.images.length; // whole images
 * ```
 *
 * Options:
 * - `folder`: the folder. Required.
 * - `channels`: `1` for luminance, `3` for red, green, blue; images are converted. Default: what the first training image
 *   has, which all others must have.
 * - `classValues`: the grey value of each class in the masks, 0..255; the position is the label. Default: the grey values that
 *   the training masks have, from dark to bright.
 * - `normalization`: network input = (pixel * scale - mean[c]) / std[c], with one entry a channel or one for all.
 *   Default: `{ scale: 1 / 255, mean: [0.5], std: [0.5] }`, which is -1 for black and 1 for white.
 * - `tile`, `margin`, `overlap`: cut images and masks into tiles, as `tileDataset` does with the options `size`, `margin` and
 *   `overlap`. Default: whole images, `0` and `0`.
 *
 * Shapes: inputs `[length, channels, rows, columns]`, targets `[length, rows, columns]`, labels from 0 on.
 *
 * Errors: `ERR_DATASET_MISSING` for a folder that is not there; `ERR_DATASET_FORMAT` with the file that is no image, has no
 * mask, the name of another, another size, or a grey value that is no class; `ERR_BINDING_LOAD` without the decoder;
 * `ERR_OPTION_UNKNOWN`, `ERR_OPTION_TYPE` and `ERR_OPTION_RANGE` for bad options.
 */
export async function loadMaskFolder(options: MaskFolderOptions): Promise<DatasetPair> {
  const { folder, tile, margin, overlap, ...rest } = checkOptions(maskFolderOptions, options, "loadMaskFolder");
  checkTileChoice("loadMaskFolder", { tile, margin, overlap });
  const parts = { train: await pairsIn(folder, "train"), test: await pairsIn(folder, "test") };
  return inTiles(await readMaskedImages({ name, ...rest }, parts), { tile, margin, overlap });
}

async function pairsIn(folder: string, part: string): Promise<MaskedImage[]> {
  const [images, masks] = [await filesOf(folder, part, "images"), await filesOf(folder, part, "masks")];
  for (const files of [images, masks]) checkNames(files);
  const maskOf = new Map(masks.map((file) => [parse(file).name, file]));
  const pairs = images.map((image) => {
    const { name: stem } = parse(image);
    const mask = maskOf.get(stem);
    if (mask === undefined)
      throw formatError(image, 0, `has no mask of the name ${stem} in ${join(folder, part, "masks")}`);
    maskOf.delete(stem);
    return { name: stem, image, mask };
  });
  const [left] = maskOf.values();
  if (left !== undefined) throw formatError(left, 0, `has no image of its name in ${join(folder, part, "images")}`);
  return pairs;
}

/** Which of two files of one name belongs to the other folder's, nothing says. */
function checkNames(files: readonly string[]): void {
  const known = new Map<string, string>();
  for (const file of files) {
    const { name: stem } = parse(file);
    const other = known.get(stem);
    if (other !== undefined)
      throw formatError(file, 0, `has the name of ${other} up to the ending, accepted: one of them`);
    known.set(stem, file);
  }
}

async function filesOf(folder: string, part: string, kind: "images" | "masks"): Promise<readonly string[]> {
  const path = join(folder, part, kind);
  if (!(await isFolder(path))) {
    const accepted = "a folder with train/images, train/masks, test/images and test/masks";
    const message = `${name}: ${path}: no such folder, accepted: ${accepted}`;
    throw new BayesBinnError("ERR_DATASET_MISSING", message, { dataset: name, folder, missing: [join(part, kind)] });
  }
  return filesIn(path);
}

/** Images with masks of the user in the list of data sets. */
export const maskFolder: NamedDataset<typeof maskFolderOptions> = {
  name,
  description:
    "your own images with a class for each pixel in train/images, train/masks and the same in test (option folder)",
  options: maskFolderOptions,
  load: (options) => loadMaskFolder(options as unknown as MaskFolderOptions),
};
