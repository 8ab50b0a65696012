import { suite } from "uvu";
import * as assert from "uvu/assert";
import { add } from "../../../lib/layers/add.js";
import { averagePool2d } from "../../../lib/layers/average-pool2d.js";
import { batchNorm } from "../../../lib/layers/batch-norm.js";
import { centerCrop2d } from "../../../lib/layers/center-crop2d.js";
import { concatenate } from "../../../lib/layers/concatenate.js";
import { convTranspose2d } from "../../../lib/layers/conv-transpose2d.js";
import { conv2d } from "../../../lib/layers/conv2d.js";
import { dropout } from "../../../lib/layers/dropout.js";
import { dropout2d } from "../../../lib/layers/dropout2d.js";
import { flatten } from "../../../lib/layers/flatten.js";
import { globalAveragePool2d } from "../../../lib/layers/global-average-pool2d.js";
import { globalMaxPool2d } from "../../../lib/layers/global-max-pool2d.js";
import { layerTypes } from "../../../lib/layers/index.js";
import type { Layer, LayerParameter, LayerType, Shape } from "../../../lib/layers/layer.js";
import { linear } from "../../../lib/layers/linear.js";
import { maxPool2d } from "../../../lib/layers/max-pool2d.js";
import { relu } from "../../../lib/layers/relu.js";
import { tanh } from "../../../lib/layers/tanh.js";
import { inferNode, resolveGraph } from "../../../lib/model/graph.js";
import { refused } from "../../support/refused.js";

const test = suite("layers");

/** A layer with the shapes and parameters that it should have. */
interface Row {
  readonly layer: Layer;
  readonly options: object;
  readonly input: Shape;
  /** How often it reads the input; 1 where absent. */
  readonly times?: number;
  readonly output: Shape;
  readonly parameters: readonly LayerParameter[];
  /** Default: not counted. */
  readonly multiplyAccumulates?: number;
}

