/**
 * The one typed description of the native addon. Everything here mirrors `native/addon/`;
 * the addon validates every value again, so that no script can corrupt memory.
 */
import type { EvaluateCall, EvaluateResult, PredictCall, PredictResult } from "./inference-contract.js";
import type { NativeKernels } from "./kernels-contract.js";
import type { ReplayCall, ReplayResult } from "./replay-contract.js";
import type { SystemInfo } from "./system-contract.js";

export type * from "./inference-contract.js";
export type * from "./kernels-contract.js";
export type * from "./replay-contract.js";
export type * from "./system-contract.js";

/**
 * Where a session computes. `cuda` is the first CUDA device, `cuda:1` the second as the driver counts them. `auto` takes
 * `cuda` if it is usable and says why in {@link SessionDescription.deviceReason}.
 */
export type DeviceName = "auto" | "cpu" | "cuda" | `cuda:${number}`;

/** One node of the layer graph: the layer's options beside its type, its unique name and the names it reads. */
export interface LayerSpec {
  readonly type: string;
  readonly name: string;
  /** Names of earlier layers; `"input"` is the network's input. */
  readonly inputs: readonly string[];
  readonly [option: string]: unknown;
}

/**
 * A method and the parameters that it owns; every parameter of the graph is claimed exactly once.
 *
 * Methods for binary weights say how many weight samples a step has, and must agree on it; methods for real values follow.
 */
export interface OptimizerSpec {
  readonly type: string;
  /** Full parameter names, such as `"linear1.weight"`. */
  readonly parameters: readonly string[];
  readonly [option: string]: unknown;
}

export interface LossSpec {
  readonly type: string;
  readonly [option: string]: unknown;
}

/** How a CUDA device computes; nothing of it matters on the CPU. */
export interface CudaSpec {
  /** bf16 terms of a float32 in products on tensor cores: three (24 bits), two (16 bits) or one (8 bits). */
  readonly precision: "float32" | "bf16x2" | "bf16";
  /** Whether training steps are recorded as graphs and replayed. */
  readonly graphs: boolean;
  /** Bytes of device memory that the session may take; 0: no limit. */
  readonly memoryLimit: number;
}

/** Complete: native code knows no defaults. */
export interface SessionSpec {
  readonly device: DeviceName;
  readonly cuda: CudaSpec;
  /** Compute threads, 1..256. */
  readonly threads: number;
  /** 64-bit seed of every random stream; an integer in 0..2^53-1. */
  readonly seed: number;
  /** Largest batch of a training step, an evaluation or a prediction; memory is planned for it. */
  readonly maxBatch: number;
  /** Shape of one sample, without the batch. */
  readonly inputShape: readonly number[];
  readonly layers: readonly LayerSpec[];
  readonly loss: LossSpec;
  readonly optimizers: readonly OptimizerSpec[];
}

export interface ParameterDescription {
  readonly name: string;
  readonly shape: readonly number[];
  readonly kind: "binary" | "real";
  /** Index into {@link SessionSpec.optimizers}. */
  readonly optimizer: number;
  /**
   * Whether training steps multiply with these weights as bits: where the method makes them signs (STE, Bop, and BayesBiNN at
   * temperatures up to 1e-6) and the layer has the kernels. By the hyperparameters that the session was made with.
   */
  readonly packed: boolean;
}

/** Where the time goes: seconds of wall time since the session was made. Products and losses of evaluations are in it. */
export interface SessionProfile {
  /** Weights drawn before a forward pass; little where the update has drawn them already. */
  readonly materialize: number;
  /** Forward products of layers with weights. */
  readonly forward: number;
  readonly inputGradient: number;
  readonly weightGradient: number;
  /** The optimizer's pass over weights of products, with the next step's weights where it draws and packs them. */
  readonly update: number;
  readonly loss: number;
  /** Everything else of completed training steps: normalisation, activations, dropout, biases, gathering of batches. */
  readonly other: number;
}

