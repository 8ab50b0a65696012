import { cachedFolder } from "../cache-folder.js";
import type { Dataset } from "../dataset.js";
import type { DatasetPair } from "../named-dataset.js";
import { type CifarLayout, SIDE } from "./layout.js";
import { findRecordFiles, readRecords } from "./record-reader.js";

/** Shape of every image. */
export const cifarShape = [3, SIDE, SIDE] as const;

/** The folder of `layout` in the cache; `ERR_DATASET_MISSING` where one of its files is not there. */
export async function locateCifar(layout: CifarLayout): Promise<string> {
  const folder = cachedFolder(layout.name);
  await findRecordFiles(layout, folder);
  return folder;
}

/**
 * Reads both parts of `layout` from `folder`.
 *
 * @param label which label byte of the record is the target
 */
export async function loadCifar(
  layout: CifarLayout,
  folder = cachedFolder(layout.name),
  label = 0,
): Promise<DatasetPair> {
  const files = await findRecordFiles(layout, folder);
  return {
    train: await readPart(layout, "train", files.train, label),
    test: await readPart(layout, "test", files.test, label),
  };
}

async function readPart(layout: CifarLayout, part: string, files: readonly string[], label: number): Promise<Dataset> {
  const { count, pixels, labels } = await readRecords(layout, files);
  const classNames = layout.labels[label]!.classNames;
  return {
    name: `${layout.name}.${part}`,
    length: count,
    sampleShape: cifarShape,
    inputs: pixels,
    normalization: layout.normalization,
    targets: labels[label]!,
    targetWidth: 1,
    classes: classNames.length,
    classNames,
  };
}
