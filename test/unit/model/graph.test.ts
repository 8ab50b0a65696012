import { suite } from "uvu";
import * as assert from "uvu/assert";
import { add } from "../../../lib/layers/add.js";
import { batchNorm } from "../../../lib/layers/batch-norm.js";
import { flatten } from "../../../lib/layers/flatten.js";
import { linear } from "../../../lib/layers/linear.js";
import { relu } from "../../../lib/layers/relu.js";
import { layerSpecs } from "../../../lib/model/graph.js";
import { Model } from "../../../lib/model/model.js";
import { sequential } from "../../../lib/model/sequential.js";
import { refused } from "../../support/refused.js";

const test = suite("graph");

const names = (model: Model) => model.layers.map(({ name }) => name);

test("a list of layers: names, inputs and shapes", () => {
  const model = sequential({
    inputShape: [1, 2, 3],
    layers: [
      flatten(),
      linear({ units: 5 }),
      batchNorm({ affine: true }),
      relu(),
      linear({ units: 2, bias: "binary" }),
    ],
  });
  assert.equal(names(model), ["flatten1", "linear1", "batchNorm1", "relu1", "linear2"]);
  assert.equal(
    model.layers.map(({ inputs }) => inputs),
    [["input"], ["flatten1"], ["linear1"], ["batchNorm1"], ["relu1"]],
  );
  assert.equal(
    model.layers.map(({ outputShape }) => outputShape),
    [[6], [5], [5], [5], [2]],
  );
  assert.equal(model.outputShape, [2]);
  assert.equal(model.parameters(), [
    { name: "linear1.weight", shape: [5, 6], kind: "binary" },
    { name: "batchNorm1.weight", shape: [5], kind: "real" },
    { name: "batchNorm1.bias", shape: [5], kind: "real" },
    { name: "linear2.weight", shape: [2, 5], kind: "binary" },
    { name: "linear2.bias", shape: [2], kind: "binary" },
  ]);
  assert.equal(layerSpecs(model.layers)[1], {
    type: "linear",
    name: "linear1",
    inputs: ["flatten1"],
    units: 5,
    weights: "binary",
    bias: "none",
  });
});

test("a graph of nodes", () => {
  const model = new Model({
    inputShape: [4],
    nodes: [
      { layer: linear({ units: 3 }), name: "encoder" },
      { layer: relu(), inputs: ["encoder"] },
      { layer: linear({ units: 2, name: "head" }), inputs: ["relu1"] },
    ],
  });
  assert.equal(names(model), ["encoder", "relu1", "head"]);
});

test("numbers count the layers of a type, and keep out of the way of given names", () => {
  // The second linear layer would be linear2, which is taken; so is linear3 when the third one comes.
  const layers = [linear({ units: 3, name: "linear2" }), linear({ units: 3 }), linear({ units: 3 }), relu()];
  assert.equal(names(sequential({ inputShape: [3], layers })), ["linear2", "linear3", "linear4", "relu1"]);
});

test("shapes that do not fit name both layers", async () => {
  const error = await refused(
    () => sequential({ inputShape: [1, 28, 28], layers: [relu(), linear({ units: 3 })] }),
    "ERR_SHAPE_MISMATCH",
    "linear1 cannot take [1, 28, 28] from relu1",
    "put flatten() before it",
  );
  assert.equal(error.details.layer, "linear1");
  assert.equal(error.details.inputs, ["relu1"]);
  assert.equal(error.details.shapes, [[1, 28, 28]]);
  await refused(
    () => sequential({ inputShape: [1, 28], layers: [linear({ units: 3 })] }),
    "ERR_SHAPE_MISMATCH",
    "linear1 cannot take [1, 28] from input",
  );
});

test("shapes that do not fit each other name all layers that give them", async () => {
  const nodes = [
    { layer: linear({ units: 3 }), inputs: ["input"] },
    { layer: linear({ units: 5 }), inputs: ["input"] },
    { layer: add(), inputs: ["linear1", "linear2", "input"] },
  ];
  const error = await refused(
    () => new Model({ inputShape: [2], nodes }),
    "ERR_SHAPE_MISMATCH",
    "add1 cannot take [3] from linear1 and [5] from linear2 and [2] from input, accepted: inputs of one shape",
  );
  const { layer, inputs, shapes } = error.details;
  assert.equal({ layer, inputs, shapes }, { layer: "add1", inputs: nodes[2]!.inputs, shapes: [[3], [5], [2]] });
});

test("names have to be unique and inputs to come earlier", async () => {
  const twice = [relu({ name: "same" }), relu({ name: "same" })];
  await refused(() => sequential({ inputShape: [3], layers: twice }), "ERR_OPTION_RANGE", 'nodes[1].name: "same"');
  const node = (inputs: string[]) => () =>
    new Model({ inputShape: [3], nodes: [{ layer: relu(), inputs }, { layer: relu() }] });
  await refused(node(["relu2"]), "ERR_OPTION_RANGE", 'relu1.inputs[0]: "relu2" is unknown, accepted: "input"');
  const two = await refused(node(["input", "input"]), "ERR_SHAPE_MISMATCH", "relu1: 2 inputs, accepted: 1");
  assert.equal(two.details, { layer: "relu1", inputs: ["input", "input"], accepted: "1" });
  const one = () => new Model({ inputShape: [3], nodes: [{ layer: add() }] });
  await refused(one, "ERR_SHAPE_MISMATCH", "add1: 1 input, accepted: 2 or more");
  await refused(
    () => new Model({ inputShape: [3], nodes: [{ layer: relu() }, { layer: relu(), inputs: ["input"] }] }),
    "ERR_SHAPE_MISMATCH",
    "relu1: no layer reads its output",
  );
});

test("options are checked", async () => {
  const of = (change: object) => () => sequential({ inputShape: [3], layers: [relu()], ...change } as never);
  await refused(of({ inputShape: [] }), "ERR_OPTION_RANGE", "sequential.inputShape: [] is out of range");
  await refused(of({ inputShape: [3, 0] }), "ERR_OPTION_RANGE", "sequential.inputShape[1]: 0");
  await refused(of({ layers: [] }), "ERR_OPTION_RANGE", "sequential.layers: []");
  await refused(of({ layers: [relu] }), "ERR_OPTION_TYPE", "sequential.layers[0]: the function relu");
  await refused(of({ layer: [] }), "ERR_OPTION_UNKNOWN", 'sequential.layer: unknown option, did you mean "layers"?');
  await refused(of({ seed: -1 }), "ERR_OPTION_RANGE", "sequential.seed: -1");
  const layer = { type: "liner", options: { units: 3 } };
  await refused(
    of({ layers: [layer] }),
    "ERR_OPTION_RANGE",
    'liner1.type: "liner" is unknown',
    'did you mean "linear"?',
  );
  const unchecked = { type: "linear", options: { units: 0 } };
  await refused(of({ layers: [unchecked] }), "ERR_OPTION_RANGE", "linear1.units: 0");
});

test.run();
