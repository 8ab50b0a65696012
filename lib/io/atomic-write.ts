import { randomUUID } from "node:crypto";
import { open, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

import { outputError } from "./output-error.js";

/**
 * Writes a file so that a reader sees the old one or the complete new one, even after a crash: into a neighbour, flushed,
 * then renamed.
 *
 * Parts are asked for one by one, each when the one before is written.
 *
 * @throws BayesBinnError `ERR_OUTPUT`, or what making a part threw; the neighbour is removed
 */
export async function writeFileAtomically(path: string, parts: Iterable<Uint8Array>): Promise<void> {
  const temporary = join(dirname(path), `.${basename(path)}.${randomUUID()}.tmp`);
  try {
    await writeAll(temporary, parts);
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw outputError(path, error);
  }
}

async function writeAll(path: string, parts: Iterable<Uint8Array>): Promise<void> {
  const file = await open(path, "wx");
  try {
    // writeFile goes on after short writes, from where the last part ended.
    for (const part of parts) await file.writeFile(part);
    await file.sync();
  } finally {
    await file.close();
  }
}
