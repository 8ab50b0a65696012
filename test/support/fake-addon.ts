import { replaceAddon } from "../../lib/native/binding.js";
import type {
  Counters,
  DatasetSpec,
  Distribution,
  EvaluateCall,
  EvaluateResult,
  NamedTensor,
  NativeAddon,
  NativeSession,
  PredictCall,
  PredictResult,
  ReplayResult,
  SessionDescription,
  SessionProfile,
  SessionSpec,
  StateCopy,
  TensorLayout,
  TrainCall,
  TrainResult,
} from "../../lib/native/contract.js";

/** How the sessions of a fake addon behave. */
export interface Behaviour {
  /** Steps that a call of `train` makes at most. */
  stepsPerCall: number;
  /** Whether calls only end when they are cancelled. */
  hold: boolean;
  /** What the next call rejects with. */
  failure: Error | undefined;
  /** Results of the next evaluations; when they are used up, all predictions are right. */
  evaluations: { lossSum: number; correct: number; count: number }[];
}

/** A view of a data set: what it was made of, as far as that was given. */
interface FakeView {
  base: number;
  indices?: Uint32Array;
  permutation?: Uint32Array;
}

/** A session without arithmetic: it keeps what it was asked, and answers from its {@link Behaviour}. */
export class FakeSession implements NativeSession {
  /** Names and arguments of all calls, in order. */
  readonly calls: [name: string, ...args: unknown[]][] = [];
  /** Names of data sets, and subsets. As native code does, it keeps none of the arrays that it is given. */
  readonly datasets = new Map<number, string | FakeView>();
  disposed = false;
  #running: (() => void) | undefined;
  #state = 0;
  readonly #kept: Partial<Record<StateCopy, NamedTensor>> = {};
  #counters: Counters = { step: 0, updates: [] };
  #nextDataset = 0;

  constructor(
    readonly spec: SessionSpec,
    readonly behaviour: Behaviour,
  ) {}

  describe(): SessionDescription {
    return {
      device: "cpu",
      deviceReason: "a fake",
      instructionSet: "none",
      blas: "none",
      threads: this.spec.threads,
      memoryBytes: 0,
      outputShape: [],
      layers: [],
      parameters: [
        { name: "linear1.weight", shape: [3, 2], kind: "binary", optimizer: 0, packed: false },
        { name: "batchNorm1.weight", shape: [3], kind: "real", optimizer: 1, packed: false },
      ],
    };
  }

  profile(): SessionProfile {
    return { materialize: 0, forward: 0, inputGradient: 0, weightGradient: 0, update: 0, loss: 0, other: 0 };
  }

  addDataset(spec: DatasetSpec): number {
    return this.#add(spec.name);
  }

  addSubset(base: number, indices: Uint32Array | undefined, permutation?: Uint32Array): number {
    const view: FakeView = { base };
    if (indices !== undefined) view.indices = indices.slice();
    if (permutation !== undefined) view.permutation = permutation.slice();
    return this.#add(view);
  }

  removeDataset(dataset: number): void {
    this.datasets.delete(dataset);
  }

  setHyperparameters(optimizer: number, values: Readonly<Record<string, number>>): void {
    this.calls.push(["setHyperparameters", optimizer, { ...values }]);
  }

  async train(call: TrainCall): Promise<TrainResult> {
    this.calls.push(["train", call]);
    const cancelled = await this.#work();
    const steps = cancelled ? 0 : Math.min(this.behaviour.stepsPerCall, call.batches);
    // One sample a step, each with a loss of 1 and a right prediction.
    return {
      steps,
      cancelled,
      lossSum: steps,
      correct: steps,
      count: steps,
      // Half of six binary weights in each.
      flips: 3 * steps,
      stepLosses: new Float64Array(steps).fill(1),
      stepSeconds: new Float64Array(steps),
    };
  }

  async evaluate(call: EvaluateCall): Promise<EvaluateResult> {
    this.calls.push(["evaluate", call]);
    const cancelled = await this.#work();
    return { cancelled, ...(this.behaviour.evaluations.shift() ?? { lossSum: 1, correct: 1, count: 1 }) };
  }

