// Parts of data sets whose samples are tiles of images.
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Dataset } from "../../../lib/data/dataset.js";
import { fromArrays } from "../../../lib/data/from-arrays.js";
import { subset } from "../../../lib/data/subset.js";
import { tileDataset } from "../../../lib/data/tiles/tile-dataset.js";
import { validateDataset } from "../../../lib/data/validate.js";
import { splitDataset } from "../../../lib/training/split.js";
import { randomLabels } from "../../native/support/random.js";
import { refused } from "../../support/refused.js";

const test = suite("parts of tiled images");

const images = 7;
const whole = fromArrays({
  name: "cells",
  inputs: Uint8Array.from({ length: images * 35 }, (_, at) => at),
  sampleShape: [1, 5, 7],
  targets: randomLabels(images * 35, 2, 1),
  targetShape: [5, 7],
  classes: 2,
});
/** 6 of each image. */
const tiled = tileDataset(whole, { size: [5, 5], margin: 1 });

const storedOf = ({ indices, length }: Dataset) => Array.from({ length }, (_, i) => indices?.[i] ?? i);
const imagesOf = (dataset: Dataset) => storedOf(dataset).map((stored) => dataset.tiling!.tiles[stored]!.image);

test("all tiles of an image are in one part, in their order", () => {
  const [rest, held] = splitDataset(tiled, { fraction: 0.3, seed: 5 });
  assert.equal([rest.length, held.length], [5 * 6, 2 * 6]);
  const [left, right] = [new Set(imagesOf(rest)), new Set(imagesOf(held))];
  assert.is(left.size + right.size, images);
  assert.not.ok([...left].some((image) => right.has(image)));
  assert.equal(
    [...storedOf(rest), ...storedOf(held)].sort((a, b) => a - b),
    storedOf(tiled),
  );
  for (const part of [rest, held]) {
    validateDataset(part);
    assert.is(part.tiling, tiled.tiling);
    storedOf(part).forEach((stored, at) => {
      if (at % 6 > 0) assert.is(stored, storedOf(part)[at - 1]! + 1);
    });
  }
});

test("the images held back are those that whole images would be", () => {
  const [, few] = splitDataset(whole, { fraction: 0.3, seed: 5 });
  const [, held] = splitDataset(tiled, { fraction: 0.3, seed: 5 });
  assert.equal([...new Set(imagesOf(held))], storedOf(few));
});

test("a seed chooses, and the same one chooses the same", () => {
  const held = (seed: number) => storedOf(splitDataset(tiled, { fraction: 0.5, seed })[1]);
  assert.equal(held(3), held(3));
  assert.ok([1, 2, 4].some((seed) => String(held(seed)) !== String(held(3))));
});

test("of a view, the tiles that it has: in any order, some of them, or twice", () => {
  // Image 2 has three tiles, 0 one and 4 two, of which one comes twice.
  const view = subset(tiled, [12, 24, 17, 0, 29, 14, 24]);
  const [rest, held] = splitDataset(view, { fraction: 0.34, seed: 1 });
  const groups = { 0: [0], 2: [12, 17, 14], 4: [24, 29, 24] };
  const [image] = imagesOf(held);
  assert.equal(storedOf(held), groups[image as 0]);
  assert.is(rest.length + held.length, 7);
  assert.not.ok(imagesOf(rest).includes(image!));
});

test("a part without images is refused, counted in images", async () => {
  await refused(
    () => splitDataset(tiled, { fraction: 0.05 }),
    "ERR_OPTION_RANGE",
    "splitDataset.fraction: 0.05 is out of range, accepted: one that leaves 7 images in two parts",
  );
  await refused(
    () => splitDataset(subset(tiled, [0, 1, 2, 3]), { fraction: 0.5 }),
    "ERR_OPTION_RANGE",
    "leaves 1 images",
  );
  await refused(() => splitDataset(whole, { fraction: 0.05 }), "ERR_OPTION_RANGE", "leaves 7 samples");
});

test.run();
