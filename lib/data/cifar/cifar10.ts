import { z } from "zod";

import { checkOptions } from "../../options/check.js";
import { downloadAdvice } from "../download/sources.js";
import { folderAdvice, folderOption } from "../folder-option.js";
import type { DatasetPair, NamedDataset } from "../named-dataset.js";
import { cifar10Classes } from "./class-names.js";
import type { CifarLayout } from "./layout.js";
import { cifarShape, loadCifar, locateCifar } from "./load.js";

/** CIFAR-10 as published. */
export const cifar10Layout: CifarLayout = {
  name: "cifar10",
  title: "CIFAR-10",
  labels: [{ name: "label", classNames: cifar10Classes, namesFile: "batches.meta.txt" }],
  train: [
    batch("data_batch_1.bin", "cee916563c9f80d84e3cc88e17fdc0941787f1244f00a67874d45b261883ada5"),
    batch("data_batch_2.bin", "a591ca11fa1708a91ee40f54b3da4784ccd871ecf2137de63f51ada8b3fa57ed"),
    batch("data_batch_3.bin", "bbe8596564c0f86427f876058170b84dac6670ddf06d79402899d93ceea26f67"),
    batch("data_batch_4.bin", "014e562d6e23c72197cc727519169a60359f5eccd8945ad5a09d710285ff4e48"),
    batch("data_batch_5.bin", "755304fc0b379caeae8c14f0dac912fbc7d6cd469eb67a1029a08a39453a9add"),
  ],
  test: [batch("test_batch.bin", "8e2eb146ae340b09e24670f29cabc6326dba54da8789dab6768acf480273f65b")],
  // The std of the authors is the mean over images of each image's std; that of all pixels is (0.247, 0.243, 0.262).
  normalization: { scale: 1 / 255, mean: [0.4914, 0.4822, 0.4465], std: [0.2023, 0.1994, 0.201] },
  pixels: "published",
  advice:
    `Run ${downloadAdvice("cifar10")}, or \`bayesbinn data prepare cifar10 --from <archive or folder>\`, or ` +
    `${folderAdvice}.`,
};

function batch(name: string, sha256: string): CifarLayout["test"][number] {
  return { name, records: 10_000, sha256 };
}

/** Options of {@link loadCifar10}. */
export const cifar10Options = z.strictObject({
  folder: folderOption
    .optional()
    .describe("folder of the six binary files; default: cifar10 in the cache folder ($BAYESBINN_DATA)"),
});

export type Cifar10Options = z.input<typeof cifar10Options>;

/**
 * CIFAR-10, photographs of animals and vehicles: 50000 training and 10000 test images of 32x32 pixels in colour, 10
 * classes.
 *
 * Images stay bytes; the network sees (pixel / 255 - mean) / std for each of red, green and blue, with the numbers of the
 * BayesBiNN authors: mean (0.4914, 0.4822, 0.4465), std (0.2023, 0.1994, 0.2010). That std is the mean over images of
 * the std within an image, not the std of all pixels, so that inputs have a variance of about 1.5; it is kept for
 * comparability.
 *
 * ```ts
 * const { train, test } = await loadCifar10();
 * train.sampleShape; // [3, 32, 32]
 * ```
 *
 * Options:
 * - `folder`: a folder with `data_batch_1.bin` to `data_batch_5.bin` and `test_batch.bin` of the official binary version;
 *   each may have any number of whole records from 1 on. Default: `cifar10` in the cache folder, where
 *   `bayesbinn data download cifar10` and `bayesbinn data prepare cifar10` put it: `BAYESBINN_DATA`, else `bayesbinn` in
 *   `XDG_CACHE_HOME` or `~/.cache`.
 *
 * Shapes: inputs `[length, 3, 32, 32]`, targets `[length]`, labels 0 to 9.
 *
 * Errors: `ERR_DATASET_MISSING` with how to obtain the data; `ERR_DATASET_FORMAT` with the file and the byte offset;
 * `ERR_OPTION_UNKNOWN`, `ERR_OPTION_TYPE` and `ERR_OPTION_RANGE` for bad options.
 *
 * Source: A. Krizhevsky, "Learning multiple layers of features from tiny images", 2009; normalisation from the code of
 * Meng, Bachmann, Khan, 2020.
 */
export async function loadCifar10(options: Cifar10Options = {}): Promise<DatasetPair> {
  return loadCifar(cifar10Layout, checkOptions(cifar10Options, options, "loadCifar10").folder);
}

/** CIFAR-10 in the list of data sets. */
export const cifar10: NamedDataset<typeof cifar10Options> = {
  name: cifar10Layout.name,
  description: "CIFAR-10 photographs, 32x32 colour, 10 classes, 50000 + 10000 images",
  classes: cifar10Classes.length,
  sampleShape: cifarShape,
  options: cifar10Options,
  locate: () => locateCifar(cifar10Layout),
  load: loadCifar10,
};
