import type { EpochRecord } from "../training/history.js";

/** What the seed decides of an epoch: a line of `history.jsonl`. */
export function resultOf({ seconds: _, stepsPerSecond: __, ...result }: EpochRecord): object {
  return result;
}

/** What the clock says of it: a line of `timings.jsonl`. */
export function timingOf({ epoch, seconds, stepsPerSecond }: EpochRecord): object {
  return { epoch, seconds, stepsPerSecond };
}
