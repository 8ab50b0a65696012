import type { Metrics } from "../model/metrics.js";
import type { Session, StateReader } from "../model/session.js";
import type { NamedTensor } from "../native/contract.js";

/** An epoch with the metrics that made it the best one. */
export interface BestEpoch {
  /** From 1. */
  readonly epoch: number;
  readonly metrics: Metrics;
}

/** A copy of the weights at the best validation epoch of a fit, in native memory. */
export class BestWeights {
  #found: BestEpoch | undefined;
  /** Ends when nobody overwrites the copy, or reads it in pieces. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(private readonly session: Session) {}

  /** `undefined` before the first validation. */
  get found(): BestEpoch | undefined {
    return this.#found;
  }

  /** The copy in arrays of their own. */
  get state(): readonly NamedTensor[] | undefined {
    if (this.#found === undefined) return undefined;
    const { layout, read } = this.session.kept("best");
    return layout.map(({ name, shape }) => {
      const data = new Float32Array(shape.reduce((product, size) => product * size, 1));
      read(name, 0, data);
      return { name, shape, data };
    });
  }

  /** Before another fit. */
  forget(): void {
    this.#found = undefined;
  }

  /** Takes the copy that is in native memory for that of `found`. */
  adopt(found: BestEpoch): void {
    this.#found = found;
  }

  /**
   * Copies the weights if `metrics` are better than all before: the first of equal epochs is the best one.
   *
   * @param session the view that may make calls now
   */
  async offer(epoch: number, metrics: Metrics, session: Session): Promise<void> {
    if (this.#found !== undefined && !isBetter(metrics, this.#found.metrics)) return;
    await this.#inTurn(() => session.keepState("best"));
    this.#found = { epoch, metrics };
  }

  /** Puts the copy back; without one nothing happens. */
  async restore(session: Session = this.session): Promise<void> {
    if (this.#found !== undefined) await session.restoreState();
  }

  /** Lets `use` read the copy, which does not change meanwhile. */
  read<T>(use: (state: StateReader) => Promise<T>): Promise<T> {
    return this.#inTurn(() => use(this.session.kept("best")));
  }

  #inTurn<T>(task: () => Promise<T>): Promise<T> {
    const done = this.#turn.then(task);
    this.#turn = done.catch(() => undefined);
    return done;
  }
}

function isBetter(candidate: Metrics, best: Metrics): boolean {
  return candidate.accuracy === undefined || best.accuracy === undefined
    ? candidate.loss < best.loss
    : candidate.accuracy > best.accuracy;
}
