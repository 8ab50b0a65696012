import type { Metrics } from "../model/metrics.js";
import type { Session } from "../model/session.js";
import type { NamedTensor } from "../native/contract.js";

/** A copy of the weights at the best validation epoch of a fit. */
export class BestWeights {
  #epoch: number | undefined;
  #metrics: Metrics | undefined;
  #state: readonly NamedTensor[] | undefined;

  /** From 1; `undefined` before the first validation. */
  get epoch(): number | undefined {
    return this.#epoch;
  }

  get state(): readonly NamedTensor[] | undefined {
    return this.#state;
  }

  /** Copies the weights if `metrics` are better than all before: the first of equal epochs is the best one. */
  async offer(epoch: number, metrics: Metrics, session: Session): Promise<void> {
    if (this.#metrics !== undefined && !isBetter(metrics, this.#metrics)) return;
    this.#state = await session.getState("model");
    this.#epoch = epoch;
    this.#metrics = metrics;
  }

  /** Puts the copy back; without one nothing happens. */
  async restore(session: Session): Promise<void> {
    if (this.#state !== undefined) await session.setState("model", this.#state);
  }
}

function isBetter(candidate: Metrics, best: Metrics): boolean {
  return candidate.accuracy === undefined || best.accuracy === undefined
    ? candidate.loss < best.loss
    : candidate.accuracy > best.accuracy;
}
