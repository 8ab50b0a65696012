import type { Context } from "./context.js";

/** A bar for one piece of work after the other; see {@link createProgressBar}. */
export interface ProgressBar {
  /** Shows how much is done; begins a new bar where `total` changes. */
  readonly update: (done: number, total: number) => void;
  /** Takes the bar off the terminal. */
  readonly close: () => void;
}

/** A progress bar on stderr, or nothing where that is no terminal or nobody wants to read. */
export async function createProgressBar(
  stderr: Context["stderr"],
  { quiet, format }: { readonly quiet: true | undefined; readonly format: string },
): Promise<ProgressBar> {
  if (quiet || stderr.isTTY !== true) return { update: () => {}, close: () => {} };
  const { default: progress } = await import("cli-progress");
  const options = { stream: stderr, format, barsize: 30, hideCursor: true, clearOnComplete: true, etaBuffer: 50 };
  const bar = new progress.SingleBar(options, progress.Presets.shades_classic);
  let running = 0;
  const close = () => {
    if (running > 0) bar.stop();
    running = 0;
  };
  const update = (done: number, total: number) => {
    if (running === total) {
      bar.update(done);
      return;
    }
    close();
    bar.start(total, done);
    running = total;
  };
  return { update, close };
}
