import { join } from "node:path";
import { BayesBinnError } from "../native/errors.js";
import type { Dataset, Normalization } from "./dataset.js";
import { exists } from "./exists.js";
import { formatError } from "./format-error.js";
import { type IdxArray, readIdx } from "./idx.js";
import type { DatasetPair } from "./named-dataset.js";

/** What the four files of an MNIST-like data set must hold. */
export interface IdxLayout {
  readonly name: string;
  /** Channels, rows, columns; the files have no axis for the single channel. */
  readonly sampleShape: readonly [1, number, number];
  readonly classes: number;
  readonly normalization: Normalization;
  /** How to obtain the data, for the error message. */
  readonly advice: string;
}

/** Stems of the official file names; the rank of the contents is part of the name. */
const files = {
  trainImages: { stem: "train-images", rank: 3 },
  trainLabels: { stem: "train-labels", rank: 1 },
  testImages: { stem: "t10k-images", rank: 3 },
  testLabels: { stem: "t10k-labels", rank: 1 },
} as const;

type FileKey = keyof typeof files;

/**
 * Reads the layout that MNIST set: `train-images-idx3-ubyte`, `train-labels-idx1-ubyte`, `t10k-images-idx3-ubyte` and
 * `t10k-labels-idx1-ubyte` in one folder.
 *
 * Each file may be gzip with `.gz` at the end of its name, and may be written with `.idx` in place of `-idx`. Where
 * several of these exist, the order is: plain, `.gz`, `.idx` plain, `.idx` with `.gz`.
 *
 * Errors: `ERR_DATASET_MISSING` names every file that is not there, and says how to obtain the data;
 * `ERR_DATASET_FORMAT` where a file is damaged, the numbers of images and labels disagree, images are not of
 * `sampleShape`, or a label is not below `classes`.
 */
export async function readIdxFolder(layout: IdxLayout, folder: string): Promise<DatasetPair> {
  const paths = await findIdxFiles(layout, folder);
  return {
    train: await readPart(layout, "train", paths.trainImages, paths.trainLabels),
    test: await readPart(layout, "test", paths.testImages, paths.testLabels),
  };
}

/**
 * The paths of the four files in `folder`.
 *
 * Errors: `ERR_DATASET_MISSING` names every file that is not there, and says how to obtain the data.
 */
export async function findIdxFiles({ name, advice }: IdxLayout, folder: string): Promise<Record<FileKey, string>> {
  const paths: Partial<Record<FileKey, string>> = {};
  const missing: string[] = [];
  for (const [key, { stem, rank }] of Object.entries(files)) {
    const candidates = ["-", "."].flatMap((mark) => ["", ".gz"].map((end) => `${stem}${mark}idx${rank}-ubyte${end}`));
    const found = await firstExisting(candidates.map((candidate) => join(folder, candidate)));
    if (found === undefined) missing.push(`${stem}-idx${rank}-ubyte`);
    else paths[key as FileKey] = found;
  }
  if (missing.length > 0) {
    const list = `${missing.join(", ")} (each plain or with .gz)`;
    const problem = (await exists(folder))
      ? `${folder} has no ${list}`
      : `${folder}: no such folder, accepted: one with ${list}`;
    const message = `${name}: ${problem}. ${advice}`;
    throw new BayesBinnError("ERR_DATASET_MISSING", message, { dataset: name, folder, missing });
  }
  return paths as Record<FileKey, string>;
}

async function firstExisting(candidates: readonly string[]): Promise<string | undefined> {
  for (const candidate of candidates) {
    if (await exists(candidate)) return candidate;
  }
  return undefined;
}

async function readPart(layout: IdxLayout, part: string, imageFile: string, labelFile: string): Promise<Dataset> {
  // The small file first: most mistakes show before megabytes are read.
  const labels = await readIdx(labelFile, 1);
  const targets = readLabels(layout, labelFile, labels);
  const images = await readIdx(imageFile, 3);
  const unpacked = images.compressed;
  const [count, ...imageShape] = images.shape;
  if (count !== targets.length) {
    const problem = `${count} images, but ${labelFile} holds ${targets.length} labels`;
    throw formatError(imageFile, 4, problem, { unpacked });
  }
  imageShape.forEach((size, axis) => {
    const accepted = layout.sampleShape[axis + 1];
    if (size === accepted) return;
    const problem = `images have ${size} ${axis === 0 ? "rows" : "columns"}; ${layout.name} has ${accepted}`;
    throw formatError(imageFile, 8 + 4 * axis, problem, { unpacked });
  });
  return {
    name: `${layout.name}.${part}`,
    length: targets.length,
    sampleShape: layout.sampleShape,
    inputs: images.data,
    normalization: layout.normalization,
    targets,
    targetWidth: 1,
    classes: layout.classes,
  };
}

function readLabels({ name, classes }: IdxLayout, file: string, labels: IdxArray): Int32Array {
  const wrong = labels.data.findIndex((label) => label >= classes);
  if (wrong >= 0) {
    const problem = `label ${labels.data[wrong]}; ${name} has labels 0 to ${classes - 1}`;
    throw formatError(file, labels.headerBytes + wrong, problem, { unpacked: labels.compressed });
  }
  return Int32Array.from(labels.data);
}
