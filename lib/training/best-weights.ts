import type { Metrics } from "../model/metrics.js";
import type { Session, StateReader } from "../model/session.js";
import type { NamedTensor } from "../native/contract.js";

/** A copy of the weights at the best validation epoch of a fit, in native memory. */
export class BestWeights {
  #epoch: number | undefined;
  #metrics: Metrics | undefined;
  /** Ends when nobody overwrites the copy, or reads it in pieces. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(private readonly session: Session) {}

  /** From 1; `undefined` before the first validation. */
  get epoch(): number | undefined {
    return this.#epoch;
  }

  /** The copy in arrays of their own. */
  get state(): readonly NamedTensor[] | undefined {
    if (this.#epoch === undefined) return undefined;
    const { layout, read } = this.session.kept("best");
    return layout.map(({ name, shape }) => {
      const data = new Float32Array(shape.reduce((product, size) => product * size, 1));
      read(name, 0, data);
      return { name, shape, data };
    });
  }

  /** Before another fit. */
  forget(): void {
    this.#epoch = undefined;
    this.#metrics = undefined;
  }

  /**
   * Copies the weights if `metrics` are better than all before: the first of equal epochs is the best one.
   *
   * @param session the view that may make calls now
   */
  async offer(epoch: number, metrics: Metrics, session: Session): Promise<void> {
    if (this.#metrics !== undefined && !isBetter(metrics, this.#metrics)) return;
    await this.#inTurn(() => session.keepState("best"));
    this.#epoch = epoch;
    this.#metrics = metrics;
  }

  /** Puts the copy back; without one nothing happens. */
  async restore(session: Session = this.session): Promise<void> {
    if (this.#epoch !== undefined) await session.restoreState();
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
