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
import { resolveGraph } from "../../../lib/model/graph.js";

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

test.run();
