/** Every layer and every loss alone, and all of them in a network, with inputs away from kinks: one step of each. */
import { sizeOf } from "../../../lib/layers/shape.js";
import type { NativeSession, ReplayCall } from "../../../lib/native/contract.js";
import { gridValues } from "./numerical-gradient.js";
import { generator, randomLabels } from "./random.js";
import { chain, node, openSession, type SessionParts } from "./specs.js";

export interface LayerRow {
  /** The layer, or the loss where there is one; unique with `name`. */
  readonly type: string;
  readonly name: string;
  readonly parts: SessionParts;
  readonly batch: number;
  readonly phase?: "train" | "eval";
  /** Changes the inputs, such as to keep away from a kink. */
  readonly inputs?: (values: Float32Array) => Float32Array;
  /** With these the scalar is the loss, else a random linear function of the outputs. */
  readonly targets?: Int32Array | Float32Array;
}

const layer = (type: string, options: object, inputShape: number[]): SessionParts => ({
  layers: chain([type, { ...options }]),
  inputShape,
  loss: "meanSquaredError",
});
const loss = (name: string, inputShape: number[], lossOptions = {}): SessionParts => ({
  layers: chain(["tanh"]),
  inputShape,
  loss: name,
  lossOptions,
});

/** At least 1/4 away from 0: four points of the difference stay on one side. */
const awayFromZero = (values: Float32Array) => values.map((value) => value + (value < 0 ? -0.25 : 0.25));

/** A window of the largest value: no two are closer than what the difference moves one by. */
const apart = (values: Float32Array) => {
  const places = [...values.keys()].sort((a, b) => values[a]! - values[b]!);
  return values.map((_, i) => places.indexOf(i) / 8 - values.length / 16);
};
/** A layer that reads the input and a function of it. */
const merging = (type: string, inputShape: number[]): SessionParts => ({
  layers: [node("curve", "tanh", ["input"]), node("merged", type, ["input", "curve", "input"])],
  inputShape,
  loss: "meanSquaredError",
});

