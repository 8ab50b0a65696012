import { mkdir, readdir, realpath, rename, rm, stat } from "node:fs/promises";
import { dirname, resolve } from "node:path";

import { BayesBinnError } from "../native/errors.js";
import { showText } from "../options/show.js";
import { temporaryName } from "./atomic-write.js";
import { makeFolders, removeFolders } from "./make-folders.js";
import { output, outputError } from "./output-error.js";

/**
 * Makes a folder so that it is there with all its files or not at all: `fill` writes into a hidden neighbour, which is
 * then renamed. Whatever `fill` throws, an abort among it, removes the neighbour.
 *
 * The folder must be free, see {@link requireFree}: nothing is ever overwritten. Folders above it are made.
 *
 * @returns what `fill` returns
 * @throws BayesBinnError `ERR_OUTPUT`, or what `fill` threw
 */
export async function makeFolderAtomically<T>(path: string, fill: (temporary: string) => Promise<T>): Promise<T> {
  const target = await requireFree(path);
  return withScratchFolder(path, async (temporary) => {
    const result = await fill(temporary);
    await output(path, () => rename(temporary, target));
    return result;
  });
}

/**
 * Makes a hidden folder beside `path`, on the same disk, and removes it after `use`. Folders above are made; where `use`
 * fails, they go as well.
 *
 * @returns what `use` returns
 * @throws BayesBinnError `ERR_OUTPUT`, or what `use` threw
 */
export async function withScratchFolder<T>(path: string, use: (scratch: string) => Promise<T>): Promise<T> {
  const target = await resolved(path);
  const parent = dirname(target);
  const scratch = temporaryName(target);
  const made = await making(path, () => makeFolders(parent));
  try {
    await making(path, () => mkdir(scratch));
    const result = await use(scratch);
    await removeScratch(scratch);
    return result;
  } catch (error) {
    await removeScratch(scratch);
    await removeFolders(made);
    throw error;
  }
}

/**
 * Looks whether a folder can be made at `path`, or put in the place of an empty one.
 *
 * @returns the absolute path, without links
 * @throws BayesBinnError `ERR_OUTPUT` where `path` is a file, a folder that is not empty, or an empty one that cannot be
 *   replaced: the current folder, or the root of a disk
 */
export async function requireFree(path: string): Promise<string> {
  const target = await resolved(path);
  const entries = await output(path, () =>
    readdir(target).catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return undefined;
      throw error;
    }),
  );
  if (entries === undefined) return target;
  if (entries.length > 0)
    throw occupied(path, "exists and is not empty; remove it, or give another folder", "not empty");
  if (target === process.cwd()) {
    throw occupied(path, "is the current folder, which cannot be replaced; give a folder in it", "current folder");
  }
  const [disk, diskAbove] = await output(path, () => Promise.all([target, dirname(target)].map((at) => stat(at))));
  if (disk?.dev === diskAbove?.dev) return target;
  throw occupied(path, "is the root of a disk, which cannot be replaced; give a folder in it", "mount point");
}

function occupied(path: string, problem: string, reason: string): BayesBinnError {
  return new BayesBinnError("ERR_OUTPUT", `${showText(path)} ${problem}`, { path, reason });
}

/** Links are followed, so that a link to an empty folder stays one. */
async function resolved(path: string): Promise<string> {
  return realpath(path).catch(() => resolve(path));
}

/** Runs what makes a folder below one that exists: where the system says that it does not, it makes none there. */
function making<T>(path: string, operation: () => Promise<T>): Promise<T> {
  return output(path, operation).catch((error: BayesBinnError) => {
    if (error.details["reason"] !== "ENOENT") throw error;
    throw outputError(path, new Error("no folders can be made there", { cause: error }));
  });
}

async function removeScratch(scratch: string): Promise<void> {
  await rm(scratch, { recursive: true, force: true }).catch(() => undefined);
}
