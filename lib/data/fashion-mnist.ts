import { z } from "zod";
import { checkOptions } from "../options/check.js";
import { cachedFolder } from "./cache-folder.js";
import { downloadAdvice } from "./download/sources.js";
import { isFilledFolder } from "./exists.js";
import { folderAdvice, folderOption } from "./folder-option.js";
import { findIdxFiles, type IdxLayout, readIdxFolder } from "./idx-folder.js";
import type { DatasetPair, NamedDataset } from "./named-dataset.js";

/** Where the Debian package `dataset-fashion-mnist` puts its files. */
const DEBIAN_FOLDER = "/usr/share/datasets/fashion-mnist";

const layout: IdxLayout = {
  name: "fashion-mnist",
  sampleShape: [1, 28, 28],
  classes: 10,
  // Mean and standard deviation of all training pixels, as fractions of white.
  normalization: { scale: 1 / 255, mean: [0.286], std: [0.353] },
  advice:
    "Run `apt-get install dataset-fashion-mnist` (Debian, Ubuntu) or " +
    `${downloadAdvice("fashion-mnist")}, or ${folderAdvice}, or put them ` +
    "into $BAYESBINN_DATA/fashion-mnist.",
};

/** Options of {@link loadFashionMnist}. */
export const fashionMnistOptions = z.strictObject({
  folder: folderOption
    .optional()
    .describe(
      `folder of the four IDX files; default: fashion-mnist in the cache folder ($BAYESBINN_DATA), else ${DEBIAN_FOLDER}`,
    ),
});

export type FashionMnistOptions = z.input<typeof fashionMnistOptions>;

/**
 * Fashion-MNIST, photographs of clothing in the format of MNIST: 60000 training and 10000 test images of 28x28 pixels,
 * 10 classes.
 *
 * Images stay bytes; the network sees (pixel / 255 - 0.2860) / 0.3530.
 *
 * ```ts
 * const { train, test } = await loadFashionMnist({ folder: "data/fashion" });
 * ```
 *
 * Options:
 * - `folder`: a folder with `train-images-idx3-ubyte`, `train-labels-idx1-ubyte`, `t10k-images-idx3-ubyte` and
 *   `t10k-labels-idx1-ubyte`, plain or `.gz`. Default: `fashion-mnist` in the cache folder, if there is
 *   anything in it (`BAYESBINN_DATA`, else `bayesbinn` in `XDG_CACHE_HOME` or `~/.cache`; `bayesbinn data download fashion-mnist` fills
 *   it), else where Debian's `dataset-fashion-mnist` puts the files.
 *
 * Shapes: inputs `[length, 1, 28, 28]`, targets `[length]`, labels 0 to 9.
 *
 * Errors: `ERR_DATASET_MISSING` with how to obtain the data; `ERR_DATASET_FORMAT` with the file and the byte offset;
 * `ERR_OPTION_UNKNOWN`, `ERR_OPTION_TYPE` and `ERR_OPTION_RANGE` for bad options.
 *
 * Source: H. Xiao, K. Rasul, R. Vollgraf, "Fashion-MNIST: a novel image dataset for benchmarking machine learning
 * algorithms", 2017.
 */
export async function loadFashionMnist(options: FashionMnistOptions = {}): Promise<DatasetPair> {
  const { folder = await defaultFolder() } = checkOptions(fashionMnistOptions, options, "loadFashionMnist");
  return readIdxFolder(layout, folder);
}

async function defaultFolder(): Promise<string> {
  const cached = cachedFolder(layout.name);
  return (await isFilledFolder(cached)) ? cached : DEBIAN_FOLDER;
}

async function locate(): Promise<string> {
  const folder = await defaultFolder();
  await findIdxFiles(layout, folder);
  return folder;
}

/** Fashion-MNIST in the list of data sets. */
export const fashionMnist: NamedDataset<typeof fashionMnistOptions> = {
  name: layout.name,
  description: "Fashion-MNIST clothing, 28x28 grey, 10 classes, 60000 + 10000 images",
  classes: layout.classes,
  sampleShape: layout.sampleShape,
  options: fashionMnistOptions,
  locate,
  load: loadFashionMnist,
};