const rows: readonly Row[] = [
  {
    layer: linear({ units: 3 }),
    options: { units: 3, weights: "binary", bias: "none" },
    input: [5],
    output: [3],
    parameters: [{ name: "weight", shape: [3, 5], kind: "binary" }],
    multiplyAccumulates: 15,
  },
  {
    layer: linear({ units: 1, weights: "real", bias: "binary" }),
    options: { units: 1, weights: "real", bias: "binary" },
    input: [7],
    output: [1],
    parameters: [
      { name: "weight", shape: [1, 7], kind: "real" },
      { name: "bias", shape: [1], kind: "binary" },
    ],
    multiplyAccumulates: 7,
  },
  {
    layer: conv2d({ channels: 7, kernelSize: 3 }),
    options: { channels: 7, kernelSize: [3, 3], stride: [1, 1], padding: [0, 0], weights: "binary", bias: "none" },
    input: [2, 5, 3],
    output: [7, 3, 1],
    parameters: [{ name: "weight", shape: [7, 2, 3, 3], kind: "binary" }],
    multiplyAccumulates: 3 * 1 * 7 * 2 * 9,
  },
  {
    layer: conv2d({ channels: 1, kernelSize: [5, 3], padding: "same", bias: "real" }),
    options: { channels: 1, kernelSize: [5, 3], stride: [1, 1], padding: [2, 1], weights: "binary", bias: "real" },
    input: [3, 1, 7],
    output: [1, 1, 7],
    parameters: [
      { name: "weight", shape: [1, 3, 5, 3], kind: "binary" },
      { name: "bias", shape: [1], kind: "real" },
    ],
    multiplyAccumulates: 7 * 3 * 15,
  },
  {
    layer: conv2d({
      channels: 5,
      kernelSize: [1, 2],
      stride: [2, 3],
      padding: [0, 1],
      weights: "real",
      bias: "binary",
    }),
    options: { channels: 5, kernelSize: [1, 2], stride: [2, 3], padding: [0, 1], weights: "real", bias: "binary" },
    input: [3, 7, 8],
    output: [5, 4, 3],
    parameters: [
      { name: "weight", shape: [5, 3, 1, 2], kind: "real" },
      { name: "bias", shape: [5], kind: "binary" },
    ],
    multiplyAccumulates: 4 * 3 * 5 * 3 * 2,
  },
  {
    layer: convTranspose2d({ channels: 5, kernelSize: 2, stride: 2 }),
    options: {
      ...{ channels: 5, kernelSize: [2, 2], stride: [2, 2], padding: [0, 0], outputPadding: [0, 0] },
      ...{ weights: "binary", bias: "none" },
    },
    input: [3, 7, 1],
    output: [5, 14, 2],
    parameters: [{ name: "weight", shape: [3, 5, 2, 2], kind: "binary" }],
    multiplyAccumulates: 7 * 1 * 3 * 5 * 4,
  },
  {
    layer: convTranspose2d({
      ...{ channels: 1, kernelSize: [3, 4], stride: [3, 2], padding: 1, outputPadding: [2, 0] },
      ...{ weights: "real", bias: "binary" },
    }),
    options: {
      ...{ channels: 1, kernelSize: [3, 4], stride: [3, 2], padding: [1, 1], outputPadding: [2, 0] },
      ...{ weights: "real", bias: "binary" },
    },
    input: [2, 5, 3],
    output: [1, 15, 6],
    parameters: [
      { name: "weight", shape: [2, 1, 3, 4], kind: "real" },
      { name: "bias", shape: [1], kind: "binary" },
    ],
    multiplyAccumulates: 15 * 2 * 12,
  },
  {
    layer: batchNorm(),
    options: { momentum: 0.1, epsilon: 1e-5, affine: false },
    input: [3, 5, 7],
    output: [3, 5, 7],
    parameters: [],
  },
  {
    layer: batchNorm({ momentum: 0.15, epsilon: 1e-4, affine: true }),
    options: { momentum: 0.15, epsilon: 1e-4, affine: true },
    input: [3, 5, 7],
    output: [3, 5, 7],
    parameters: [
      { name: "weight", shape: [3], kind: "real" },
      { name: "bias", shape: [3], kind: "real" },
    ],
  },
  { layer: relu(), options: {}, input: [3, 1], output: [3, 1], parameters: [] },
  { layer: tanh(), options: {}, input: [3], output: [3], parameters: [] },
  { layer: dropout(), options: { rate: 0.5 }, input: [3, 5], output: [3, 5], parameters: [] },
  { layer: flatten(), options: {}, input: [3, 5, 7], output: [105], parameters: [] },
  { layer: dropout2d(), options: { rate: 0.5 }, input: [3, 5, 7], output: [3, 5, 7], parameters: [] },
  {
    layer: maxPool2d({ size: 2 }),
    options: { size: [2, 2], stride: [2, 2], padding: [0, 0] },
    input: [3, 5, 8],
    output: [3, 2, 4],
    parameters: [],
  },
  {
    layer: maxPool2d({ size: 3, stride: 2, padding: 1 }),
    options: { size: [3, 3], stride: [2, 2], padding: [1, 1] },
    input: [3, 5, 8],
    output: [3, 3, 4],
    parameters: [],
  },
  {
    layer: averagePool2d({ size: 3, stride: 1, padding: 1 }),
    options: { size: [3, 3], stride: [1, 1], padding: [1, 1] },
    input: [2, 1, 7],
    output: [2, 1, 7],
    parameters: [],
  },
  {
    layer: averagePool2d({ size: [1, 4], stride: [2, 3], padding: [0, 2] }),
    options: { size: [1, 4], stride: [2, 3], padding: [0, 2] },
    input: [2, 5, 7],
    output: [2, 3, 3],
    parameters: [],
  },
  { layer: globalMaxPool2d(), options: {}, input: [3, 5, 7], output: [3], parameters: [] },
  { layer: globalAveragePool2d(), options: {}, input: [3, 1, 1], output: [3], parameters: [] },
  {
    layer: centerCrop2d({ size: [3, 7] }),
    options: { size: [3, 7] },
    input: [2, 5, 7],
    output: [2, 3, 7],
    parameters: [],
  },
  { layer: concatenate(), options: {}, input: [3, 5, 7], times: 2, output: [6, 5, 7], parameters: [] },
  { layer: concatenate(), options: {}, input: [3], times: 5, output: [15], parameters: [] },
  { layer: add(), options: {}, input: [3, 5, 7], times: 3, output: [3, 5, 7], parameters: [] },
];

