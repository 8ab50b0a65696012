import { randomUUID } from "node:crypto";
import { constants } from "node:fs";
import { copyFile, link, open, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

import { namesIn } from "./names-in.js";
import { outputError } from "./output-error.js";

/**
 * Writes a file so that a reader sees the old one or the complete new one, even after a crash: into a hidden neighbour,
 * flushed, then renamed, and the folder flushed.
 *
 * Parts are asked for one by one, each when the one before is written.
 *
 * @throws BayesBinnError `ERR_OUTPUT`, or what making a part threw; the neighbour is removed
 */
export async function writeFileAtomically(path: string, parts: Iterable<Uint8Array>): Promise<void> {
  await writeAside(path, parts, rename);
}

/**
 * As {@link writeFileAtomically}, but never in the place of another file: of two processes that write at once one fails.
 *
 * @throws BayesBinnError `ERR_OUTPUT`, also where the file exists
 */
export async function writeNewFileAtomically(path: string, parts: Iterable<Uint8Array>): Promise<void> {
  await writeAside(path, parts, async (temporary) => {
    await linkFile(temporary, path);
    await rm(temporary);
  });
}

/** A second name for a file, which must be free; a copy where the file system has no hard links. */
export async function linkFile(from: string, to: string): Promise<void> {
  await link(from, to).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "EEXIST") throw error;
    return copyFile(from, to, constants.COPYFILE_EXCL);
  });
}

async function writeAside(
  path: string,
  parts: Iterable<Uint8Array>,
  place: (temporary: string, path: string) => Promise<void>,
): Promise<void> {
  const temporary = temporaryName(path);
  try {
    await writeAll(temporary, parts);
    await place(temporary, path);
    await syncFolder(dirname(path));
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

/** A free name beside `path`, for what becomes `path` by being renamed. */
export function temporaryName(path: string): string {
  return join(dirname(path), `.${basename(path)}.${randomUUID()}.tmp`);
}

/** Whether a name is that of a neighbour, which a killed process may have left. */
export function isLeftover(name: string): boolean {
  return /^\..+\.[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\.tmp$/.test(name);
}

/** Removes the neighbours that killed processes left in a folder where no other one is at work. */
export async function removeLeftovers(folder: string): Promise<void> {
  const left = (await namesIn(folder)).filter(isLeftover);
  await Promise.all(left.map((name) => rm(join(folder, name), { force: true })));
}

/** Makes renamed and linked files last. */
export async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
