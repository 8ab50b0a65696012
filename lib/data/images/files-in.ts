import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";

import { formatError } from "../format-error.js";

/**
 * The names in `folder`, sorted by code units, so that the order is the same everywhere. Names that begin with a point are left
 * out.
 *
 * Errors: `ERR_DATASET_FORMAT` where it cannot be read.
 */
export async function sortedNames(folder: string): Promise<readonly string[]> {
  const names = await readdir(folder).catch((cause: Error) => {
    throw formatError(folder, 0, `cannot be read: ${cause.message}`, { cause });
  });
  return names.filter((name) => !name.startsWith(".")).sort((a, b) => (a < b ? -1 : Number(a > b)));
}

/**
 * Paths of the files in a folder of images, sorted by name.
 *
 * Errors: `ERR_DATASET_FORMAT` for a folder without files, and for anything else in it.
 */
export async function filesIn(folder: string): Promise<readonly string[]> {
  const names = await sortedNames(folder);
  if (names.length === 0) throw formatError(folder, 0, "has no images");
  const files = names.map((file) => join(folder, file));
  for (const file of files) {
    const status = await stat(file).catch((cause: Error) => {
      throw formatError(file, 0, `cannot be read: ${cause.message}`, { cause });
    });
    if (!status.isFile()) throw formatError(file, 0, "is no file; folders of images hold images only");
  }
  return files;
}
