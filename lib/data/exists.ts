import { readdir, stat } from "node:fs/promises";

/** Whether there is something at `path`. What cannot be looked at counts as there, so that reading it reports why. */
export async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    (error: NodeJS.ErrnoException) => error.code !== "ENOENT" && error.code !== "ENOTDIR",
  );
}

/** Whether `path` is a folder. */
export async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (status) => status.isDirectory(),
    () => false,
  );
}

/** Whether `path` is a folder with something in it. One that cannot be read counts, so that reading it reports why. */
export async function isFilledFolder(path: string): Promise<boolean> {
  return readdir(path).then(
    (names) => names.length > 0,
    (error: NodeJS.ErrnoException) => error.code !== "ENOENT" && error.code !== "ENOTDIR",
  );
}
