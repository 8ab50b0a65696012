import { z } from "zod";

import { checkOptions } from "../options/check.js";
import type { Callback } from "../training/callback.js";
import type { EpochRecord } from "../training/history.js";
import { EpochFile } from "./epoch-file.js";
import { loggerOf, loggerOptions } from "./logger.js";

/** Options of {@link jsonLinesLogger}. */
export const jsonLinesLoggerOptions = z.strictObject({
  path: z.string().min(1).describe("The file"),
  ...loggerOptions,
});

export type JsonLinesLoggerOptions = z.input<typeof jsonLinesLoggerOptions>;

/**
 * A callback that writes the record of each epoch, see `EpochRecord`, as a line of JSON.
 *
 * Each fit begins the file anew; one that resumes, with the epochs before its own. A file with other content is left
 * alone. What cannot be written is a warning and ends no fit.
 *
 * @example await trainer.fit({ train, epochs: 20, callbacks: [jsonLinesLogger({ path: "history.jsonl" })] });
 *
 * Options:
 * - `path`: the file; missing folders are made. Required.
 * - `onWarning`: hears once a fit, with a `BayesBinnError` of code `ERR_OUTPUT`, if the log cannot be written.
 *   Default: a warning of the process (`process.emitWarning`).
 *
 * @throws BayesBinnError `ERR_OPTION_UNKNOWN`, `ERR_OPTION_TYPE` or `ERR_OPTION_RANGE`
 */
export function jsonLinesLogger(options: JsonLinesLoggerOptions): Callback {
  const { path, onWarning } = checkOptions(jsonLinesLoggerOptions, options, "jsonLinesLogger");
  const file = new EpochFile(path, { epochOf });
  const line = (record: EpochRecord) => JSON.stringify(record);
  return loggerOf(
    "jsonLinesLogger",
    {
      path,
      begin: ({ earlier }) => file.begin(earlier.map(line)),
      write: (record) => file.append(line(record)),
    },
    onWarning,
  );
}

function epochOf(line: string): unknown {
  try {
    return (JSON.parse(line) as { readonly epoch?: unknown } | null)?.epoch;
  } catch {
    return undefined;
  }
}