test("every layer has a row", () => {
  assert.equal([...new Set(rows.map(({ layer }) => layer.type))].sort(), layerTypes.map(({ type }) => type).sort());
});

for (const { layer, options, input, times = 1, output, parameters, multiplyAccumulates } of rows) {
  test(`${layer.type} ${JSON.stringify(options)} of [${input}]: options, shapes and parameters`, () => {
    assert.equal(layer, { type: layer.type, options });
    const [resolved] = resolveGraph(input, [{ layer, inputs: new Array<string>(times).fill("input") }]);
    assert.equal(resolved!.outputShape, output);
    assert.equal(
      resolved!.parameters,
      parameters.map((parameter) => ({ ...parameter, name: `${layer.type}1.${parameter.name}` })),
    );
    const type: LayerType = layerTypes.find(({ type }) => type === layer.type)!;
    assert.is(type.multiplyAccumulates?.(layer.options, input, output), multiplyAccumulates);
  });
}

test("a name is not an option", () => {
  assert.equal(relu({ name: "first" }), { type: "relu", name: "first", options: {} });
});

test("options are checked", async () => {
  await refused(() => linear({ units: 0 }), "ERR_OPTION_RANGE", "linear.units: 0");
  await refused(
    () => linear({ unit: 3 } as never),
    "ERR_OPTION_UNKNOWN",
    'linear.unit: unknown option, did you mean "units"?',
  );
  await refused(() => linear({ units: 3, bias: true } as never), "ERR_OPTION_TYPE", "linear.bias: true");
  await refused(() => dropout({ rate: 1 }), "ERR_OPTION_RANGE", "dropout.rate: 1", ">= 0 and < 1");
  await refused(() => batchNorm({ momentum: 1.5 }), "ERR_OPTION_RANGE", "batchNorm.momentum: 1.5");
  await refused(() => batchNorm({ epsilon: 0 }), "ERR_OPTION_RANGE", "batchNorm.epsilon: 0");
  await refused(() => dropout2d({ rate: -0.1 }), "ERR_OPTION_RANGE", "dropout2d.rate: -0.1");
  await refused(() => maxPool2d({} as never), "ERR_OPTION_TYPE", "maxPool2d.size: missing");
  await refused(() => (maxPool2d as () => Layer)(), "ERR_OPTION_TYPE", "maxPool2d: missing", "size, stride, padding");
  await refused(() => maxPool2d({ size: 2, strides: 1 } as never), "ERR_OPTION_UNKNOWN", 'did you mean "stride"?');
  await refused(() => averagePool2d({ size: 2, stride: 0 }), "ERR_OPTION_RANGE", "averagePool2d.stride: 0");
  await refused(
    () => averagePool2d({ size: 3, padding: 2 }),
    "ERR_OPTION_RANGE",
    /^averagePool2d.padding: 2 is out of range, accepted: at most half the size, \[1, 1\]$/,
  );
  await refused(
    () => centerCrop2d({ size: [3] } as never),
    "ERR_OPTION_RANGE",
    "accepted: an array of 2, each an integer >= 1",
  );
  await refused(() => centerCrop2d({ size: [3, 0] }), "ERR_OPTION_RANGE", "centerCrop2d.size[1]: 0");
  await refused(() => relu({ name: "a.b" }), "ERR_OPTION_RANGE", 'relu.name: "a.b" is not accepted');
  await refused(() => relu({ name: "input" }), "ERR_OPTION_RANGE", 'any name but "input"');
});

