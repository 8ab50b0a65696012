import { suite } from "uvu";
import * as assert from "uvu/assert";
import { lrnetBig } from "../../../lib/architectures/lrnet-big.js";
import { vggBinaryConnect } from "../../../lib/architectures/vgg-binary-connect.js";
import { refused } from "../../support/refused.js";

const cifar = { inputShape: [3, 32, 32], outputs: 10 };
const conv = ["conv2d", "batchNorm", "relu"];
const pooled = ["conv2d", "maxPool2d", "batchNorm", "relu"];
const dense = ["linear", "batchNorm", "relu"];
const pairs = [...conv, ...pooled, ...conv, ...pooled, ...conv, ...pooled];

const test = suite("vggBinaryConnect and lrnetBig");

test("layers in the order of the authors' code: pooling before batch norm, no ReLU at the end", () => {
  const types = vggBinaryConnect(cifar).layers.map(({ type }) => type);
  assert.equal(types, [...pairs, "flatten", ...dense, ...dense, "linear", "batchNorm"]);
});

test("Table 8: 2x128C3 - MP2 - 2x256C3 - MP2 - 2x512C3 - MP2 - 1024FC - 1024FC - 10", () => {
  const model = vggBinaryConnect(cifar);
  assert.equal(
    model.parameters().map(({ shape, kind }) => [kind, ...shape]),
    [
      ["binary", 128, 3, 3, 3],
      ["binary", 128, 128, 3, 3],
      ["binary", 256, 128, 3, 3],
      ["binary", 256, 256, 3, 3],
      ["binary", 512, 256, 3, 3],
      ["binary", 512, 512, 3, 3],
      ["binary", 1024, 8192],
      ["binary", 1024, 1024],
      ["binary", 10, 1024],
    ],
  );
});

test("batch norms of convolutions and of linear layers differ", () => {
  const norms = vggBinaryConnect(cifar).layers.filter(({ type }) => type === "batchNorm");
  const settings = norms.map(({ options }) => [options.momentum, options.epsilon, options.affine]);
  assert.equal(settings, [...Array(6).fill([0.2, 1e-5, false]), ...Array(3).fill([0.1, 1e-5, false])]);
});

test("a quarter of the width, for other images", () => {
  const model = vggBinaryConnect({ inputShape: [1, 17, 9], outputs: 3, width: 32, hiddenUnits: 256, hiddenLayers: 0 });
  const linear = model.layers.find(({ type }) => type === "linear")!;
  // 17 x 9 halves to 2 x 1, rounded down.
  assert.equal(linear.parameters[0]!.shape, [3, 128 * 2]);
});

test("real weights, for full precision", () => {
  const model = vggBinaryConnect({ ...cifar, weights: "real" });
  assert.ok(model.parameters().every(({ kind }) => kind === "real"));
});

test("LR-net's network has one linear layer less, and a batch norm behind every layer", () => {
  const { layers } = lrnetBig(cifar);
  assert.equal(
    layers.map(({ type }) => type),
    [...pairs, "flatten", ...dense, "linear", "batchNorm"],
  );
});

test("vectors and images that are too small are refused", async () => {
  await refused(() => vggBinaryConnect({ inputShape: [784], outputs: 10 }), "ERR_SHAPE_MISMATCH", "conv2d1");
  await refused(() => vggBinaryConnect({ inputShape: [3, 7, 8], outputs: 10 }), "ERR_SHAPE_MISMATCH", "maxPool2d3");
});

test.run();
