import { join } from "node:path";

import { BayesBinnError } from "../../native/errors.js";
import { isFolder } from "../exists.js";
import { formatError } from "../format-error.js";
import { filesIn, sortedNames } from "./files-in.js";

/** The image files of a part of a data set. */
export interface ClassFolder {
  readonly name: string;
  /** Paths, by name. */
  readonly files: readonly string[];
}

/**
 * The class folders in `folder/part` and the files in each, both sorted by name (by code units, so that the order is the
 * same everywhere). Names that begin with a point are left out.
 *
 * Errors: `ERR_DATASET_MISSING` where the folder does not exist; `ERR_DATASET_FORMAT` for a folder without classes, a class
 * without files, a file beside the classes, and a folder inside one.
 */
export async function classFolders(folder: string, part: "train" | "test"): Promise<readonly ClassFolder[]> {
  const path = join(folder, part);
  if (!(await isFolder(path))) {
    const accepted = "a folder with train/<class>/<image> and test/<class>/<image>";
    const message = `image-folder: ${path}: no such folder, accepted: ${accepted}`;
    throw new BayesBinnError("ERR_DATASET_MISSING", message, { dataset: "image-folder", folder, missing: [part] });
  }
  const names = await sortedNames(path);
  if (names.length === 0) throw formatError(path, 0, "has no class folders");
  return Promise.all(names.map((name) => classFolder(path, name)));
}

async function classFolder(path: string, name: string): Promise<ClassFolder> {
  const folder = join(path, name);
  if (!(await isFolder(folder))) throw formatError(folder, 0, "is a file beside the class folders");
  return { name, files: await filesIn(folder) };
}