test("pairs: one number for both, and what no pair is", async () => {
  const kernel = (kernelSize: unknown) => () => conv2d({ channels: 1, kernelSize: kernelSize as number });
  assert.equal(kernel(3)(), kernel([3, 3])());
  const accepted = "accepted: an integer in 1..65536, or two of them, [rows, columns]";
  await refused(kernel(undefined), "ERR_OPTION_TYPE", "conv2d.kernelSize: missing", accepted);
  await refused(kernel("3"), "ERR_OPTION_TYPE", 'conv2d.kernelSize: "3"', accepted);
  for (const value of [0, 1.5, 2 ** 16 + 1, Number.NaN]) {
    await refused(kernel(value), "ERR_OPTION_RANGE", `conv2d.kernelSize: ${value} is out of range`, accepted);
  }
  for (const value of [[], [3], [3, 3, 3]]) await refused(kernel(value), "ERR_OPTION_RANGE", accepted);
  await refused(
    kernel([3, 0]),
    "ERR_OPTION_RANGE",
    "conv2d.kernelSize[1]: 0 is out of range, accepted: an integer >= 1",
  );
});

test("padding in words", async () => {
  const padded = (padding: unknown, options = {}) =>
    conv2d({ channels: 1, kernelSize: [3, 7], padding: padding as number, ...options }).options["padding"];
  assert.equal(padded("valid"), [0, 0]);
  assert.equal(padded("valid", { kernelSize: 2, stride: 3 }), [0, 0]);
  assert.equal(padded("same"), [1, 3]);
  assert.equal(padded(2), [2, 2]);
  await refused(() => padded("sane"), "ERR_OPTION_RANGE", 'conv2d.padding: "sane" is unknown', '"same", "valid"');
  await refused(() => padded(-1), "ERR_OPTION_RANGE", "conv2d.padding: -1");
  await refused(
    () => padded("same", { kernelSize: [3, 4] }),
    "ERR_OPTION_RANGE",
    'conv2d.kernelSize: [3, 4] is out of range, accepted: odd numbers, as padding is "same"',
  );
  await refused(
    () => padded("same", { stride: 2 }),
    "ERR_OPTION_RANGE",
    'conv2d.stride: 2 is out of range, accepted: 1, as padding is "same"',
  );
  // A layer that is only data, such as one of a file, is completed as well.
  const [layer] = resolveGraph(
    [1, 5, 7],
    [{ layer: { type: "conv2d", options: { channels: 2, kernelSize: 5, padding: "same" } } }],
  );
  assert.equal(
    [layer!.options["padding"], layer!.outputShape],
    [
      [2, 2],
      [2, 5, 7],
    ],
  );
});

test("windows: the stride is the size, and padding at most half of it", async () => {
  assert.equal(maxPool2d({ size: [1, 4] }).options, { size: [1, 4], stride: [1, 4], padding: [0, 0] });
  assert.equal(maxPool2d({ size: 3, stride: undefined }).options["stride"], [3, 3]);
  await refused(
    () => maxPool2d({ size: [5, 3], padding: [2, 2] }),
    "ERR_OPTION_RANGE",
    /^maxPool2d.padding: \[2, 2\] is out of range, accepted: at most half the size, \[2, 1\]$/,
  );
  await refused(() => maxPool2d({ size: 2, stride: [1, 0] }), "ERR_OPTION_RANGE", "maxPool2d.stride[1]: 0");
  await refused(() => maxPool2d({ size: "2" as never }), "ERR_OPTION_TYPE", 'maxPool2d.size: "2"', "[rows, columns]");
  // A layer that is only data is completed and held against the same limit.
  const plain = (options: object) =>
    resolveGraph([1, 6, 9], [{ layer: { type: "maxPool2d", options: { ...options } } }]);
  const [layer] = plain({ padding: [0, 1], size: [2, 3] });
  assert.equal(JSON.stringify(layer!.options), '{"size":[2,3],"stride":[2,3],"padding":[0,1]}', "in this order");
  assert.equal(layer!.outputShape, [1, 3, 3]);
  await refused(() => plain({ size: 2, padding: [1, 2] }), "ERR_OPTION_RANGE", "maxPool2d1.padding: [1, 2]");
});

test("output padding is less than the stride", async () => {
  const options = { channels: 1, kernelSize: 3, stride: [1, 2], outputPadding: 1 } as const;
  await refused(
    () => convTranspose2d(options),
    "ERR_OPTION_RANGE",
    "convTranspose2d.outputPadding: 1 is out of range, accepted: less than the stride, [1, 2]",
  );
  convTranspose2d({ ...options, outputPadding: [0, 1] });
});

