import { z } from "zod";

import { checkOptions } from "../../options/check.js";
import { downloadAdvice } from "../download/sources.js";
import { folderAdvice, folderOption } from "../folder-option.js";
import type { DatasetPair, NamedDataset } from "../named-dataset.js";
import { cifar100CoarseClasses, cifar100FineClasses } from "./class-names.js";
import type { CifarLayout } from "./layout.js";
import { cifarShape, loadCifar, locateCifar } from "./load.js";

/** CIFAR-100 as published. */
export const cifar100Layout: CifarLayout = {
  name: "cifar100",
  title: "CIFAR-100",
  labels: [
    { name: "coarse", classNames: cifar100CoarseClasses, namesFile: "coarse_label_names.txt" },
    { name: "fine", classNames: cifar100FineClasses, namesFile: "fine_label_names.txt" },
  ],
  train: [
    {
      name: "train.bin",
      records: 50_000,
      sha256: "f31298fc616915fa142368359df1c4ca2ae984d6915ca468b998a5ec6aeebf29",
    },
  ],
  test: [
    {
      name: "test.bin",
      records: 10_000,
      sha256: "d8b1e6b7b3bee4020055f0699b111f60b1af1e262aeb93a0b659061746f8224a",
    },
  ],
  normalization: { scale: 1 / 255, mean: [0.507, 0.487, 0.441], std: [0.267, 0.256, 0.276] },
  pixels: "published",
  advice:
    `Run ${downloadAdvice("cifar100")}, or \`bayesbinn data prepare cifar100 --from <archive or folder>\`, or ` +
    `${folderAdvice}.`,
};

const labelKinds = ["fine", "coarse"] as const;

/** Options of {@link loadCifar100}. */
export const cifar100Options = z.strictObject({
  folder: folderOption
    .optional()
    .describe("folder of train.bin and test.bin; default: cifar100 in the cache folder ($BAYESBINN_DATA)"),
  labels: z.enum(labelKinds).default("fine").describe("which labels to learn: 100 fine or 20 coarse classes"),
});

export type Cifar100Options = z.input<typeof cifar100Options>;

/**
 * CIFAR-100, photographs in colour: 50000 training and 10000 test images of 32x32 pixels, of 100 classes that make up 20
 * superclasses.
 *
 * Images stay bytes; the network sees (pixel / 255 - mean) / std for each of red, green and blue, with the numbers of the
 * BayesBiNN authors: mean (0.507, 0.487, 0.441), std (0.267, 0.256, 0.276).
 *
 * ```ts
 * const { train } = await loadCifar100({ labels: "coarse" });
 * train.classes; // 20
 * ```
 *
 * Options:
 * - `folder`: a folder with `train.bin` and `test.bin` of the official binary version; each may have any number of whole
 *   records from 1 on. Default: `cifar100` in the cache folder: `BAYESBINN_DATA`, else `bayesbinn` in `XDG_CACHE_HOME`
 *   or `~/.cache`.
 * - `labels`: `"fine"`, the 100 classes, or `"coarse"`, the 20 superclasses. Default `"fine"`.
 *
 * Shapes: inputs `[length, 3, 32, 32]`, targets `[length]`, labels 0 to 99 (fine) or 0 to 19 (coarse).
 *
 * Errors: `ERR_DATASET_MISSING` with how to obtain the data; `ERR_DATASET_FORMAT` with the file and the byte offset;
 * `ERR_OPTION_UNKNOWN`, `ERR_OPTION_TYPE` and `ERR_OPTION_RANGE` for bad options.
 *
 * Source: A. Krizhevsky, "Learning multiple layers of features from tiny images", 2009; normalisation from the code of
 * Meng, Bachmann, Khan, 2020.
 */
export async function loadCifar100(options: Cifar100Options = {}): Promise<DatasetPair> {
  const { folder, labels } = checkOptions(cifar100Options, options, "loadCifar100");
  const byte = cifar100Layout.labels.findIndex(({ name }) => name === labels);
  return loadCifar(cifar100Layout, folder, byte);
}

/** CIFAR-100 in the list of data sets. */
export const cifar100: NamedDataset<typeof cifar100Options> = {
  name: cifar100Layout.name,
  description: "CIFAR-100 photographs, 32x32 colour, 100 classes (or 20 superclasses), 50000 + 10000 images",
  classes: cifar100FineClasses.length,
  sampleShape: cifarShape,
  options: cifar100Options,
  locate: () => locateCifar(cifar100Layout),
  load: loadCifar100,
};
