import { randomUUID } from "node:crypto";
import { mkdir, readdir, rename, rm } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";

import { BayesBinnError } from "../native/errors.js";
import { output } from "./output-error.js";

/**
 * Makes a folder so that it is there with all its files or not at all: `fill` writes into a hidden neighbour, which is
 * then renamed. Whatever `fill` throws, an abort among it, removes the neighbour.
 *
 * The folder must not exist yet, or be empty: nothing is ever overwritten. Folders above it are made.
 *
 * @returns what `fill` returns
 * @throws BayesBinnError `ERR_OUTPUT`, or what `fill` threw
 */
export async function makeFolderAtomically<T>(path: string, fill: (temporary: string) => Promise<T>): Promise<T> {
  await requireFree(path);
  return withScratchFolder(path, async (temporary) => {
    const result = await fill(temporary);
    await output(path, () => rename(temporary, path));
    return result;
  });
}

/**
 * Makes a hidden folder beside `path`, on the same disk, and removes it after `use`.
 *
 * @returns what `use` returns
 * @throws BayesBinnError `ERR_OUTPUT`, or what `use` threw
 */
export async function withScratchFolder<T>(path: string, use: (scratch: string) => Promise<T>): Promise<T> {
  const target = resolve(path);
  const scratch = join(dirname(target), `.${basename(target)}.${randomUUID()}.tmp`);
  try {
    await output(scratch, () => mkdir(scratch, { recursive: true }));
    return await use(scratch);
  } finally {
    await rm(scratch, { recursive: true, force: true }).catch(() => undefined);
  }
}

/** @throws BayesBinnError `ERR_OUTPUT` where `path` is a file, or a folder that is not empty */
export async function requireFree(path: string): Promise<void> {
  const entries = await output(path, () =>
    readdir(path).catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return [];
      throw error;
    }),
  );
  if (entries.length === 0) return;
  throw new BayesBinnError("ERR_OUTPUT", `${path} exists and is not empty; remove it, or give another folder`, {
    path,
    reason: "not empty",
  });
}
