import { suite } from "uvu";
import * as assert from "uvu/assert";
import { fromArrays } from "../../../lib/data/from-arrays.js";
import { outputsOf } from "../../../lib/recipes/outputs-of.js";
import { refused } from "../../support/refused.js";

const test = suite("outputs for a data set");

const images = { name: "cells", inputs: new Float32Array(2 * 15), sampleShape: [1, 3, 5] };
const numbers = (count: number) => new Float32Array(2 * count);

test("classes, numbers of a target, or numbers of a pixel", () => {
  assert.is(outputsOf(fromArrays({ ...images, targets: new Int32Array(2), classes: 7 })), 7);
  assert.is(outputsOf(fromArrays({ ...images, targets: numbers(4), targetWidth: 4 })), 4);
  assert.is(outputsOf(fromArrays({ ...images, targets: new Int32Array(30), targetShape: [3, 5], classes: 7 })), 7);
  assert.is(outputsOf(fromArrays({ ...images, targets: numbers(15), targetShape: [3, 5] })), 1);
  assert.is(outputsOf(fromArrays({ ...images, targets: numbers(18), targetShape: [3, 3], targetWidth: 18 })), 2);
});

test("labels of an unknown number of classes are refused", async () => {
  const labels = fromArrays({ ...images, targets: new Int32Array(2) });
  await refused(() => outputsOf(labels), "ERR_CONFIG", 'dataset "cells" has labels');
});

test.run();
