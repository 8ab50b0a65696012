import { suite } from "uvu";
import * as assert from "uvu/assert";
import { lrnetSmall } from "../../../lib/architectures/lrnet-small.js";

const test = suite("lrnetSmall");

test("32C5 - MP2 - 64C5 - MP2 - 512FC - 10, with a batch norm behind every layer", () => {
  const { layers } = lrnetSmall({ inputShape: [1, 28, 28], outputs: 10 });
  const pooled = ["conv2d", "maxPool2d", "batchNorm", "relu"];
  assert.equal(
    layers.map(({ type }) => type),
    [...pooled, ...pooled, "flatten", "linear", "batchNorm", "relu", "linear", "batchNorm"],
  );
  assert.equal(
    layers.flatMap(({ parameters }) => parameters.map(({ shape }) => shape)),
    [
      [32, 1, 5, 5],
      [64, 32, 5, 5],
      [512, 64 * 7 * 7],
      [10, 512],
    ],
  );
});

test("its options reach the layers", () => {
  const { layers } = lrnetSmall({
    inputShape: [1, 9, 8],
    outputs: 3,
    width: 2,
    hiddenUnits: 7,
    convBatchNorm: { momentum: 0.15 },
    linearBatchNorm: { epsilon: 0.01 },
  });
  const norms = layers.filter(({ type }) => type === "batchNorm");
  assert.equal(
    norms.map(({ outputShape, options }) => [outputShape[0], options.momentum, options.epsilon]),
    [
      [2, 0.15, 1e-5],
      [4, 0.15, 1e-5],
      [7, 0.1, 0.01],
      [3, 0.1, 0.01],
    ],
  );
});

test.run();
