import { BayesBinnError } from "../native/errors.js";

/**
 * `ERR_DATASET_FORMAT` for a file: names the file and the byte where it stops making sense.
 *
 * `details` holds `{ file, offset, unpacked }`; with `unpacked` the offset counts in the data that the gzip file holds.
 */
export function formatError(
  file: string,
  offset: number,
  problem: string,
  { unpacked = false, cause }: { readonly unpacked?: boolean; readonly cause?: unknown } = {},
): BayesBinnError {
  return new BayesBinnError(
    "ERR_DATASET_FORMAT",
    `${file}, byte ${offset}${unpacked ? " of the unpacked data" : ""}: ${problem}`,
    { file, offset, unpacked },
    cause === undefined ? undefined : { cause },
  );
}
