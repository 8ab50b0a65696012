import { BayesBinnError } from "../../native/errors.js";
import { showText } from "../../options/show.js";
import { exists, isFolder } from "../exists.js";
import { readFolder } from "./read-folder.js";
import { readTar } from "./read-tar.js";
import type { TakePiece } from "./source-piece.js";

/**
 * Hands every file of a tar archive, plain or gzip, or of a folder to `take`, piece by piece, so that no more than a few
 * pieces are in memory. An archive comes in its own order, a folder by name. Files and folders whose names begin with a
 * point are left out: they belong to systems, not to data sets.
 *
 * Errors: `ERR_DATASET_MISSING` where there is no such file or folder; `ERR_DATASET_FORMAT` with the member for what
 * cannot be read; what `take` throws; the reason of `signal` after an abort.
 */
export async function readSource(from: string, take: TakePiece, signal?: AbortSignal): Promise<void> {
  const read = (await isFolder(from)) ? readFolder : readTar;
  await read(from, async (piece) => {
    signal?.throwIfAborted();
    if (!isHidden(piece.path)) await take(piece);
  });
}

/**
 * Looks whether there is a source, before anything is made for what it holds.
 *
 * @throws BayesBinnError `ERR_DATASET_MISSING`
 */
export async function requireSource(from: string): Promise<void> {
  if (await exists(from)) return;
  const message = `${showText(from)}: no such file or folder, accepted: a tar archive, plain or gzip, or a folder`;
  throw new BayesBinnError("ERR_DATASET_MISSING", message, { file: from });
}

function isHidden(path: string): boolean {
  return path.split("/").some((name) => name.startsWith(".") && name !== "." && name !== "..");
}
