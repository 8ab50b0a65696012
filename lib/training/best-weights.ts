import type { Metrics } from "../model/metrics.js";
import type { Session, StateReader } from "../model/session.js";
import type { NamedTensor } from "../native/contract.js";
import type { Claim } from "../optimizers/claim.js";
import type { Optimizer } from "../optimizers/optimizer.js";

/** An epoch with the metrics that made it the best one. */
export interface BestEpoch {
  /** From 1. */
  readonly epoch: number;
  readonly metrics: Metrics;
  /** Of each optimizer, those that predictions depend on, as they were then. */
  readonly hyperparameters: readonly Readonly<Record<string, number>>[];
}

/** A copy of the weights at the best validation epoch of a fit, in native memory. */
export class BestWeights {
  #found: BestEpoch | undefined;
  /** Ends when nobody overwrites the copy, or reads it in pieces. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly session: Session,
    private readonly claims: readonly Claim[],
  ) {}

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

  /**
   * Copies the weights if `metrics` are better than all before: the first of equal epochs is the best one.
   *
   * @param session the view that may make calls now
   */
  async offer(epoch: number, metrics: Metrics, session: Session): Promise<void> {
    if (this.#found !== undefined && !isBetter(metrics, this.#found.metrics)) return;
    const hyperparameters = this.claims.map(({ optimizer }, index) => predictive(optimizer, session, index));
    await this.keep({ epoch, metrics, hyperparameters }, session);
  }

  /** Copies the weights for those of `found`. */
  async keep(found: BestEpoch, session: Session): Promise<void> {
    await this.#inTurn(async () => {
      await session.keepState("best");
      this.#found = found;
    });
  }

  /** Puts the copy back; without one nothing happens. */
  async restore(session: Session = this.session): Promise<void> {
    if (this.#found === undefined) return;
    const { hyperparameters } = this.#found;
    await session.restoreState();
    for (const [index, values] of hyperparameters.entries()) {
      if (Object.keys(values).length > 0) session.setHyperparameters(index, values);
    }
  }

  /** Lets `use` read the copy, which does not change meanwhile. */
  read<T>(use: (state: StateReader, found: BestEpoch | undefined) => Promise<T>): Promise<T> {
    return this.#inTurn(() => use(this.session.kept("best"), this.#found));
  }

  #inTurn<T>(task: () => Promise<T>): Promise<T> {
    const done = this.#turn.then(task);
    this.#turn = done.catch(() => undefined);
    return done;
  }
}

function predictive(optimizer: Optimizer, session: Session, index: number): Record<string, number> {
  const current = session.hyperparameters(index);
  return Object.fromEntries(optimizer.predictive.flatMap((name) => (name in current ? [[name, current[name]!]] : [])));
}

function isBetter(candidate: Metrics, best: Metrics): boolean {
  return candidate.accuracy === undefined || best.accuracy === undefined
    ? candidate.loss < best.loss
    : candidate.accuracy > best.accuracy;
}
