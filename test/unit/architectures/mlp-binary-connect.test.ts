import { suite } from "uvu";
import * as assert from "uvu/assert";
import { mlpBinaryConnect } from "../../../lib/architectures/mlp-binary-connect.js";
import { refused } from "../../support/refused.js";

const build = (options: object) => mlpBinaryConnect({ inputShape: [1, 28, 28], outputs: 10, ...options });

const builder = suite("mlpBinaryConnect");

builder("dropout, linear without bias, batch norm; ReLU between the layers, none at the end", () => {
  const model = build({});
  const block = ["dropout", "linear", "batchNorm"];
  assert.equal(
    model.layers.map(({ type }) => type),
    [...block, "relu", ...block, "relu", ...block, "relu", ...block],
  );
  // The paper's network: 784-2048-2048-2048-10, weights [out, in].
  assert.equal(
    model.parameters().map(({ shape, kind }) => [kind, ...shape]),
    [
      ["binary", 2048, 784],
      ["binary", 2048, 2048],
      ["binary", 2048, 2048],
      ["binary", 10, 2048],
    ],
  );
  for (const { type, options } of model.layers) {
    if (type === "dropout") assert.equal(options, { rate: 0.2 });
    if (type === "batchNorm") assert.equal(options, { momentum: 0.15, epsilon: 1e-4, affine: false });
    if (type === "linear") assert.is(options.bias, "none");
  }
});

builder("its options reach the layers", () => {
  const model = build({ hiddenUnits: 5, hiddenLayers: 1, dropout: 0, batchNorm: { momentum: 0.5 } });
  assert.equal(
    model.layers.map(({ type, outputShape }) => [type, ...outputShape]),
    [
      ["linear", 5],
      ["batchNorm", 5],
      ["relu", 5],
      ["linear", 10],
      ["batchNorm", 10],
    ],
  );
  assert.equal(model.layers[1]?.options, { momentum: 0.5, epsilon: 1e-4, affine: false });
});

builder("real weights, biases none: the network at full precision", () => {
  const model = build({ weights: "real", hiddenUnits: 3 });
  assert.ok(model.parameters().every(({ kind }) => kind === "real"));
});

builder("options that it does not have are refused", async () => {
  await refused(() => build({ hiddenUnit: 3 }), "ERR_OPTION_UNKNOWN", "hiddenUnit");
});

builder.run();
