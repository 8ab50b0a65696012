import { z } from "zod";

import { outputError } from "../io/output-error.js";
import { BayesBinnError } from "../native/errors.js";
import type { Callback, TrainPlan } from "../training/callback.js";
import type { EpochRecord } from "../training/history.js";

/** Options of every logger. */
export const loggerOptions = {
  onWarning: z
    .custom<(warning: BayesBinnError) => void>((value) => typeof value === "function", "a function")
    .optional()
    .describe("Hears once a fit if the log cannot be written; default: a warning of the process"),
};

/** Where a logger writes. */
export interface Sink {
  /** A file or a folder. */
  readonly path: string;
  begin(plan: TrainPlan): Promise<void>;
  write(record: EpochRecord): Promise<void>;
}

/**
 * A callback that writes records to `sink`. Training is worth more than its log: what cannot be written ends no fit, but goes
 * to `onWarning`, once, and the rest of the fit is not logged.
 *
 * @param name of the logger, for the warning
 */
export function loggerOf(
  name: string,
  sink: Sink,
  onWarning: ((warning: BayesBinnError) => void) | undefined = emitWarning,
): Callback {
  let open = false;
  const attempt = async (write: () => Promise<void>) => {
    if (!open) return;
    try {
      await write();
    } catch (error) {
      open = false;
      onWarning(warningOf(name, outputError(sink.path, error)));
    }
  };
  return {
    onTrainBegin: (plan) => {
      open = true;
      return attempt(() => sink.begin(plan));
    },
    onEpochEnd: (record) => attempt(() => sink.write(record)),
  };
}

function warningOf(name: string, { code, message, details, cause }: BayesBinnError): BayesBinnError {
  return new BayesBinnError(code, `${name}: ${message}; the rest of this fit is not logged there`, details, { cause });
}

function emitWarning(warning: BayesBinnError): void {
  process.emitWarning(warning);
}
