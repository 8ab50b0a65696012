import { sizeOf } from "../../../lib/layers/shape.js";
import type {
  DatasetSpec,
  LayerSpec,
  NamedTensor,
  NativeSession,
  OptimizerSpec,
  SessionSpec,
  StateScope,
  TrainCall,
} from "../../../lib/native/contract.js";
import { cudaDefaults } from "../../support/cuda-defaults.mjs";
import { addon } from "./addon.js";
import { randomFloats, randomLabels } from "./random.js";

/** Options of a method as native code takes them: complete. */
export type MethodSpec = Omit<OptimizerSpec, "parameters"> & { readonly type: string };

export function bayesbinn(options: Readonly<Record<string, unknown>> = {}): MethodSpec {
  return {
    type: "bayesbinn",
    learningRate: 0.01,
    momentum: 0.9,
    temperature: 1,
    samples: 1,
    estimator: "sample",
    initialLambda: 0.5,
    initialLambdaSpread: 0.1,
    priorLambda: 0,
    perWeightPrior: false,
    klWeight: 1,
    trainSetSize: 10,
    epsilon: 1e-10,
    saturation: 2 ** -24,
    staleMu: false,
    keepMomentum: true,
    ...options,
  };
}

/** A limit that clips nothing. */
export const unclipped = Number.MAX_VALUE;

const adamStep = { learningRate: 0.01, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 } as const;

export function adam(options: Readonly<Record<string, unknown>> = {}): MethodSpec {
  return { type: "adam", ...adamStep, gradientClip: unclipped, weightClip: unclipped, ...options };
}

export function sgd(options: Readonly<Record<string, unknown>> = {}): MethodSpec {
  const defaults = { learningRate: 0.01, momentum: 0, weightDecay: 0, nesterov: false, keepMomentum: false };
  return { type: "sgd", ...defaults, ...options };
}

export function ste(options: Readonly<Record<string, unknown>> = {}): MethodSpec {
  return { type: "ste", ...adamStep, gradientClip: unclipped, weightClip: 1, latentMask: false, ...options };
}

export function bop(options: Readonly<Record<string, unknown>> = {}): MethodSpec {
  return { type: "bop", gamma: 0.1, threshold: 1e-3, tie: "keep", ...options };
}

export function pmf(options: Readonly<Record<string, unknown>> = {}): MethodSpec {
  return { type: "pmf", ...adamStep, beta: 1, maxBeta: 1e4, weightDecay: 0, gradient: "exact", ...options };
}

type Options = Readonly<Record<string, unknown>>;

/** Options of every layer, complete, in one place. */
const layerOptions: Readonly<Record<string, Options>> = {
  linear: { units: 3, weights: "binary", bias: "none" },
  conv2d: {
    channels: 3,
    kernelSize: [3, 3],
    stride: [1, 1],
    padding: [0, 0],
    weights: "binary",
    bias: "none",
  },
  convTranspose2d: {
    channels: 3,
    kernelSize: [2, 2],
    stride: [2, 2],
    padding: [0, 0],
    outputPadding: [0, 0],
    weights: "binary",
    bias: "none",
  },
  batchNorm: { momentum: 0.1, epsilon: 1e-5, affine: false },
  relu: {},
  tanh: {},
  dropout: { rate: 0.5 },
  dropout2d: { rate: 0.5 },
  maxPool2d: { size: [2, 2], stride: [2, 2], padding: [0, 0] },
  averagePool2d: { size: [2, 2], stride: [2, 2], padding: [0, 0] },
  globalMaxPool2d: {},
  globalAveragePool2d: {},
  centerCrop2d: { size: [2, 2] },
  concatenate: {},
  add: {},
  flatten: {},
};

/** A chain of layers, named after their types and places: `linear1`, `tanh2`, ... */
export function chain(...layers: readonly (readonly [type: string, options?: Options])[]): LayerSpec[] {
  const names = layers.map(([type], i) => `${type}${i + 1}`);
  return layers.map(([type, options], i) => ({
    type,
    name: names[i]!,
    inputs: [i === 0 ? "input" : names[i - 1]!],
    ...layerOptions[type],
    ...options,
  }));
}

/** Layers with binary or real weights and perhaps a bias. */
const weighted = new Set(["linear", "conv2d", "convTranspose2d"]);
/** A layer of a graph, named: what it reads comes before it. */
export function node(name: string, type: string, inputs: readonly string[], options?: Options): LayerSpec {
  return { type, name, inputs, ...layerOptions[type], ...options };
}

/** Names of the parameters of `layers`, by kind. */
export function parametersOf(layers: readonly LayerSpec[]): { binary: string[]; real: string[] } {
  const names: { binary: string[]; real: string[] } = { binary: [], real: [] };
  for (const layer of layers) {
    if (weighted.has(layer.type)) {
      names[layer["weights"] as "binary" | "real"].push(`${layer.name}.weight`);
      if (layer["bias"] !== "none") names[layer["bias"] as "binary" | "real"].push(`${layer.name}.bias`);
    }
    if (layer.type === "batchNorm" && layer["affine"] === true) {
      names.real.push(`${layer.name}.weight`, `${layer.name}.bias`);
    }
  }
  return names;
}

/** Options of losses that have some, complete. */
const lossOptions: Readonly<Record<string, Options>> = {
  softmaxCrossEntropy: { classWeights: "none" },
};

