import type { SingleBar } from "cli-progress";

import type { Callback } from "../training/callback.js";
import type { EpochRecord } from "../training/history.js";
import type { Context } from "./context.js";
import { metricsText, seconds } from "./format.js";

/** Shows a training run to a person; see {@link trainingProgress}. */
export interface TrainingProgress {
  readonly callback: Callback;
  /** Takes the bar off the terminal, whatever happened. */
  close(): void;
}

/**
 * A line on stderr for each epoch and, on a terminal, a bar for the epoch that runs.
 *
 * @param epochs number of epochs of the schedule
 */
export async function trainingProgress(stderr: Context["stderr"], epochs: number): Promise<TrainingProgress> {
  const bar = stderr.isTTY === true ? await createBar(stderr) : undefined;
  let running = false;
  const close = () => {
    if (running) bar?.stop();
    running = false;
  };
  return {
    close,
    callback: {
      onBatchEnd({ epoch, step, stepsPerEpoch, loss, accuracy }) {
        if (bar === undefined) return;
        const fields = {
          epoch: `${epoch}/${epochs}`,
          result: metricsText({ loss, ...(accuracy !== undefined && { accuracy }) }),
        };
        if (running) {
          bar.update(step, fields);
        } else {
          bar.start(stepsPerEpoch, step, fields);
          running = true;
        }
      },
      onEpochEnd(record) {
        close();
        stderr.write(`${epochLine(record, epochs)}\n`);
      },
    },
  };
}

async function createBar(stream: NodeJS.WritableStream): Promise<SingleBar> {
  const { default: progress } = await import("cli-progress");
  return new progress.SingleBar(
    {
      stream,
      format: "epoch {epoch} [{bar}] {value}/{total} {result} ETA {eta_formatted}",
      barsize: 30,
      hideCursor: true,
      clearOnComplete: true,
      etaBuffer: 50,
    },
    progress.Presets.shades_classic,
  );
}

/** `epoch   3/500  train 0.4412 96.26 %  validation 0.3901 97.60 %  learning rate 1.00e-4  13.1 s, 43 steps/s`. */
export function epochLine(record: EpochRecord, epochs: number): string {
  const { train, validation, test } = record;
  return [
    `epoch ${String(record.epoch).padStart(String(epochs).length)}/${epochs}`,
    `train ${metricsText(train)}`,
    ...(validation === undefined ? [] : [`validation ${metricsText(validation)}`]),
    ...(test === undefined ? [] : [`test ${metricsText(test)}`]),
    ...(Number.isNaN(record.learningRate) ? [] : [`learning rate ${record.learningRate.toExponential(2)}`]),
    `${seconds(record.seconds.train + record.seconds.evaluate)}, ${record.stepsPerSecond.toFixed(1)} steps/s`,
  ].join("  ");
}