  async predict(call: PredictCall): Promise<PredictResult> {
    const inputs = call.inputs!.slice();
    this.calls.push(["predict", { ...call, inputs }]);
    return { cancelled: await this.#work(), values: inputs.slice() };
  }

  async replay(): Promise<ReplayResult> {
    throw new Error("not needed");
  }

  /** One value that grows with every train call, to tell states apart. */
  async getState(): Promise<NamedTensor[]> {
    const trained = this.calls.filter(([name]) => name === "train").length;
    this.#state = Math.max(this.#state, trained);
    await this.#work();
    return [{ name: "linear1.weight", shape: [1], data: Float32Array.of(this.#state) }];
  }

  async setState(scope: string, tensors: readonly NamedTensor[]): Promise<void> {
    this.calls.push(["setState", scope, tensors]);
    await this.#work();
  }

  async stateLayout(): Promise<TensorLayout[]> {
    const [tensor] = await this.getState();
    return [{ name: tensor!.name, shape: tensor!.shape }];
  }

  readState(_name: string, _first: number, into: Float32Array): void {
    into[0] = this.#state;
  }

  async distributions(bins: number): Promise<(Distribution | undefined)[]> {
    const counts = new Array<number>(bins).fill(0);
    return [undefined, { quantity: "latent", low: -1, high: 1, counts }];
  }

  async keepState(copy: StateCopy): Promise<void> {
    this.#kept[copy] = (await this.getState())[0]!;
    this.calls.push(["keepState", copy]);
  }

  async restoreState(): Promise<void> {
    this.calls.push(["restoreState"]);
    await this.#work();
  }

  keptLayout(copy: StateCopy): TensorLayout[] {
    const kept = this.#kept[copy];
    return kept === undefined ? [] : [{ name: kept.name, shape: kept.shape }];
  }

  readKept(copy: StateCopy, _name: string, _first: number, into: Float32Array): void {
    into.set(this.#kept[copy]!.data);
  }

  counters(): Counters {
    return this.#counters;
  }

  setCounters(counters: Counters): void {
    this.#counters = counters;
  }

  cancel(): void {
    this.calls.push(["cancel"]);
    this.#running?.();
  }

  dispose(): void {
    this.disposed = true;
    this.#running?.();
  }

  /** Arguments of all calls of one name. */
  argumentsOf<T>(name: string): T[] {
    return this.calls.filter((call) => call[0] === name).map((call) => call[1] as T);
  }

  #add(dataset: string | FakeView): number {
    const id = this.#nextDataset++;
    this.datasets.set(id, dataset);
    return id;
  }

  /** Whether the call was cancelled. */
  async #work(): Promise<boolean> {
    const { failure } = this.behaviour;
    this.behaviour.failure = undefined;
    if (failure !== undefined) throw failure;
    if (!this.behaviour.hold) return new Promise((resolve) => setImmediate(() => resolve(false)));
    return new Promise((resolve) => {
      this.#running = () => {
        this.#running = undefined;
        resolve(true);
      };
    });
  }
}

/** The sessions that were opened, and how they behave from now on. */
export interface FakeAddon {
  readonly sessions: FakeSession[];
  readonly behaviour: Behaviour;
}

/** Puts an addon without arithmetic in the place of the native one. */
export function installFakeAddon(): FakeAddon {
  const sessions: FakeSession[] = [];
  const behaviour: Behaviour = { stepsPerCall: 1000, hold: false, failure: undefined, evaluations: [] };
  class Session extends FakeSession {
    constructor(spec: SessionSpec) {
      super(spec, behaviour);
      sessions.push(this);
    }
  }
  const kernels = { permutation: (count: number) => Uint32Array.from({ length: count }, (_, index) => index) };
  replaceAddon({ Session, kernels } as unknown as NativeAddon);
  return { sessions, behaviour };
}

/** An error as native code throws it. */
export function nativeError(code: string, message: string): Error {
  return Object.assign(new Error(message), { code, details: {} });
}
