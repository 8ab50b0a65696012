import { suite } from "uvu";
import * as assert from "uvu/assert";
import { averagePool2d } from "../../../lib/layers/average-pool2d.js";
import { batchNorm } from "../../../lib/layers/batch-norm.js";
import { centerCrop2d } from "../../../lib/layers/center-crop2d.js";
import { convTranspose2d } from "../../../lib/layers/conv-transpose2d.js";
import { conv2d } from "../../../lib/layers/conv2d.js";
import { dropout } from "../../../lib/layers/dropout.js";
import { dropout2d } from "../../../lib/layers/dropout2d.js";
import type { Layer } from "../../../lib/layers/layer.js";
import { linear } from "../../../lib/layers/linear.js";
import { maxPool2d } from "../../../lib/layers/max-pool2d.js";
import { relu } from "../../../lib/layers/relu.js";
import { resolveGraph } from "../../../lib/model/graph.js";
import { refused } from "../../support/refused.js";

const test = suite("options of layers");

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
  assert.equal(centerCrop2d({ size: 2 }).options, { size: [2, 2] });
  await refused(() => centerCrop2d({ size: [3] } as never), "ERR_OPTION_RANGE", "or two of them, [rows, columns]");
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

test.run();
