import type { Writable } from "node:stream";

/** What a command may touch of the process; tests pass their own. */
export interface Context {
  /** Results: JSON lines, and tables that were asked for. */
  readonly stdout: Writable;
  /** Everything for people while a command works, and errors. */
  readonly stderr: Writable & { readonly isTTY?: boolean };
  /** Aborted by Ctrl+C, a termination signal, or when the reader of stdout goes away. */
  readonly signal: AbortSignal;
  /** What the process exits with where the command itself does not fail. */
  exitCode: number;
}
