import { z } from "zod";

import { checkOptions } from "../../options/check.js";
import { folderAdvice, folderOption } from "../folder-option.js";
import type { DatasetPair, NamedDataset } from "../named-dataset.js";
import { cifar10Layout } from "./cifar10.js";
import { cifar10Classes } from "./class-names.js";
import type { CifarLayout } from "./layout.js";
import { cifarShape, loadCifar, locateCifar } from "./load.js";

/** CIFAR-10 from a copy whose images are JPEG files. */
export const cifar10JpegLayout: CifarLayout = {
  ...cifar10Layout,
  name: "cifar10-jpeg",
  title: "JPEG-recompressed CIFAR-10",
  train: cifar10Layout.train.map(unpublished),
  test: cifar10Layout.test.map(unpublished),
  pixels: "jpeg",
  advice:
    "Run `bayesbinn data prepare cifar10-jpeg --from <archive or folder of train/<class>/*.jpg and " +
    `test/<class>/*.jpg>\`, or ${folderAdvice}.`,
};

/** Decoded JPEG files have no published checksum: it depends on the copy and on the decoder. */
function unpublished({ name, records }: CifarLayout["test"][number]): CifarLayout["test"][number] {
  return { name, records };
}

/** Options of {@link loadCifar10Jpeg}. */
export const cifar10JpegOptions = z.strictObject({
  folder: folderOption
    .optional()
    .describe("folder of the six binary files; default: cifar10-jpeg in the cache folder ($BAYESBINN_DATA)"),
});

export type Cifar10JpegOptions = z.input<typeof cifar10JpegOptions>;

/**
 * JPEG-recompressed CIFAR-10: the images of CIFAR-10 after lossy compression, as `bayesbinn data prepare cifar10-jpeg`
 * decodes them from a copy that consists of JPEG files.
 *
 * The pixels are not those of CIFAR-10, so that accuracies on it are not accuracies on CIFAR-10: say "JPEG-recompressed
 * CIFAR-10" beside each. The training and test images, classes, normalisation and file layout are those of
 * `loadCifar10`; the order is that of the copy, mostly class by class.
 *
 * ```ts
 * const { train, test } = await loadCifar10Jpeg();
 * ```
 *
 * Options:
 * - `folder`: a folder with `data_batch_1.bin` to `data_batch_5.bin` and `test_batch.bin`. Default: `cifar10-jpeg` in the
 *   cache folder: `BAYESBINN_DATA`, else `bayesbinn` in `XDG_CACHE_HOME` or `~/.cache`.
 *
 * Shapes: inputs `[length, 3, 32, 32]`, targets `[length]`, labels 0 to 9.
 *
 * Errors: those of `loadCifar10`.
 */
export async function loadCifar10Jpeg(options: Cifar10JpegOptions = {}): Promise<DatasetPair> {
  return loadCifar(cifar10JpegLayout, checkOptions(cifar10JpegOptions, options, "loadCifar10Jpeg").folder);
}

/** JPEG-recompressed CIFAR-10 in the list of data sets. */
export const cifar10Jpeg: NamedDataset<typeof cifar10JpegOptions> = {
  name: cifar10JpegLayout.name,
  description: "JPEG-recompressed CIFAR-10 (not the published pixels), 32x32 colour, 10 classes, 50000 + 10000 images",
  classes: cifar10Classes.length,
  sampleShape: cifarShape,
  options: cifar10JpegOptions,
  locate: () => locateCifar(cifar10JpegLayout),
  load: loadCifar10Jpeg,
};