test("images that a convolution cannot take: both layers and what would do", async () => {
  const into = (layer: Layer, inputShape: Shape) => () => resolveGraph(inputShape, [{ layer: relu() }, { layer }]);
  for (const layer of [conv2d({ channels: 1, kernelSize: 3 }), convTranspose2d({ channels: 1, kernelSize: 3 })]) {
    for (const shape of [[5], [5, 3], [5, 3, 3, 3]]) {
      const message = `${layer.type}1 cannot take [${shape.join(", ")}] from relu1, accepted: images [channels, rows, columns]`;
      await refused(into(layer, shape), "ERR_SHAPE_MISMATCH", message);
    }
  }
  await refused(
    into(conv2d({ channels: 1, kernelSize: [5, 3], padding: [1, 0] }), [1, 2, 3]),
    "ERR_SHAPE_MISMATCH",
    "conv2d1 cannot take [1, 2, 3] from relu1",
    "of at least [3, 3] pixels, for a kernel of [5, 3] with padding [1, 0]",
  );
  await refused(
    into(convTranspose2d({ channels: 1, kernelSize: [3, 4], padding: 2 }), [1, 2, 2]),
    "ERR_SHAPE_MISMATCH",
    "convTranspose2d1 cannot take [1, 2, 2] from relu1",
    "of which padding [2, 2] leaves something; it would give [0, 1] pixels",
  );
});

const image = "[channels, rows, columns]";
const misfits: readonly (readonly [layer: Layer, input: Shape, accepted: string])[] = [
  [dropout2d(), [5], image],
  [maxPool2d({ size: 3 }), [2, 2, 5], `${image} with rows >= 3 and columns >= 3`],
  [maxPool2d({ size: 3, padding: 1 }), [7], `${image} with rows >= 1 and columns >= 1`],
  [averagePool2d({ size: [4, 3], padding: [2, 0] }), [2, 5, 2], `${image} with rows >= 1 and columns >= 3`],
  [globalMaxPool2d(), [5, 3], image],
  [globalAveragePool2d(), [5], image],
  [centerCrop2d({ size: [3, 4] }), [2, 5, 3], `${image} with rows >= 3 and columns >= 4`],
  [centerCrop2d({ size: [3, 4] }), [60], `${image} with rows >= 3 and columns >= 4`],
];

for (const [layer, input, accepted] of misfits) {
  test(`${layer.type} cannot take [${input}]`, () =>
    refused(
      () => resolveGraph(input, [{ layer }]),
      "ERR_SHAPE_MISMATCH",
      `${layer.type}1 cannot take [${input.join(", ")}] from input, accepted: ${accepted}`,
    ).then(() => undefined));
}

test("inputs that do not fit each other", async () => {
  const merged = (layer: Layer, ...shapes: Shape[]) => resolveMerged(layer, shapes);
  assert.equal(merged(concatenate(), [2, 3, 5], [1, 3, 5], [4, 3, 5]), [7, 3, 5]);
  assert.equal(merged(concatenate(), [2], [7]), [9]);
  for (const shapes of [
    [
      [2, 3, 5],
      [2, 3, 4],
    ],
    [
      [2, 3],
      [2, 3, 1],
    ],
    [[2], [2, 1]],
  ]) {
    await refused(() => merged(concatenate(), ...shapes), "ERR_SHAPE_MISMATCH", "differ in their first axis only");
    await refused(() => merged(add(), ...shapes), "ERR_SHAPE_MISMATCH", "inputs of one shape");
  }
  await refused(() => merged(add(), [2, 3, 5], [1, 3, 5]), "ERR_SHAPE_MISMATCH", "inputs of one shape");
});

test.run();

function resolveMerged(layer: Layer, shapes: readonly Shape[]): Shape {
  return inferNode(
    layer,
    layer.type,
    shapes.map((_, at) => `layer${at + 1}`),
    shapes,
  ).outputShape;
}
