// Graphs of layers in float64: plain loops, one sample after the other, row-major.
import { sizeOf } from "../../../lib/layers/shape.js";
import type { LayerSpec } from "../../../lib/native/contract.js";
import { convolution, transposedConvolution } from "./reference-conv-layers.js";
import { averagePool, centerCrop, concatenate, maxPool } from "./reference-images.js";
import { linearReference } from "./reference-linear.js";

/** A batch: `batch * product(shape)` values. */
export interface Activations {
  readonly batch: number;
  readonly shape: readonly number[];
  readonly values: Float64Array;
}

/** What a network holds and what a pass decides. */
export interface NetworkValues {
  /** Weights and statistics by full name. */
  readonly tensors: ReadonlyMap<string, ArrayLike<number>>;
  readonly phase: "train" | "eval";
  /** Keep flags by layer name, `[batch][features]`, of dropout2d `[batch][channels]`; needed in training. */
  readonly dropoutKeep?: Readonly<Record<string, ArrayLike<number>>>;
}

/** Outputs of a network, and its running statistics after a step of training. */
export interface NetworkResult {
  readonly output: Activations;
  readonly statistics: ReadonlyMap<string, Float64Array>;
}

export function runNetwork(layers: readonly LayerSpec[], input: Activations, values: NetworkValues): NetworkResult {
  const statistics = new Map<string, Float64Array>();
  const outputs = new Map([["input", input]]);
  for (const layer of layers) {
    const inputs = layer.inputs.map((name) => outputs.get(name)!);
    outputs.set(layer.name, runLayer(layer, inputs, values, statistics));
  }
  return { output: outputs.get(layers.at(-1)!.name)!, statistics };
}

function runLayer(
  layer: LayerSpec,
  inputs: readonly Activations[],
  values: NetworkValues,
  statistics: Map<string, Float64Array>,
): Activations {
  const input = inputs[0]!;
  switch (layer.type) {
    case "flatten":
      return { ...input, shape: [sizeOf(input.shape)] };
    case "relu":
      return { ...input, values: input.values.map((value) => Math.max(value, 0)) };
    case "tanh":
      return { ...input, values: input.values.map(Math.tanh) };
    case "dropout":
    case "dropout2d": {
      if (values.phase === "eval") return input;
      const keep = values.dropoutKeep![layer.name]!;
      const spatial = layer.type === "dropout" ? 1 : sizeOf(input.shape.slice(1));
      const scale = 1 / (1 - (layer["rate"] as number));
      return {
        ...input,
        values: input.values.map((value, i) => (keep[Math.floor(i / spatial)] ? value * scale : 0)),
      };
    }
    case "maxPool2d":
    case "globalMaxPool2d":
      return maxPool(layer, input);
    case "averagePool2d":
    case "globalAveragePool2d":
      return averagePool(layer, input);
    case "centerCrop2d":
      return centerCrop(input, layer["size"] as [number, number]);
    case "concatenate":
      return concatenate(inputs);
    case "add":
      return { ...input, values: input.values.map((_, i) => inputs.reduce((sum, { values: of }) => sum + of[i]!, 0)) };
    case "linear":
      return linear(layer, input, values);
    case "conv2d":
      return convolution(layer, input, values);
    case "convTranspose2d":
      return transposedConvolution(layer, input, values);
    case "batchNorm":
      return batchNorm(layer, input, values, statistics);
    default:
      throw new Error(`no reference of ${layer.type}`);
  }
}

function linear(layer: LayerSpec, { batch, shape, values: input }: Activations, values: NetworkValues): Activations {
  const outFeatures = layer["units"] as number;
  const bias = values.tensors.get(`${layer.name}.bias`);
  const weights = values.tensors.get(`${layer.name}.weight`)!;
  const problem = { batch, inFeatures: shape[0]!, outFeatures, input, weights, outputGradient: [] };
  const { output } = linearReference({ ...problem, ...(bias && { bias }) });
  return { batch, shape: [outFeatures], values: output.values };
}

/**
 * y = gain (x - mean) / sqrt(variance + epsilon) + bias, a channel; running <- (1 - momentum) running + momentum batch
 * with the variance over n - 1, in training.
 */
function batchNorm(
  layer: LayerSpec,
  { batch, shape, values: input }: Activations,
  { tensors, phase }: NetworkValues,
  statistics: Map<string, Float64Array>,
): Activations {
  const channels = shape[0]!;
  const spatial = sizeOf(shape) / channels;
  const momentum = layer["momentum"] as number;
  const tensor = (name: string) => tensors.get(`${layer.name}.${name}`);
  const running = {
    mean: Float64Array.from(tensor("running_mean")!),
    variance: Float64Array.from(tensor("running_var")!),
  };
  const output = new Float64Array(input.length);
  for (let c = 0; c < channels; c++) {
    const places: number[] = [];
    for (let b = 0; b < batch; b++) {
      for (let s = 0; s < spatial; s++) places.push((b * channels + c) * spatial + s);
    }
    let [mean, variance] = [running.mean[c]!, running.variance[c]!];
    if (phase === "train") {
      mean = places.reduce((sum, at) => sum + input[at]!, 0) / places.length;
      variance = places.reduce((sum, at) => sum + (input[at]! - mean) ** 2, 0) / places.length;
      const unbiased = places.length > 1 ? (variance * places.length) / (places.length - 1) : variance;
      running.mean[c] = (1 - momentum) * running.mean[c]! + momentum * mean;
      running.variance[c] = (1 - momentum) * running.variance[c]! + momentum * unbiased;
    }
    const scale = (tensor("weight")?.[c] ?? 1) / Math.sqrt(variance + (layer["epsilon"] as number));
    for (const at of places) output[at] = (input[at]! - mean) * scale + (tensor("bias")?.[c] ?? 0);
  }
  statistics.set(`${layer.name}.running_mean`, running.mean);
  statistics.set(`${layer.name}.running_var`, running.variance);
  return { batch, shape, values: output };
}