/** What a session has of a CUDA device's memory, in bytes. Blocks that it gave back stay cached for what it asks for next. */
export interface DeviceMemory {
  readonly inUse: number;
  readonly mostInUse: number;
  readonly cached: number;
  /** How often the driver was asked for a block, and how often a cached one was taken. */
  readonly allocations: number;
  readonly reuses: number;
  /** Data sets that would take more than half of what is free: they stay in pinned host memory, which kernels read. */
  readonly samplesOnHost: number;
}

export interface SessionDescription {
  readonly device: Exclude<DeviceName, "auto">;
  readonly deviceReason: string;
  /** Instruction set that the kernels were chosen for: `baseline`, `avx2`, `avx512` or `neon`; on a CUDA device its name and compute capability. */
  readonly instructionSet: string;
  readonly blas: string;
  readonly threads: number;
  /** Of weights, their state, activations and data sets. */
  readonly memoryBytes: number;
  /** Absent on the CPU. */
  readonly deviceMemory?: DeviceMemory;
  readonly outputShape: readonly number[];
  readonly layers: readonly { readonly name: string; readonly type: string; readonly outputShape: readonly number[] }[];
  readonly parameters: readonly ParameterDescription[];
}

/**
 * What a dataset hands over; the arrays are copied once, but for bytes in a `SharedArrayBuffer`: the CPU reads these in
 * place, and later changes of them are seen.
 */
export interface DatasetSpec {
  readonly name: string;
  /** `length * product(sampleShape)` values. Bytes go through `byteTable`. */
  readonly inputs: Uint8Array | Float32Array;
  /** Shape of one sample; its product must be that of the session's input shape. */
  readonly sampleShape: readonly number[];
  /** For bytes: `[channels][256]` network inputs, one row for each channel (or a single row for all). */
  readonly byteTable?: Float32Array;
  /** For floats: network input = value * scale[c] + shift[c], a value a channel or a single one. */
  readonly scale?: Float32Array;
  readonly shift?: Float32Array;
  /** Class labels, or rows of floats. */
  readonly targets: Int32Array | Float32Array;
  /** Values of `targets` a sample: for labels one a position, for floats one a channel and position, channels first. */
  readonly targetWidth: number;
  /**
   * Positions of `targets`, for an output `[channels, rows, columns]`: as many rows and columns or more, by even numbers,
   * up to those of the image. All three have one centre, and batches take as much of it as the output has. Where it is that
   * of the image, every augmentation can move targets of the output's size. Absent: the output's own.
   */
  readonly targetShape?: readonly [rows: number, columns: number];
}

/** A step of an augmentation: its options, complete, beside its type. */
export interface AugmentationSpec {
  readonly type: string;
  readonly [option: string]: unknown;
}

export interface TrainCall {
  readonly dataset: number;
  /** 0-based; selects the permutation and the draws of the augmentation. */
  readonly epoch: number;
  readonly batchSize: number;
  /** First batch of this call within the epoch. */
  readonly firstBatch: number;
  readonly batches: number;
  readonly shuffle: boolean;
  /** Stop after the step that passes this many milliseconds. */
  readonly budgetMilliseconds: number;
  /** Steps taken one after the other on each image of a batch, and on targets with a value a pixel; absent: none. */
  readonly augmentation?: readonly AugmentationSpec[];
}

export interface TrainResult {
  /** Steps done; fewer than asked where the budget ran out or the call was cancelled. */
  readonly steps: number;
  readonly cancelled: boolean;
  /** Sum over samples (of the data) of the loss, mean over the weight samples of a step. */
  readonly lossSum: number;
  /** Right predictions, mean over weight samples; NaN for losses without classes. */
  readonly correct: number;
  /** Data samples seen. */
  readonly count: number;
  /** Binary weights whose mode changed, summed over the steps; an integer. */
  readonly flips: number;
  /** Part of each step in {@link lossSum}: sums of these depend on no budget. */
  readonly stepLosses: Float64Array;
  /** Duration of each step in seconds. */
  readonly stepSeconds: Float64Array;
}

/** A float tensor by name: `linear1.weight` (latent), `linear1.weight/momentum` (optimizer state), `batchNorm1.running_mean`. */
export interface NamedTensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** A tensor of the state without its values. */
export type TensorLayout = Omit<NamedTensor, "data">;

/** `model`: latents and running statistics, enough to predict. `training`: the optimizers' state as well. */
export type StateScope = "model" | "training";

