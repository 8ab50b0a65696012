import { exists } from "../data/exists.js";
import { BayesBinnError } from "../native/errors.js";
import { showText } from "../options/show.js";
import { readCheckpointFile } from "../training/checkpoint-file.js";
import type { CheckpointFolder } from "../training/checkpoint-folder.js";

/**
 * The error of a damaged checkpoint with a way out: the last one before it that is whole, else a later one, else that of the
 * best epoch. Any other error as it is.
 */
export async function withWholeCheckpoint(
  error: unknown,
  folder: CheckpointFolder,
  damaged: string | undefined,
): Promise<unknown> {
  const isDamage = error instanceof BayesBinnError && error.code === "ERR_CHECKPOINT_FORMAT";
  if (damaged === undefined || !isDamage || error.details["path"] !== damaged) return error;
  // One that is not there is no damaged one.
  if (!(await exists(damaged))) return error;
  const files = (await folder.epochs()).map((epoch) => folder.file(epoch));
  const at = files.indexOf(damaged);
  for (const file of [...files.slice(at + 1), ...files.slice(0, Math.max(at, 0)), folder.best]) {
    const epoch = file === damaged ? undefined : await epochOf(file);
    if (epoch === undefined) continue;
    const message = `${error.message}; that of epoch ${epoch} is whole: resume from ${showText(file)}`;
    return new BayesBinnError(error.code, message, { ...error.details, whole: file }, { cause: error });
  }
  return error;
}

/** `undefined` for a file that is damaged or not there. */
async function epochOf(file: string): Promise<number | undefined> {
  return readCheckpointFile(file).then(
    ({ fit }) => fit.epoch,
    () => undefined,
  );
}
