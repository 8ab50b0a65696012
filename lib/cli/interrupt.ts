import type { Writable } from "node:stream";

import { BayesBinnError } from "../native/errors.js";

/** The reason with which a signal aborts a command. */
export class Interrupted extends Error {
  override readonly name = "AbortError";

  constructor(
    readonly signalName: "SIGINT" | "SIGTERM",
    /** 128 + the signal's number, as shells have it. */
    readonly exitCode: number,
  ) {
    super(`stopped by ${signalName}`);
  }
}

/** A key press can arrive twice: from the terminal, and forwarded by `npm` or `npx`. */
const samePressMilliseconds = 300;

/**
 * Turns signals into an `AbortSignal`: the first Ctrl+C aborts, the second one kills.
 *
 * @returns the signal, and `release` to give the process its usual behaviour back.
 */
export function abortOnSignals(stderr: Writable): { readonly signal: AbortSignal; release(): void } {
  const controller = new AbortController();
  let abortedAt = 0;
  const listen = (signalName: Interrupted["signalName"], exitCode: number) => {
    const listener = () => {
      if (!controller.signal.aborted) {
        abortedAt = performance.now();
        stderr.write("\nstopping; press Ctrl+C again to quit at once\n");
        controller.abort(new Interrupted(signalName, exitCode));
      } else if (performance.now() - abortedAt > samePressMilliseconds) {
        release();
        // Without listeners the signal has its default effect.
        process.kill(process.pid, signalName);
      }
    };
    process.on(signalName, listener);
    return () => process.off(signalName, listener);
  };
  const stops = [listen("SIGINT", 130), listen("SIGTERM", 143)];
  const release = () => {
    for (const stop of stops) stop();
  };
  return { signal: controller.signal, release };
}

/**
 * A signal that follows `signal` and is also aborted when the reader of a stream goes away (`EPIPE`), which is an
 * `ERR_OUTPUT` for a command that still works and nothing at all for one that has finished.
 */
export function abortOnClosedPipe(streams: readonly Writable[], signal: AbortSignal): AbortSignal {
  const controller = new AbortController();
  for (const stream of streams) {
    stream.on("error", (error: NodeJS.ErrnoException) => {
      controller.abort(
        new BayesBinnError(
          "ERR_OUTPUT",
          error.code === "EPIPE" ? "the reader of the output has closed it" : `output: ${error.message}`,
          { reason: error.code },
          { cause: error },
        ),
      );
    });
  }
  return AbortSignal.any([signal, controller.signal]);
}
