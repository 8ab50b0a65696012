import { createReadStream } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";

import { memberError, type TakePiece } from "./source-piece.js";

/** A data set is `train/<class>/<image>` in a folder at most; deeper ones are no data sets. */
const DEPTH = 5;

const empty = new Uint8Array(0);

/** Hands every file of `folder` and the folders in it to `take`, by name. Errors: see `readSource`. */
export async function readFolder(folder: string, take: TakePiece): Promise<void> {
  await readLevel(folder, "", take);
}

async function readLevel(folder: string, prefix: string, take: TakePiece): Promise<void> {
  if (prefix.split("/").length > DEPTH) throw memberError(folder, prefix, "folders in folders; no data set is so deep");
  const names = await guarded(folder, prefix || ".", () => readdir(join(folder, prefix)));
  for (const name of names.filter((name) => !name.startsWith(".")).sort(byCodeUnits)) {
    const path = `${prefix}${name}`;
    // stat follows links, and tells a named pipe, whose opening would wait, from a file.
    const status = await guarded(folder, path, () => stat(join(folder, path)));
    if (status.isDirectory()) await readLevel(folder, `${path}/`, take);
    else if (status.isFile()) await readFile(folder, path, take);
    else throw memberError(folder, path, "is neither a file nor a folder");
  }
}

async function readFile(folder: string, path: string, take: TakePiece): Promise<void> {
  const chunks = createReadStream(join(folder, path))[Symbol.asyncIterator]();
  try {
    for (;;) {
      const { done, value } = await guarded(folder, path, () => chunks.next());
      if (done) break;
      await take({ path, data: value as Buffer, last: false });
    }
  } finally {
    await chunks.return?.();
  }
  await take({ path, data: empty, last: true });
}

async function guarded<T>(folder: string, path: string, operation: () => Promise<T>): Promise<T> {
  try {
    return await operation();
  } catch (cause) {
    throw memberError(folder, path, `cannot be read: ${(cause as Error).message}`, cause);
  }
}

/** The same order whatever the language of the user. */
function byCodeUnits(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
