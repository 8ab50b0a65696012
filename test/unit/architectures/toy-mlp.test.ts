import { suite } from "uvu";
import * as assert from "uvu/assert";
import { toyMlp } from "../../../lib/architectures/toy-mlp.js";

const test = suite("toyMlp");

const types = (options: object) => toyMlp({ inputShape: [2], outputs: 1, ...options }).layers.map(({ type }) => type);

test("tanh between linear layers with binary biases", () => {
  assert.equal(types({}), ["linear", "tanh", "linear", "tanh", "linear"]);
  const parameters = toyMlp({ inputShape: [2], outputs: 1 }).parameters();
  assert.ok(parameters.every(({ kind }) => kind === "binary"));
  assert.equal(
    parameters.map(({ shape }) => shape),
    [[64, 2], [64], [64, 64], [64], [1, 64], [1]],
  );
});

test("batch norm behind the last linear layer, or behind each", () => {
  assert.equal(types({ normalize: "output" }), ["linear", "tanh", "linear", "tanh", "linear", "batchNorm"]);
  const norm = ["linear", "batchNorm"];
  assert.equal(types({ normalize: "all", hiddenLayers: 1 }), [...norm, "tanh", ...norm]);
});

test.run();
