import { suite } from "uvu";
import * as assert from "uvu/assert";
import { balancedClassWeights } from "../../../lib/data/balanced-class-weights.js";
import type { Dataset } from "../../../lib/data/dataset.js";
import { fromArrays } from "../../../lib/data/from-arrays.js";
import { subset } from "../../../lib/data/subset.js";
import { refused } from "../../support/refused.js";

const test = suite("balanced class weights");

const labelled = (targets: Int32Array, more: object = {}) =>
  fromArrays({ inputs: new Float32Array(targets.length), sampleShape: [1], targets, classes: 3, ...more });

test("are n / (classes n_c), whose mean over the labels is 1", () => {
  const targets = Int32Array.of(0, 2, 0, 1, 0, 2, 0);
  const weights = balancedClassWeights(labelled(targets));
  assert.equal(weights, [7 / 12, 7 / 3, 7 / 6]);
  const mean = targets.reduce((sum, label) => sum + weights[label]! / 7, 0);
  assert.ok(Math.abs(mean - 1) < 1e-15, `${mean}`);
});

test("count what a view has, each as often as it has it", () => {
  const whole = labelled(Int32Array.of(0, 2, 0, 1, 0, 2, 0));
  assert.equal(balancedClassWeights(subset(whole, [3, 1, 0, 1, 3])), [5 / 3, 5 / 6, 5 / 6]);
  assert.equal(balancedClassWeights(subset(subset(whole, [6, 5, 3, 2]), [2, 1, 3, 0])), [4 / 6, 4 / 3, 4 / 3]);
});

test("count every label of a sample", () => {
  const pixels: Dataset = {
    ...labelled(new Int32Array(3)),
    targets: Int32Array.of(0, 0, 0, 1, 2, 2, 0, 1, 1, 1, 1, 2),
    targetWidth: 4,
  };
  assert.equal(balancedClassWeights(pixels), [1, 12 / 15, 12 / 9]);
  const views = { ...pixels, indices: Uint32Array.of(2, 0, 2), length: 3 };
  // 1 1 1 2, 0 0 0 1, 1 1 1 2
  assert.equal(balancedClassWeights(views), [12 / 9, 12 / 21, 12 / 6]);
});

const { targets: _, ...arrays } = labelled(Int32Array.of(0, 1, 2));
for (const [what, dataset, code, ...texts] of [
  [
    "a class without labels",
    labelled(Int32Array.of(0, 2, 0)),
    "ERR_OPTION_RANGE",
    /^arrays: number of labels 1: 0 is out of range, accepted: at least one of every class$/,
  ],
  [
    "a class without labels in the view",
    subset(labelled(Int32Array.of(0, 1, 2)), [0, 1]),
    "ERR_OPTION_RANGE",
    /labels 2/,
  ],
  ["numbers", { ...arrays, targets: new Float32Array(3) }, "ERR_OPTION_TYPE", /arrays\.targets/, /class labels/],
  [
    "an unknown number of classes",
    fromArrays({ inputs: new Float32Array(2), sampleShape: [1], targets: Int32Array.of(0, 1) }),
    "ERR_OPTION_TYPE",
    /arrays\.classes/,
    /the number of classes/,
  ],
  [
    "a label too large",
    { ...arrays, targets: Int32Array.of(0, 3, 1) },
    "ERR_OPTION_RANGE",
    /targets\[1\]: 3/,
    /0 to 2/,
  ],
  ["a label below 0", { ...arrays, targets: Int32Array.of(0, 1, -1) }, "ERR_OPTION_RANGE", /targets\[2\]: -1/],
  [
    "an index that there is not",
    { ...arrays, targets: Int32Array.of(0, 1, 2), indices: Uint32Array.of(0, 1, 9) },
    "ERR_OPTION_RANGE",
    /targets\[9\]/,
  ],
] as const) {
  test(`${what}: ${code}`, async () => {
    await refused(() => balancedClassWeights(dataset as Dataset), code, ...texts);
  });
}

test.run();
