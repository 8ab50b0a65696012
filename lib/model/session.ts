import type { Dataset } from "../data/dataset.js";
import { loadAddon } from "../native/binding.js";
import type {
  Counters,
  Distribution,
  EvaluateCall,
  EvaluateResult,
  NamedTensor,
  NativeSession,
  PredictCall,
  PredictResult,
  SessionDescription,
  SessionProfile,
  SessionSpec,
  StateCopy,
  StateScope,
  TensorLayout,
  TrainCall,
  TrainResult,
} from "../native/contract.js";
import { BayesBinnError, fromNative } from "../native/errors.js";
import { DatasetStore } from "./dataset-store.js";

/** What all views of one native session share. */
interface Core {
  readonly native: NativeSession;
  readonly description: SessionDescription;
  readonly datasets: DatasetStore;
  /** By optimizer, what {@link Session.setHyperparameters} has set. */
  readonly hyperparameters: Record<string, number>[];
  disposed: boolean;
  running: Promise<unknown> | undefined;
  /** Whether what runs reads the state in pieces: it needs the native session until its end. */
  reading: boolean;
  /** The view that has the session to itself. */
  holder: Session | undefined;
}

/** A state that is read in pieces, so that it is nowhere as a whole. */
export interface StateReader {
  readonly layout: readonly TensorLayout[];
  /** Values of a tensor, from number `first` on, as many as `into` takes. */
  read(name: string, first: number, into: Float32Array): void;
}

/**
 * A native session as the rest of the library sees it: typed errors, `AbortSignal` instead of `cancel`, one call at a time.
 *
 * A fit {@link reserve}s the session, so that no call from outside slips in between two of its chunks, and
 * {@link lend}s it while callbacks run, so that these may evaluate, predict and save.
 */
export class Session implements AsyncDisposable {
  readonly #core: Core;

  private constructor(core: Core) {
    this.#core = core;
  }

  /** Compiles a network. Throws what native code refuses. */
  static open(spec: SessionSpec): Session {
    return typed(() => {
      const native = new (loadAddon().Session)(spec);
      const datasets = new DatasetStore(native);
      const description = native.describe();
      return new Session({
        native,
        description,
        datasets,
        hyperparameters: spec.optimizers.map(numbersOf),
        disposed: false,
        running: undefined,
        reading: false,
        holder: undefined,
      });
    });
  }

  get description(): SessionDescription {
    return this.#core.description;
  }

