import { homedir } from "node:os";
import { isAbsolute, join, resolve } from "node:path";

import { BayesBinnError } from "../native/errors.js";

/**
 * The folder that `bayesbinn data` writes data sets to and that they are read from: `BAYESBINN_DATA`, else `bayesbinn`
 * in the user's cache folder, which is `XDG_CACHE_HOME` or `~/.cache`.
 *
 * An empty variable counts as unset, and so does a relative `XDG_CACHE_HOME`, as its specification says.
 *
 * Errors: `ERR_DATASET_MISSING` for a user without a home folder.
 *
 * Source: XDG Base Directory Specification.
 */
export function cacheFolder(): string {
  const { BAYESBINN_DATA: own, XDG_CACHE_HOME: caches } = process.env;
  if (own !== undefined && own !== "") return resolve(own);
  if (caches !== undefined && isAbsolute(caches)) return join(caches, "bayesbinn");
  return join(home(), ".cache", "bayesbinn");
}

/** Where a data set lies in the cache, whether it is there or not. */
export function cachedFolder(dataset: string): string {
  return join(cacheFolder(), dataset);
}

function home(): string {
  try {
    return homedir();
  } catch (cause) {
    const message = "there is no home folder to look for data sets in; set BAYESBINN_DATA to a folder for them";
    throw new BayesBinnError("ERR_DATASET_MISSING", message, { variable: "BAYESBINN_DATA" }, { cause });
  }
}