/** A copy of the state that native code keeps: `best` of scope `model`, `snapshot` of scope `training`. */
export type StateCopy = "best" | "snapshot";

/** How values of weights are spread: their numbers in equal parts from `low` to `high`. */
export interface Distribution {
  /** What is counted: probabilities of +1, or latent weights. */
  readonly quantity: "probability" | "latent";
  readonly low: number;
  readonly high: number;
  /**
   * From `low` upwards. A value between two parts counts in the upper one, `high` in the last, and what lies beyond in the
   * first or the last.
   */
  readonly counts: readonly number[];
}

export interface Counters {
  /** Training steps committed so far: the counter of weight noise and dropout. */
  readonly step: number;
  /** Updates of each optimizer: the t of the bias corrections. */
  readonly updates: readonly number[];
}

export interface NativeSession {
  describe(): SessionDescription;
  /** Seconds that the session has worked, by part; see {@link SessionProfile}. */
  profile(): SessionProfile;
  addDataset(spec: DatasetSpec): number;
  /**
   * A view of `dataset` that shares its memory: the samples at `indices` (absent: all), with feature `permutation[f]` of
   * each in the place of feature f (absent: as they are). One of the two at least. Augmentation refuses permuted features.
   */
  addSubset(dataset: number, indices: Uint32Array | undefined, permutation?: Uint32Array): number;
  removeDataset(dataset: number): void;
  /** Changes hyperparameters from the next step on. Unknown keys and values out of range are refused. */
  setHyperparameters(optimizer: number, values: Readonly<Record<string, number>>): void;
  train(call: TrainCall): Promise<TrainResult>;
  evaluate(call: EvaluateCall): Promise<EvaluateResult>;
  predict(call: PredictCall): Promise<PredictResult>;
  replay(call: ReplayCall): Promise<ReplayResult>;
  getState(scope: StateScope): Promise<NamedTensor[]>;
  /** Every name must exist and every shape agree; all of `scope` must be given. */
  setState(scope: StateScope, tensors: readonly NamedTensor[]): Promise<void>;
  /**
   * What `getState` would give, without the values; the first weights are drawn if they are not. `ERR_NUMERIC` where a
   * running statistic is no finite number, as `keepState`: `setState` would not take it back.
   */
  stateLayout(scope: StateScope): Promise<TensorLayout[]>;
  /** Values of a tensor, from number `first` on, as many as `into` takes. */
  readState(name: string, first: number, into: Float32Array): void;
  /**
   * Of each optimizer, how its weights are spread over `bins` parts, 1..4096; undefined where the method has nothing to show
   * (Bop, Adam, SGD).
   */
  distributions(bins: number): Promise<(Distribution | undefined)[]>;
  /** Copies the state to native memory, over the copy before. `ERR_NUMERIC` as `stateLayout`, with the copy as it was. */
  keepState(copy: StateCopy): Promise<void>;
  /** Puts the copy `best` back. */
  restoreState(): Promise<void>;
  /** The tensors of a copy; none before the first. Answers at any time, as `readKept`: while calls run, after `dispose`. */
  keptLayout(copy: StateCopy): TensorLayout[];
  readKept(copy: StateCopy, name: string, first: number, into: Float32Array): void;
  counters(): Counters;
  setCounters(counters: Counters): void;
  /** Asks the running `train`, `evaluate` or `predict` to stop at the next safe point; its result says `cancelled`. */
  cancel(): void;
  /** Frees everything, at once or when the running call has stopped. Idempotent. */
  dispose(): void;
}

export interface NativeAddon {
  readonly Session: new (spec: SessionSpec) => NativeSession;
  readonly kernels: NativeKernels;
  systemInfo(): SystemInfo;
  /** Names that native code knows, for the test that holds them against the TypeScript lists. */
  registry(): {
    readonly layers: string[];
    readonly losses: string[];
    readonly optimizers: string[];
    readonly augmentations: string[];
  };
}

/** What a failing native call throws: an Error with these beside its message. */
export interface NativeErrorFields {
  readonly code: string;
  readonly details?: Readonly<Record<string, unknown>>;
}
