import { suite } from "uvu";
import * as assert from "uvu/assert";
import { batchNorm } from "../../../lib/layers/batch-norm.js";
import { dropout } from "../../../lib/layers/dropout.js";
import { flatten } from "../../../lib/layers/flatten.js";
import { layerTypes } from "../../../lib/layers/index.js";
import type { Layer, LayerParameter, Shape } from "../../../lib/layers/layer.js";
import { linear } from "../../../lib/layers/linear.js";
import { relu } from "../../../lib/layers/relu.js";
import { tanh } from "../../../lib/layers/tanh.js";
import { resolveGraph } from "../../../lib/model/graph.js";
import { refused } from "../../support/refused.js";

const test = suite("layers");

/** A layer with the shapes and parameters that it should have. */
interface Row {
  readonly layer: Layer;
  readonly options: object;
  readonly input: Shape;
  readonly output: Shape;
  readonly parameters: readonly LayerParameter[];
}

const rows: readonly Row[] = [
  {
    layer: linear({ units: 3 }),
    options: { units: 3, weights: "binary", bias: "none" },
    input: [5],
    output: [3],
    parameters: [{ name: "weight", shape: [3, 5], kind: "binary" }],
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
];

test("every layer has a row", () => {
  assert.equal([...new Set(rows.map(({ layer }) => layer.type))].sort(), layerTypes.map(({ type }) => type).sort());
});

for (const { layer, options, input, output, parameters } of rows) {
  test(`${layer.type} ${JSON.stringify(options)}: options, shapes and parameters`, () => {
    assert.equal(layer, { type: layer.type, options });
    const [resolved] = resolveGraph(input, [{ layer }]);
    assert.equal(resolved!.outputShape, output);
    assert.equal(
      resolved!.parameters,
      parameters.map((parameter) => ({ ...parameter, name: `${layer.type}1.${parameter.name}` })),
    );
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
  await refused(() => relu({ name: "a.b" }), "ERR_OPTION_RANGE", 'relu.name: "a.b" is not accepted');
  await refused(() => relu({ name: "input" }), "ERR_OPTION_RANGE", 'any name but "input"');
});

test.run();
