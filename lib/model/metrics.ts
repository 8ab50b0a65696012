import type { EvaluateResult, TrainResult } from "../native/contract.js";

/** How well a network does on some data. */
export interface Metrics {
  /** Mean over the samples, in the unit of the loss. */
  readonly loss: number;
  /**
   * Share of right predictions, 0..1; absent for losses without classes. Of pixels of tiles, an evaluation counts each pixel of
   * the whole images once.
   */
  readonly accuracy?: number;
  /** Mean intersection over union of the classes, 0..1; only of evaluations, where a class of each pixel is predicted. */
  readonly meanIou?: number;
}

/** Sums over samples that are still to be divided by their number. */
type Sums = Pick<EvaluateResult | TrainResult, "lossSum" | "correct" | "count">;

export function metricsOf({ lossSum, correct, count }: Sums): Metrics {
  const loss = lossSum / count;
  return Number.isNaN(correct) ? { loss } : { loss, accuracy: correct / count };
}