export const layerRows: readonly LayerRow[] = [
  { type: "linear", name: "binary", parts: layer("linear", { units: 5 }, [7]), batch: 3 },
  { type: "linear", name: "binary with a bias", parts: layer("linear", { units: 17, bias: "binary" }, [3]), batch: 17 },
  {
    type: "linear",
    name: "real with a real bias",
    batch: 2,
    parts: layer("linear", { units: 3, weights: "real", bias: "real" }, [33]),
  },
  { type: "linear", name: "single values", parts: layer("linear", { units: 1, bias: "real" }, [1]), batch: 1 },
  { type: "linear", name: "mode weights", parts: layer("linear", { units: 5 }, [7]), batch: 3, phase: "eval" },
  { type: "conv2d", name: "a pixel", parts: layer("conv2d", { kernelSize: [1, 1] }, [5, 1, 1]), batch: 1 },
  {
    type: "conv2d",
    name: "padding and a binary bias",
    batch: 1,
    parts: layer("conv2d", { padding: [1, 1], bias: "binary" }, [2, 5, 3]),
  },
  {
    type: "conv2d",
    name: "stride, batch of 17, real with a real bias",
    batch: 17,
    parts: layer("conv2d", { stride: [2, 2], padding: [1, 0], weights: "real", bias: "real" }, [1, 4, 3]),
  },
  {
    type: "conv2d",
    name: "stride that skips pixels, mode weights",
    batch: 2,
    phase: "eval",
    parts: layer(
      "conv2d",
      { channels: 2, kernelSize: [1, 2], stride: [2, 3], padding: [0, 1], bias: "real" },
      [3, 5, 7],
    ),
  },
  {
    type: "convTranspose2d",
    name: "a pixel",
    batch: 1,
    parts: layer("convTranspose2d", { kernelSize: [1, 1], stride: [1, 1] }, [5, 1, 1]),
  },
  {
    type: "convTranspose2d",
    name: "twice the size with a binary bias",
    batch: 3,
    parts: layer("convTranspose2d", { channels: 2, bias: "binary" }, [3, 3, 2]),
  },
  {
    type: "convTranspose2d",
    name: "padding and output padding, batch of 17, real with a real bias",
    batch: 17,
    parts: layer(
      "convTranspose2d",
      { kernelSize: [3, 2], padding: [1, 0], outputPadding: [1, 0], weights: "real", bias: "real" },
      [2, 1, 2],
    ),
  },
  {
    type: "convTranspose2d",
    name: "gaps between the kernels, mode weights",
    batch: 2,
    phase: "eval",
    parts: layer("convTranspose2d", { channels: 1, kernelSize: [1, 2], stride: [2, 3], bias: "real" }, [3, 2, 3]),
  },
  { type: "batchNorm", name: "vectors", parts: layer("batchNorm", {}, [3]), batch: 5 },
  {
    type: "batchNorm",
    name: "vectors with gain and bias",
    parts: layer("batchNorm", { affine: true }, [7]),
    batch: 17,
  },
  { type: "batchNorm", name: "images", parts: layer("batchNorm", { epsilon: 0.1, affine: true }, [2, 3, 5]), batch: 3 },
  { type: "batchNorm", name: "an image", parts: layer("batchNorm", {}, [3, 7]), batch: 1 },
  { type: "batchNorm", name: "a vector, constant", parts: layer("batchNorm", { affine: true }, [3]), batch: 1 },
  { type: "batchNorm", name: "running", parts: layer("batchNorm", {}, [3, 2]), batch: 5, phase: "eval" },
  {
    type: "batchNorm",
    name: "running with gain and bias",
    batch: 2,
    phase: "eval",
    parts: layer("batchNorm", { affine: true, epsilon: 0.1 }, [7]),
  },
  { type: "tanh", name: "vectors", parts: layer("tanh", {}, [17]), batch: 3 },
  { type: "relu", name: "images", parts: layer("relu", {}, [2, 3, 2]), batch: 5, inputs: awayFromZero },
  { type: "dropout", name: "recorded", parts: layer("dropout", { rate: 0.3 }, [17]), batch: 3 },
  { type: "dropout", name: "off", parts: layer("dropout", { rate: 0.3 }, [17]), batch: 3, phase: "eval" },
  { type: "dropout2d", name: "recorded", parts: layer("dropout2d", { rate: 0.3 }, [5, 3, 2]), batch: 3 },
  { type: "dropout2d", name: "off", parts: layer("dropout2d", { rate: 0.3 }, [5, 1, 7]), batch: 2, phase: "eval" },
  { type: "maxPool2d", name: "images", parts: layer("maxPool2d", {}, [3, 5, 4]), batch: 3, inputs: apart },
  {
    type: "maxPool2d",
    name: "single values",
    parts: layer("maxPool2d", { size: [1, 1], stride: [1, 1] }, [1, 1, 1]),
    batch: 1,
  },
  {
    type: "maxPool2d",
    name: "overlapping and padded",
    batch: 17,
    parts: layer("maxPool2d", { size: [3, 3], stride: [2, 2], padding: [1, 1] }, [1, 5, 1]),
    inputs: apart,
  },
  {
    type: "maxPool2d",
    name: "windows larger than the image",
    batch: 2,
    parts: layer("maxPool2d", { size: [5, 5], stride: [1, 1], padding: [2, 2] }, [2, 1, 3]),
    inputs: apart,
  },
  {
    type: "maxPool2d",
    name: "rows and columns of their own",
    batch: 3,
    parts: layer("maxPool2d", { size: [2, 4], stride: [1, 3], padding: [0, 2] }, [2, 3, 5]),
    inputs: apart,
  },
  { type: "averagePool2d", name: "images", parts: layer("averagePool2d", {}, [3, 5, 4]), batch: 3 },
  {
    type: "averagePool2d",
    name: "overlapping and padded",
    batch: 17,
    parts: layer("averagePool2d", { size: [3, 3], stride: [2, 2], padding: [1, 1] }, [1, 5, 1]),
  },
  {
    type: "averagePool2d",
    name: "gaps between windows",
    batch: 1,
    parts: layer("averagePool2d", { size: [2, 2], stride: [3, 3] }, [1, 7, 5]),
  },
  {
    type: "averagePool2d",
    name: "rows and columns of their own",
    batch: 3,
    parts: layer("averagePool2d", { size: [4, 1], stride: [3, 2], padding: [2, 0] }, [2, 5, 3]),
  },
  { type: "globalMaxPool2d", name: "images", parts: layer("globalMaxPool2d", {}, [3, 5, 2]), batch: 3, inputs: apart },
  { type: "globalAveragePool2d", name: "images", parts: layer("globalAveragePool2d", {}, [3, 5, 7]), batch: 2 },
  { type: "centerCrop2d", name: "images", parts: layer("centerCrop2d", { size: [2, 1] }, [2, 5, 4]), batch: 3 },
  { type: "centerCrop2d", name: "all", parts: layer("centerCrop2d", { size: [1, 7] }, [2, 1, 7]), batch: 1 },
  { type: "concatenate", name: "images", parts: merging("concatenate", [2, 3, 1]), batch: 3 },
  { type: "concatenate", name: "vectors", parts: merging("concatenate", [5]), batch: 17 },
  { type: "add", name: "images", parts: merging("add", [2, 3, 1]), batch: 3 },
  { type: "add", name: "vectors", parts: merging("add", [1]), batch: 1 },
  { type: "flatten", name: "images", parts: layer("flatten", {}, [2, 3, 5]), batch: 3 },
  {
    type: "softmaxCrossEntropy",
    name: "classes",
    parts: loss("softmaxCrossEntropy", [7]),
    batch: 5,
    targets: Int32Array.of(0, 6, 3, 3, 1),
  },
  {
    type: "softmaxCrossEntropy",
    name: "two positions",
    parts: loss("softmaxCrossEntropy", [3, 2]),
    batch: 3,
    targets: Int32Array.of(0, 2, 1, 1, 2, 0),
  },
  {
    type: "softmaxCrossEntropy",
    name: "weights of classes",
    parts: loss("softmaxCrossEntropy", [3], { classWeights: [1.75, 0, 0.5] }),
    batch: 5,
    targets: Int32Array.of(0, 2, 1, 0, 2),
  },
  {
    type: "softmaxCrossEntropy",
    name: "weights of classes, a label a pixel",
    parts: loss("softmaxCrossEntropy", [3, 5, 7], { classWeights: [1.3, 0.7, 0.2] }),
    batch: 3,
    targets: randomLabels(3 * 35, 3, 4),
  },
  {
    // Outputs of tanh lie within the margin, where the loss is a parabola.
    type: "squaredHinge",
    name: "classes",
    parts: loss("squaredHinge", [7]),
    batch: 5,
    targets: Int32Array.of(0, 6, 3, 3, 1),
  },
  {
    type: "binaryCrossEntropy",
    name: "hard and soft targets",
    parts: loss("binaryCrossEntropy", [3]),
    batch: 3,
    targets: Float32Array.of(0, 1, 0.25, 1, 0, 0.75, 0.5, 1, 1),
  },
  {
    type: "meanSquaredError",
    name: "vectors",
    parts: loss("meanSquaredError", [5]),
    batch: 3,
    targets: gridValues(15, 9),
  },
];

