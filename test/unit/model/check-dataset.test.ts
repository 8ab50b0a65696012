// Data sets with a value for each pixel, held against networks.
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Dataset } from "../../../lib/data/dataset.js";
import { fromArrays } from "../../../lib/data/from-arrays.js";
import { binaryCrossEntropy } from "../../../lib/losses/binary-cross-entropy.js";
import { meanSquaredError } from "../../../lib/losses/mean-squared-error.js";
import { softmaxCrossEntropy } from "../../../lib/losses/softmax-cross-entropy.js";
import { checkDataset } from "../../../lib/model/check-dataset.js";
import { refused } from "../../support/refused.js";

const test = suite("masks held against networks");

const [count, classes] = [2, 3];
const inputs = new Float32Array(count * 2 * 99);
const shared = { name: "cells", inputs, sampleShape: [2, 9, 11] };
const masks = (rows: number, columns: number) =>
  fromArrays({ ...shared, targets: new Int32Array(count * rows * columns), targetShape: [rows, columns], classes });
const numbers = (planes: number, [rows, columns]: readonly [number, number]) => {
  const targetWidth = planes * rows * columns;
  return fromArrays({
    ...shared,
    targets: new Float32Array(count * targetWidth),
    targetShape: [rows, columns],
    targetWidth,
  });
};
const network = (outputShape: readonly number[]) => ({ inputShape: [2, 9, 11], outputShape: [...outputShape] });
const pixels = network([classes, 5, 7]);
const check = (to: typeof pixels, dataset: Dataset, loss = softmaxCrossEntropy()) =>
  checkDataset(to, loss, dataset, "fit.test");
const bad = (action: () => void, message: string) => refused(action, "ERR_SHAPE_MISMATCH", message);

test("masks of the output's size, and larger ones of the same centre", () => {
  for (const [rows, columns] of [
    [5, 7],
    [9, 11],
    [5, 11],
    [7, 7],
  ] as const)
    check(pixels, masks(rows, columns));
  check(pixels, numbers(classes, [9, 11]), meanSquaredError());
  check(network([1, 5, 7]), numbers(1, [7, 9]), binaryCrossEntropy());
  // One output for the pixel in the middle.
  check(network([classes, 1, 1]), masks(9, 11));
});

test("masks that are smaller, or have no centre in common with the output", async () => {
  for (const [rows, columns] of [
    [3, 7],
    [5, 5],
    [6, 7],
    [5, 8],
  ] as const) {
    await bad(
      () => check(pixels, masks(rows, columns)),
      `fit.test: targets of cells have ${rows}x${columns} pixels, accepted: 5x7, the model's output, or larger by an even number of pixels`,
    );
  }
});

test("masks for a network of vectors", async () => {
  await bad(
    () => check(network([classes]), masks(9, 11)),
    "fit.test: targets of cells have 9x11 pixels, accepted: one target a sample, since the model's output has shape [3]",
  );
});

test("a label a sample for a network of pixels", async () => {
  const labelled = fromArrays({ ...shared, targets: new Int32Array(count), classes });
  await bad(
    () => check(pixels, labelled),
    "fit.test: cells has a label a sample, accepted: a label for each of the 5x7 pixels of the model's output (targetShape)",
  );
  // A single pixel is a label a sample.
  check(network([classes, 1, 1]), labelled);
});

test("other numbers of classes, and of numbers a pixel", async () => {
  await bad(
    () => check(network([2, 5, 7]), masks(9, 11)),
    "fit.test: cells has 3 classes, but the model has 2 outputs",
  );
  await bad(
    () => check(pixels, numbers(2, [9, 11]), meanSquaredError()),
    "fit.test: cells has 2 numbers a pixel, but the model has 3 outputs",
  );
  const { classes: _, ...unknown } = masks(9, 11);
  check(pixels, unknown);
  const flat = fromArrays({ ...shared, targets: new Float32Array(count * 34), targetWidth: 34 });
  await bad(
    () => check(pixels, flat, meanSquaredError()),
    "fit.test: cells has 34 numbers a target, but the model has 105 outputs",
  );
});

test("masks of the other kind than the loss takes", async () => {
  await bad(
    () => check(pixels, numbers(classes, [9, 11])),
    "fit.test: targets of cells are numbers (Float32Array), but softmaxCrossEntropy takes class labels",
  );
  await bad(
    () => check(pixels, masks(9, 11), meanSquaredError()),
    "fit.test: targets of cells are class labels (Int32Array), but meanSquaredError takes numbers",
  );
});

test("numbers without a shape belong to an output each", () => {
  const dataset = fromArrays({ ...shared, targets: new Float32Array(count * 105), targetWidth: 105 });
  check(pixels, dataset, meanSquaredError());
  assert.is(dataset.targetShape, undefined);
});

test.run();
