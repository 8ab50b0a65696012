import { appendFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { z } from "zod";

import { makeFolders } from "../io/make-folders.js";
import { output } from "../io/output-error.js";
import { checkOptions } from "../options/check.js";
import type { Callback } from "../training/callback.js";
import { loggerOf, loggerOptions } from "./logger.js";
import type { Event } from "./tensorboard/events.js";

/** Options of {@link tensorBoard}. */
export const tensorBoardOptions = z.strictObject({
  folder: z.string().min(1).describe("The folder"),
  ...loggerOptions,
});

export type TensorBoardOptions = z.input<typeof tensorBoardOptions>;

/** `START` of a SessionLog: TensorBoard drops what it has of this step and later ones from files before. */
const sessionStart = 1;

/** Files of this process, so that no two have one name. */
let files = 0;

/**
 * A callback that writes an event file for TensorBoard (`tensorboard --logdir <folder>`). Steps are epochs; scalars are
 * `train/loss`, `train/accuracy`, the same for `validation` and `test`, `learning_rate`, `flip_ratio`,
 * `hyperparameters/<optimizer>.<name>`, `seconds/train`, `seconds/evaluate` and `steps_per_second`; histograms are
 * `weights/probability`, or `weights/latent`, of the optimizer of the binary weights.
 *
 * Each fit writes a file of its own, and tells TensorBoard to drop what earlier files in the folder have of its epochs: all,
 * or, where it resumes, those that it does anew. What cannot be written is a warning and ends no fit.
 *
 * @example await trainer.fit({ train, epochs: 20, callbacks: [tensorBoard({ folder: "logs/first" })] });
 *
 * Options:
 * - `folder`: the folder, made if it is missing. Required.
 * - `onWarning`: hears once a fit, with a `BayesBinnError` of code `ERR_OUTPUT`, if the log cannot be written.
 *   Default: a warning of the process (`process.emitWarning`).
 *
 * @throws BayesBinnError `ERR_OPTION_UNKNOWN`, `ERR_OPTION_TYPE` or `ERR_OPTION_RANGE`
 */
export function tensorBoard(options: TensorBoardOptions): Callback {
  const { folder, onWarning } = checkOptions(tensorBoardOptions, options, "tensorBoard");
  let path = folder;
  const write = async (...events: Event[]) => {
    // Loaded here: programs without such logs need not wait for it.
    const [{ encodeEvent }, { recordOf }] = await Promise.all([
      import("./tensorboard/events.js"),
      import("./tensorboard/record.js"),
    ]);
    const entries = events.map((event) => recordOf(encodeEvent(event)));
    await output(path, () => appendFile(path, Buffer.concat(entries)));
  };
  return loggerOf(
    "tensorBoard",
    {
      path: folder,
      async begin({ firstEpoch }) {
        await output(folder, () => makeFolders(folder));
        const wallTime = Date.now() / 1000;
        path = join(folder, fileName(wallTime));
        const version = { wallTime, fileVersion: "brain.Event:2" };
        await write(version, { wallTime, step: firstEpoch, sessionLog: { status: sessionStart } });
      },
      async write(record) {
        const { summaryOf } = await import("./tensorboard/summary.js");
        await write({ wallTime: Date.now() / 1000, step: record.epoch, summary: { value: summaryOf(record) } });
      },
    },
    onWarning,
  );
}

/** TensorBoard knows event files by `tfevents`, and reads them in the order of their names. */
function fileName(wallTime: number): string {
  const seconds = String(Math.floor(wallTime)).padStart(10, "0");
  return `events.out.tfevents.${seconds}.${hostname()}.${process.pid}.${files++}`;
}
