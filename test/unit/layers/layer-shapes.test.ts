import { suite } from "uvu";
import * as assert from "uvu/assert";
import { add } from "../../../lib/layers/add.js";
import { averagePool2d } from "../../../lib/layers/average-pool2d.js";
import { centerCrop2d } from "../../../lib/layers/center-crop2d.js";
import { concatenate } from "../../../lib/layers/concatenate.js";
import { convTranspose2d } from "../../../lib/layers/conv-transpose2d.js";
import { conv2d } from "../../../lib/layers/conv2d.js";
import { dropout2d } from "../../../lib/layers/dropout2d.js";
import { globalAveragePool2d } from "../../../lib/layers/global-average-pool2d.js";
import { globalMaxPool2d } from "../../../lib/layers/global-max-pool2d.js";
import type { Layer, Shape } from "../../../lib/layers/layer.js";
import { maxPool2d } from "../../../lib/layers/max-pool2d.js";
import { relu } from "../../../lib/layers/relu.js";
import { inferNode, resolveGraph } from "../../../lib/model/graph.js";
import { refused } from "../../support/refused.js";

const test = suite("shapes that layers refuse");

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
    into(conv2d({ channels: 1, kernelSize: [1, 4] }), [1, 5, 3]),
    "ERR_SHAPE_MISMATCH",
    "conv2d1 cannot take [1, 5, 3] from relu1",
    "of at least [1, 4] pixels, for a kernel of [1, 4] with padding [0, 0]",
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
