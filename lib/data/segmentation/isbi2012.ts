import { join } from "node:path";
import { z } from "zod";

import { BayesBinnError } from "../../native/errors.js";
import { checkOptions } from "../../options/check.js";
import { cachedFolder } from "../cache-folder.js";
import { exists } from "../exists.js";
import { folderAdvice, folderOption } from "../folder-option.js";
import type { DatasetPair, NamedDataset } from "../named-dataset.js";
import { type MaskedImage, readMaskedImages } from "./read-masks.js";
import { checkTileChoice, inTiles, type TileChoice, tileChoice } from "./tile-choice.js";

const name = "isbi2012";

/** Slices of the stack: the first ones train, the last ones test. */
const slices = { train: { first: 0, count: 24, stem: "train" }, test: { first: 24, count: 6, stem: "val" } } as const;

/** Options of {@link loadIsbi2012}. */
export const isbi2012Options = z.strictObject({
  folder: folderOption
    .optional()
    .describe(
      "folder with train_imgs, train_labels, val_imgs and val_labels; default: isbi2012 in the cache folder ($BAYESBINN_DATA)",
    ),
  ...tileChoice,
});

export interface Isbi2012Options extends TileChoice {
  readonly folder?: string;
}

/**
 * The labelled stack of the ISBI 2012 challenge: membranes of neurons in 30 slices of 512x512 pixels of electron microscopy, 24 to
 * train on and the last 6 to test with. These follow the others in the same volume. Class 1 is the inside of cells, 77 %
 * of the training and 80 % of the test pixels; class 0 is membrane.
 *
 * Images stay bytes; the network sees (pixel / 255 - 0.4908) / 0.1653: mean of the training pixels, and mean over the slices
 * of the standard deviation within one.
 *
 * ```ts
 * const { train, test } = await loadIsbi2012({ folder: "isbi2012", tile: [188, 188], margin: 44 });
 * train.length; // 864, 36 tiles a slice
 * ```
 *
 * Options:
 * - `folder`: a folder with `train_imgs/img_0.png` to `img_23.png`, `train_labels/label_0.png` to `label_23.png`,
 *   `val_imgs/img_24.png` to `img_29.png` and `val_labels/label_24.png` to `label_29.png`, labels 0 or 255. Default:
 *   `isbi2012` in the cache folder (`BAYESBINN_DATA`, else `bayesbinn` in `XDG_CACHE_HOME` or `~/.cache`).
 * - `tile`, `margin`, `overlap`: cut images and masks into tiles, as `tileDataset` does with the options `size`, `margin` and
 *   `overlap`. Default: whole images, `0` and `0`.
 *
 * Shapes: inputs `[length, 1, 512, 512]`, targets `[length, 512, 512]`, or tiles of these.
 *
 * Errors: `ERR_DATASET_MISSING` with the files that are not there; `ERR_DATASET_FORMAT` with the file; `ERR_OPTION_UNKNOWN`,
 * `ERR_OPTION_TYPE` and `ERR_OPTION_RANGE` for bad options.
 *
 * Source: Arganda-Carreras et al., "Crowdsourcing the creation of image segmentation algorithms for connectomics", Frontiers in
 * Neuroanatomy 2015; Cardona et al., PLoS Biology 2010. The challenge asks for citation and non-commercial use.
 */
export async function loadIsbi2012(options: Isbi2012Options = {}): Promise<DatasetPair> {
  const { folder = cachedFolder(name), ...tiles } = checkOptions(isbi2012Options, options, "loadIsbi2012");
  checkTileChoice("loadIsbi2012", tiles);
  await checkFiles(folder);
  const common = {
    name,
    channels: 1,
    normalization: { scale: 1 / 255, mean: [0.4908], std: [0.1653] },
    classValues: [0, 255],
    classNames: ["membrane", "cell"],
  } as const;
  const parts = { train: filesOf(folder, "train"), test: filesOf(folder, "test") };
  return inTiles(await readMaskedImages(common, parts), tiles);
}

function filesOf(folder: string, part: keyof typeof slices): MaskedImage[] {
  const { first, count, stem } = slices[part];
  return Array.from({ length: count }, (_, index) => ({
    name: `slice-${first + index}`,
    image: join(folder, `${stem}_imgs`, `img_${first + index}.png`),
    mask: join(folder, `${stem}_labels`, `label_${first + index}.png`),
  }));
}

async function checkFiles(folder: string): Promise<string> {
  const files = [...filesOf(folder, "train"), ...filesOf(folder, "test")].flatMap(({ image, mask }) => [image, mask]);
  const missing: string[] = [];
  for (const file of files) if (!(await exists(file))) missing.push(file);
  if (missing.length === 0) return folder;
  const [first] = missing;
  const others = missing.length > 1 ? ` (and ${missing.length - 1} more files)` : "";
  const problem = (await exists(folder)) ? `${first}: no such file${others}` : `${folder}: no such folder`;
  const message =
    `${name}: ${problem}. The labelled slices of the ISBI 2012 EM segmentation challenge are wanted there as PNG files; ` +
    `${folderAdvice}, or put them into ${cachedFolder(name)}`;
  throw new BayesBinnError("ERR_DATASET_MISSING", message, { dataset: name, folder, missing });
}

/** The slices in the list of data sets. */
export const isbi2012: NamedDataset<typeof isbi2012Options> = {
  name,
  description: "ISBI 2012 membranes in electron microscopy, 512x512 grey, 2 classes a pixel, 24 + 6 slices",
  classes: 2,
  sampleShape: [1, 512, 512],
  options: isbi2012Options,
  locate: () => checkFiles(cachedFolder(name)),
  load: (options) => loadIsbi2012(options as Isbi2012Options | undefined),
};
