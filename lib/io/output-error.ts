import { BayesBinnError } from "../native/errors.js";
import { show } from "../options/show.js";

const reasons: Readonly<Record<string, string>> = {
  ENOENT: "its folder does not exist",
  ENOTDIR: "a part of the path is a file",
  EISDIR: "it is a folder",
  EEXIST: "it is there already",
  ENOTEMPTY: "it is there already, and not empty",
  EACCES: "no permission to write there",
  EPERM: "no permission to write there",
  EROFS: "the file system is read-only",
  ENOSPC: "the disk is full",
};

/**
 * `ERR_OUTPUT` for what the system refused at `path`; an error of this package passes unchanged.
 *
 * @param advice what to do about it
 */
export function outputError(path: string, error: unknown, advice?: string): BayesBinnError {
  if (error instanceof BayesBinnError) return error;
  const { code, message } = error as NodeJS.ErrnoException;
  const reason = (code === undefined ? undefined : reasons[code]) ?? message;
  return new BayesBinnError(
    "ERR_OUTPUT",
    `${show(path)} cannot be written: ${reason}${advice === undefined ? "" : `; ${advice}`}`,
    { path, reason: code },
    { cause: error },
  );
}

/** Runs a file operation; what the system refuses becomes an {@link outputError} for `path`. */
export async function output<T>(path: string, operation: () => Promise<T>, advice?: string): Promise<T> {
  try {
    return await operation();
  } catch (error) {
    throw outputError(path, error, advice);
  }
}