/** A network in which every kind of chain layer occurs. */
export const deep: SessionParts = {
  inputShape: [2, 1, 3],
  layers: chain(
    ["batchNorm", { affine: true }],
    ["conv2d", { kernelSize: [1, 2], padding: [1, 0], bias: "real" }],
    ["tanh"],
    ["convTranspose2d", { channels: 2, kernelSize: [1, 2], stride: [1, 1], padding: [1, 0], bias: "binary" }],
    ["flatten"],
    ["dropout", { rate: 0.25 }],
    ["linear", { units: 7, bias: "binary" }],
    ["batchNorm"],
    ["tanh"],
    ["linear", { units: 5, weights: "real", bias: "real" }],
    ["tanh"],
    ["linear", { units: 4 }],
  ),
};

/** Dropout keeps three of four values of the input, or of its channels. */
export function masks({ layers, inputShape = [] }: SessionParts, values: number): Record<string, Uint8Array> {
  const next = generator(3);
  const pixels = sizeOf(inputShape.slice(1));
  const flags = (length: number) => Uint8Array.from({ length }, () => (next() < 0.75 ? 1 : 0));
  return Object.fromEntries(
    layers
      .filter(({ type }) => type.startsWith("dropout"))
      .map(({ name, type }) => [name, flags(type === "dropout" ? values : values / pixels)]),
  );
}

/** A session of a row with weights and statistics of odd values, variances above 0; and its step. */
export async function openRow(
  { parts, batch, phase = "train", inputs = (values) => values, targets }: LayerRow,
  more: Partial<SessionParts> = {},
): Promise<{ readonly session: NativeSession; readonly call: ReplayCall }> {
  const session = openSession({ ...parts, maxBatch: batch, ...more });
  const { outputShape, parameters } = session.describe();
  const values = batch * sizeOf(parts.inputShape!);
  const outputs = batch * sizeOf(outputShape);
  const state = await session.getState("model");
  await session.setState(
    "model",
    state.map(({ name, shape, data }, i) => {
      const drawn = gridValues(data.length, 50 + i);
      return { name, shape, data: name.endsWith("running_var") ? drawn.map((value) => 0.5 + Math.abs(value)) : drawn };
    }),
  );
  const count = (optimizer: number) =>
    parameters
      .filter((parameter) => parameter.optimizer === optimizer)
      .reduce((sum, { shape }) => sum + sizeOf(shape), 0);
  const optimizers = new Set(parameters.map(({ optimizer }) => optimizer)).size;
  const call: ReplayCall = {
    inputs: inputs(gridValues(values, 1)),
    ...(targets ? { targets } : { outputGradients: [gridValues(outputs, 2)] }),
    batch,
    phase,
    commit: false,
    weights: Array.from({ length: optimizers }, (_, i) => gridValues(count(i), 30 + i)),
    dropoutKeep: masks(parts, values),
  };
  return { session, call };
}
