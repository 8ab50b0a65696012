import { BayesBinnError, type ErrorCode } from "../native/errors.js";
import { Interrupted } from "./interrupt.js";

/** Exit codes of `bayesbinn`; an interrupted command exits with 128 + the number of the signal (130 for Ctrl+C). */
export const exitCodes = { success: 0, failure: 1, usage: 2 } as const;

/** Codes that no change of the command line, the configuration or the data would help against. */
const failures: ReadonlySet<ErrorCode> = new Set([
  "ERR_INTERNAL",
  "ERR_CUDA",
  "ERR_OUT_OF_MEMORY",
  "ERR_BINDING_LOAD",
  "ERR_BUSY",
  "ERR_DISPOSED",
]);

/** What to print for an error and what to exit with. */
export interface ErrorReport {
  /** Ends with a line break; empty where there is nothing to say. */
  readonly text: string;
  readonly exitCode: number;
}

/**
 * One line `error [ERR_...]: what, where, what is accepted` for a typed error; the stack for anything else, since
 * that is a defect.
 */
export function reportError(error: unknown): ErrorReport {
  if (error instanceof Interrupted) return { text: "", exitCode: error.exitCode };
  if (error instanceof BayesBinnError && error.code !== "ERR_INTERNAL") {
    const exitCode = failures.has(error.code) ? exitCodes.failure : exitCodes.usage;
    return { text: `error [${error.code}]: ${oneLine(error.message)}\n`, exitCode };
  }
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return {
    text: `error [ERR_INTERNAL]: a defect of bayesbinn; please report it\n${stack}\n`,
    exitCode: exitCodes.failure,
  };
}

/** A message without line breaks. */
export function oneLine(message: string): string {
  return message.replace(/\s*\n\s*/g, " ").trim();
}