  get profile(): SessionProfile {
    return typed(() => this.#core.native.profile());
  }

  get disposed(): boolean {
    return this.#core.disposed;
  }

  /** Native number of `dataset`, which is uploaded the first time. */
  dataset(dataset: Dataset): number {
    this.#enter();
    return typed(() => this.#core.datasets.idOf(dataset));
  }

  setHyperparameters(optimizer: number, values: Readonly<Record<string, number>>): void {
    const native = this.#enter();
    typed(() => native.setHyperparameters(optimizer, values));
    Object.assign(this.#core.hyperparameters[optimizer]!, values);
  }

  /** All numbers among the options of an optimizer, as they are now. */
  hyperparameters(optimizer: number): Readonly<Record<string, number>> {
    return this.#core.hyperparameters[optimizer]!;
  }

  train(call: TrainCall, signal?: AbortSignal): Promise<TrainResult> {
    return this.#cancellable(signal, (native) => native.train(call));
  }

  evaluate(call: EvaluateCall, signal?: AbortSignal): Promise<EvaluateResult> {
    return this.#cancellable(signal, (native) => native.evaluate(call));
  }

  predict(call: PredictCall, signal?: AbortSignal): Promise<PredictResult> {
    return this.#cancellable(signal, (native) => native.predict(call));
  }

  getState(scope: StateScope): Promise<NamedTensor[]> {
    return this.#run((native) => native.getState(scope));
  }

  setState(scope: StateScope, tensors: readonly NamedTensor[]): Promise<void> {
    return this.#run((native) => native.setState(scope, tensors));
  }

  /** Lets `use` read the state of `scope` as it is now: until it has ended, calls are `ERR_BUSY` and `dispose` waits. */
  readState<T>(scope: StateScope, use: (state: StateReader) => Promise<T>): Promise<T> {
    const core = this.#core;
    return this.#run(async (native) => {
      core.reading = true;
      try {
        const layout = await native.stateLayout(scope);
        const read: StateReader["read"] = (name, first, into) => typed(() => native.readState(name, first, into));
        return await use({ layout, read });
      } finally {
        core.reading = false;
        if (core.disposed) native.dispose();
      }
    });
  }

  /** Of each optimizer, how its weights are spread over `bins` parts, 1..4096; undefined where it has nothing to show. */
  distributions(bins: number): Promise<(Distribution | undefined)[]> {
    return this.#run((native) => native.distributions(bins));
  }

  /** Copies the state to native memory, over the copy before. */
  keepState(copy: StateCopy): Promise<void> {
    return this.#run((native) => native.keepState(copy));
  }

  /** Puts the copy `best` back. */
  restoreState(): Promise<void> {
    return this.#run((native) => native.restoreState());
  }

  /** A copy that {@link keepState} made: at any time, also while calls run and after `dispose`. */
  kept(copy: StateCopy): StateReader {
    const { native } = this.#core;
    return {
      layout: typed(() => native.keptLayout(copy)),
      read: (name, first, into) => typed(() => native.readKept(copy, name, first, into)),
    };
  }

  get counters(): Counters {
    const native = this.#enter();
    return typed(() => native.counters());
  }

  setCounters(counters: Counters): void {
    const native = this.#enter();
    typed(() => native.setCounters(counters));
  }

  /** A view that has the session to itself until its {@link release}; calls through other views are `ERR_BUSY`. */
  reserve(): Session {
    this.#enter();
    const view = new Session(this.#core);
    this.#core.holder = view;
    return view;
  }

  /** Ends a reservation. */
  release(): void {
    if (this.#core.holder === this) this.#core.holder = undefined;
  }

  /** Runs `task` with the reservation lifted, and takes it up again when the calls that `task` began have ended. */
  async lend<T>(task: () => T | Promise<T>): Promise<T> {
    this.release();
    try {
      return await task();
    } finally {
      await this.idle();
      this.#core.holder = this;
    }
  }

  /** Resolves when no call runs any more. */
  async idle(): Promise<void> {
    while (this.#core.running !== undefined) await this.#core.running.catch(() => undefined);
  }

  /** Frees everything, at once or when the running call has stopped. Idempotent. */
  dispose(): void {
    if (this.#core.disposed) return;
    this.#core.disposed = true;
    if (!this.#core.reading) this.#core.native.dispose();
  }

  /** As {@link dispose}; resolves when nothing runs any more. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.dispose();
    await this.idle();
  }

  #enter(): NativeSession {
    const { disposed, running, holder, native } = this.#core;
    if (disposed) throw disposedError();
    const reserved = holder !== undefined && holder !== this;
    if (reserved || running !== undefined) throw busyError(reserved);
    return native;
  }

  /** The call starts before this returns, so that native code copies its arguments now. */
  async #run<T>(start: (native: NativeSession) => Promise<T>): Promise<T> {
    const native = this.#enter();
    try {
      const call = start(native);
      this.#core.running = call;
      return await call;
    } catch (error) {
      throw fromNative(error);
    } finally {
      this.#core.running = undefined;
    }
  }

  async #cancellable<T extends { readonly cancelled: boolean }>(
    signal: AbortSignal | undefined,
    start: (native: NativeSession) => Promise<T>,
  ): Promise<T> {
    const native = this.#enter();
    signal?.throwIfAborted();
    const cancel = () => native.cancel();
    signal?.addEventListener("abort", cancel, { once: true });
    try {
      const result = await this.#run(start);
      if (!result.cancelled) return result;
    } finally {
      signal?.removeEventListener("abort", cancel);
    }
    if (this.#core.disposed) throw disposedError();
    signal?.throwIfAborted();
    throw new BayesBinnError("ERR_INTERNAL", "a call was cancelled that nobody asked to cancel");
  }
}

function numbersOf(options: object): Record<string, number> {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => typeof value === "number"));
}

function typed<T>(call: () => T): T {
  try {
    return call();
  } catch (error) {
    throw fromNative(error);
  }
}

function disposedError(): BayesBinnError {
  return new BayesBinnError("ERR_DISPOSED", "the Trainer or Model that holds these weights has been disposed");
}

function busyError(reserved: boolean): BayesBinnError {
  return new BayesBinnError(
    "ERR_BUSY",
    reserved
      ? "a fit is running on this model: await it, or make this call from one of its callbacks"
      : "another call is running on this model: await it before the next one",
  );
}
