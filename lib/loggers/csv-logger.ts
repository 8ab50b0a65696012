import { z } from "zod";

import { checkOptions } from "../options/check.js";
import type { Callback } from "../training/callback.js";
import type { EpochRecord } from "../training/history.js";
import { EpochFile } from "./epoch-file.js";
import { loggerOf, loggerOptions } from "./logger.js";

/** Options of {@link csvLogger}. */
export const csvLoggerOptions = z.strictObject({
  path: z.string().min(1).describe("The file"),
  timings: z.boolean().default(true).describe("Whether there are columns of what is measured with a clock"),
  ...loggerOptions,
});

export type CsvLoggerOptions = z.input<typeof csvLoggerOptions>;

type Columns = Readonly<Record<string, (record: EpochRecord) => number | undefined>>;

const columns: Columns = {
  epoch: ({ epoch }) => epoch,
  learningRate: ({ learningRate }) => learningRate,
  "train.loss": ({ train }) => train.loss,
  "train.accuracy": ({ train }) => train.accuracy,
  "validation.loss": ({ validation }) => validation?.loss,
  "validation.accuracy": ({ validation }) => validation?.accuracy,
  "validation.meanIou": ({ validation }) => validation?.meanIou,
  "test.loss": ({ test }) => test?.loss,
  "test.accuracy": ({ test }) => test?.accuracy,
  "test.meanIou": ({ test }) => test?.meanIou,
  flipRatio: ({ flipRatio }) => flipRatio,
};

const timingColumns: Columns = {
  "seconds.train": ({ seconds }) => seconds.train,
  "seconds.evaluate": ({ seconds }) => seconds.evaluate,
  stepsPerSecond: ({ stepsPerSecond }) => stepsPerSecond,
};

/**
 * A callback that writes a table, a row an epoch: `epoch`, `learningRate`, `train.loss`, `train.accuracy`, the same and
 * `meanIou` for `validation` and `test`, `flipRatio`, `seconds.train`, `seconds.evaluate`, `stepsPerSecond`. What an epoch lacks stays empty.
 *
 * Each fit begins the table anew; one that resumes, with the epochs before its own. A file with other content is left
 * alone. What cannot be written is a warning and ends no fit.
 *
 * @example await trainer.fit({ train, epochs: 20, callbacks: [csvLogger({ path: "history.csv" })] });
 *
 * Options:
 * - `path`: the file; missing folders are made. Required.
 * - `timings`: whether there are columns of what is measured with a clock, the last three. Without them equal seeds give equal
 *   files. Default `true`.
 * - `onWarning`: hears once a fit, with a `BayesBinnError` of code `ERR_OUTPUT`, if the log cannot be written.
 *   Default: a warning of the process (`process.emitWarning`).
 *
 * @throws BayesBinnError `ERR_OPTION_UNKNOWN`, `ERR_OPTION_TYPE` or `ERR_OPTION_RANGE`
 */
export function csvLogger(options: CsvLoggerOptions): Callback {
  const { path, timings, onWarning } = checkOptions(csvLoggerOptions, options, "csvLogger");
  const table: Columns = { ...columns, ...(timings && timingColumns) };
  const file = new EpochFile(path, {
    header: Object.keys(table).join(","),
    epochOf: (line) => Number.parseInt(line, 10),
  });
  const row = (record: EpochRecord) =>
    Object.values(table)
      .map((value) => String(value(record) ?? ""))
      .join(",");
  return loggerOf(
    "csvLogger",
    {
      path,
      begin: ({ earlier }) => file.begin(earlier.map(row)),
      write: (record) => file.append(row(record)),
    },
    onWarning,
  );
}
