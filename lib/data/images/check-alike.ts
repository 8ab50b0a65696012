import { formatError } from "../format-error.js";
import type { ImageTarget } from "./decode-image.js";

/**
 * Refuses an image of other rows or columns than the first one of its data set.
 *
 * @param advice what to do about it, if anything
 * @throws BayesBinnError `ERR_DATASET_FORMAT` with the file
 */
export function checkSize(
  file: string,
  { rows, columns }: Pick<ImageTarget, "rows" | "columns">,
  first: ImageTarget,
  advice = "",
): void {
  if (rows === first.rows && columns === first.columns) return;
  const problem = `${rows}x${columns} pixels, but the first image has ${first.rows}x${first.columns}`;
  throw formatError(file, 0, `${problem}${advice}`);
}

/**
 * Refuses an image in colour among grey ones, and the other way round; only without the option `channels` is there any.
 *
 * @throws BayesBinnError `ERR_DATASET_FORMAT` with the file
 */
export function checkChannels(file: string, { channels }: Pick<ImageTarget, "channels">, first: ImageTarget): void {
  if (channels === first.channels) return;
  const kind = (count: number) => (count === 1 ? "grey" : "in colour");
  const problem = `is ${kind(channels)}, but the first image is ${kind(first.channels)}`;
  throw formatError(file, 0, `${problem}; give the option \`channels\` to convert all`);
}