/** What a session is made of, beside what each test gives: `layers` at least. */
export interface SessionParts extends Partial<Omit<SessionSpec, "optimizers" | "layers" | "loss">> {
  readonly layers: readonly LayerSpec[];
  readonly loss?: string;
  /** Options of the loss in place of those that change nothing. */
  readonly lossOptions?: Options;
  readonly binary?: MethodSpec;
  readonly real?: MethodSpec;
}

/** A complete spec: binary parameters with BayesBiNN, first, then real ones with Adam, each where there are any. */
export function sessionSpec(parts: SessionParts): SessionSpec {
  const { binary = bayesbinn(), real = adam(), loss = "softmaxCrossEntropy", lossOptions: given, ...rest } = parts;
  const names = parametersOf(parts.layers);
  const optimizers = [
    { ...binary, parameters: names.binary },
    { ...real, parameters: names.real },
  ].filter(({ parameters }) => parameters.length > 0);
  return {
    device: "cpu",
    cuda: cudaDefaults,
    threads: 1,
    seed: 1,
    maxBatch: 32,
    inputShape: [5],
    ...rest,
    loss: { type: loss, ...lossOptions[loss], ...given },
    optimizers,
  };
}

export function openSession(parts: SessionParts): NativeSession {
  return new addon.Session(sessionSpec(parts));
}

/**
 * A network with every kind of layer, parameter and state: `[2, 2, 3]` to 4 classes. A chain but for two named layers,
 * beside which the others keep their numbers.
 */
export function everything(parts: Partial<SessionParts> = {}): SessionParts {
  return {
    inputShape: [2, 2, 3],
    layers: chain(
      ["batchNorm", { affine: true }],
      ["conv2d", { kernelSize: [2, 3], padding: [0, 1], bias: "real" }],
      ["convTranspose2d", { channels: 2, kernelSize: [2, 1], stride: [1, 1], bias: "binary" }],
      ["flatten", { inputs: ["largest"] }],
      ["dropout", { rate: 0.2 }],
      ["linear", { units: 17, bias: "binary" }],
      ["batchNorm", { momentum: 0.15 }],
      ["tanh"],
      ["linear", { units: 9, weights: "real", bias: "real", inputs: ["sum"] }],
      ["relu"],
      ["linear", { units: 4, bias: "real" }],
    ).flatMap((layer) => {
      const window = { size: [1, 3], stride: [1, 1], padding: [0, 1] };
      if (layer.name === "flatten4") return [node("largest", "maxPool2d", ["convTranspose2d3"], window), layer];
      if (layer.name === "linear9") return [node("sum", "add", ["tanh8", "tanh8"]), layer];
      return [layer];
    }),
    binary: bayesbinn({ samples: 2, staleMu: true, perWeightPrior: true }),
    ...parts,
  };
}

/** A network of several paths with every layer that {@link everything} lacks: `[2, 2, 3]` to 4 classes. */
export function branches(parts: Partial<SessionParts> = {}): SessionParts {
  return {
    inputShape: [2, 2, 3],
    layers: [
      node("norm", "batchNorm", ["input"], { affine: true }),
      node("drop", "dropout2d", ["norm"], { rate: 0.25 }),
      node("largest", "maxPool2d", ["drop"], { stride: [1, 1], padding: [1, 1] }),
      node("smooth", "averagePool2d", ["norm"], { size: [3, 1], stride: [1, 1], padding: [1, 0] }),
      node("middle", "centerCrop2d", ["largest"], { size: [2, 3] }),
      node("joined", "concatenate", ["middle", "smooth", "input"]),
      node("twice", "add", ["joined", "joined"]),
      node("means", "globalAveragePool2d", ["twice"]),
      node("tops", "globalMaxPool2d", ["joined"]),
      node("hidden", "linear", ["means"], { units: 6, bias: "binary" }),
      node("sum", "add", ["hidden", "tops", "means"]),
      node("logits", "linear", ["sum"], { units: 4, bias: "real" }),
    ],
    binary: bayesbinn({ samples: 2 }),
    ...parts,
  };
}

/** A small network whose weights are bits: vectors, or what is flattened to them, to 4 classes. */
export function bits(parts: Partial<SessionParts> = {}): SessionParts {
  return {
    inputShape: [12],
    layers: chain(["flatten"], ["linear", { units: 33 }], ["batchNorm"], ["dropout"], ["linear", { units: 4 }]),
    binary: bayesbinn({ temperature: 1e-8, samples: 2 }),
    ...parts,
  };
}

/** Random samples with labels. */
export function labelled(count: number, sampleShape: readonly number[], classes: number, seed = 5): DatasetSpec {
  const features = sizeOf(sampleShape);
  return {
    name: "random",
    inputs: randomFloats(count * features, seed, -2, 2),
    sampleShape,
    scale: Float32Array.of(1),
    shift: Float32Array.of(0),
    targets: randomLabels(count, classes, seed + 1),
    targetWidth: 1,
  };
}

/** A call for all of an epoch at once. */
export function trainCall(dataset: number, options: Partial<TrainCall> = {}): TrainCall {
  return {
    dataset,
    epoch: 0,
    batchSize: 7,
    firstBatch: 0,
    batches: 1,
    shuffle: true,
    budgetMilliseconds: Number.POSITIVE_INFINITY,
    ...options,
  };
}

/** Everything that training moves, by name. */
export async function stateOf(
  session: NativeSession,
  scope: StateScope = "training",
): Promise<Map<string, NamedTensor>> {
  return new Map((await session.getState(scope)).map((tensor) => [tensor.name, tensor]));
}
