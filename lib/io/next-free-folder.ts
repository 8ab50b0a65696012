import { mkdir } from "node:fs/promises";
import { join } from "node:path";

import { makeFolders } from "./make-folders.js";
import { output } from "./output-error.js";

/**
 * Makes the first free folder of `name(1)`, `name(2)` and so on. Of two processes that ask at once each gets its own.
 *
 * @param root the folder above, made if it is missing; default `runs`
 * @param advice what to do about a place that cannot be written
 * @returns its path, and the folders that were not there before, from the top down
 * @throws BayesBinnError `ERR_OUTPUT`
 */
export async function nextFreeFolder(
  name: (n: number) => string,
  { root = "runs", advice }: { readonly root?: string | undefined; readonly advice?: string } = {},
): Promise<{ readonly path: string; readonly made: readonly string[] }> {
  const above = await output(root, () => makeFolders(root), advice);
  for (let n = 1; ; n++) {
    const path = join(root, name(n));
    if (await output(path, () => makeNew(path), advice)) return { path, made: [...above, path] };
  }
}

/** Without `recursive` mkdir fails on what exists: the test and the claim are one call. */
async function makeNew(path: string): Promise<boolean> {
  try {
    await mkdir(path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    return false;
  }
}
