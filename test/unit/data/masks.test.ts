// Data sets with a value for each pixel.
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { centreLabels } from "../../../lib/data/centre-labels.js";
import type { Dataset } from "../../../lib/data/dataset.js";
import { toDatasetSpec } from "../../../lib/data/dataset-spec.js";
import { type ArraysOptions, fromArrays } from "../../../lib/data/from-arrays.js";
import { subset } from "../../../lib/data/subset.js";
import { validateDataset } from "../../../lib/data/validate.js";
import { randomLabels } from "../../native/support/random.js";
import { refused } from "../../support/refused.js";

const test = suite("masks");

const [count, rows, columns] = [5, 7, 9];
const pixels = rows * columns;
const labelled = {
  name: "cells",
  inputs: new Uint8Array(count * 2 * pixels),
  sampleShape: [2, rows, columns],
  targets: randomLabels(count * pixels, 3, 1),
  targetShape: [rows, columns],
  classes: 3,
} satisfies ArraysOptions;
const numbers = (planes: number) => ({
  ...labelled,
  targets: new Float32Array(count * planes * pixels),
  classes: undefined,
});

test("a label a pixel: the width is the number of pixels unless it is given", () => {
  for (const given of [labelled, { ...labelled, targetWidth: pixels }]) {
    const dataset = fromArrays(given);
    assert.equal([dataset.length, dataset.targetWidth, dataset.targetShape], [count, pixels, [rows, columns]]);
    assert.is(dataset.targets, labelled.targets);
    assert.is(dataset.tiling, undefined);
    validateDataset(dataset);
    assert.equal(toDatasetSpec(dataset).targetShape, [rows, columns]);
  }
});

test("numbers a pixel: one, unless the width says how many", () => {
  const { classes: _, ...one } = numbers(1);
  assert.is(fromArrays(one).targetWidth, pixels);
  const { classes: __, ...three } = numbers(3);
  assert.is(fromArrays({ ...three, targetWidth: 3 * pixels }).targetWidth, 3 * pixels);
});

test("without a shape nothing is said of pixels", () => {
  const { targetShape: _, ...rest } = labelled;
  const dataset = fromArrays({ ...rest, targets: new Int32Array(count) });
  assert.not.ok("targetShape" in dataset);
  assert.not.ok("targetShape" in toDatasetSpec(dataset));
  assert.is(dataset.targetWidth, 1);
});

test("a view keeps the shape and the places of its tiles", () => {
  const whole = { rows, columns };
  const tiling = { images: [whole, whole], tiles: [0, 1, 1, 0, 1].map((image) => ({ image, row: -1, column: 2 })) };
  const view = subset({ ...fromArrays(labelled), tiling }, [4, 2]);
  validateDataset(view);
  assert.equal([view.targetShape, view.tiling], [[rows, columns], tiling]);
});

test("targets that do not have the shape", async () => {
  const bad = (
    change: object,
    code: "ERR_SHAPE_MISMATCH" | "ERR_OPTION_RANGE" | "ERR_OPTION_TYPE",
    ...patterns: string[]
  ) => refused(() => fromArrays({ ...labelled, ...change }), code, ...patterns);
  await bad({ targetWidth: pixels + 1 }, "ERR_SHAPE_MISMATCH", "cells.targetWidth: 64; targets of 7x9 pixels have 63");
  await bad({ targetWidth: 2 * pixels }, "ERR_SHAPE_MISMATCH", "cells.targetWidth: 126; targets of 7x9 pixels have 63");
  await bad({ targetShape: [5, 7] }, "ERR_SHAPE_MISMATCH", "cells.targets: 315 values; 5 samples of 35 need 175");
  await bad({ targetShape: [rows] }, "ERR_OPTION_RANGE", "fromArrays.targetShape", "[rows, columns]");
  await bad({ targetShape: [rows, columns, 1] }, "ERR_OPTION_RANGE", "fromArrays.targetShape");
  await bad({ targetShape: [0, columns] }, "ERR_OPTION_RANGE", "fromArrays.targetShape[0]");
  await bad({ targetShape: [7, 9.5] }, "ERR_OPTION_RANGE", "fromArrays.targetShape[1]");
  await bad({ targetShape: 63 }, "ERR_OPTION_TYPE", "fromArrays.targetShape: 63");
  const wrong = labelled.targets.slice();
  wrong[100] = 3;
  await bad({ targets: wrong }, "ERR_OPTION_RANGE", "cells.targets[100]: 3", "labels 0 to 2");
  const { classes: _, ...two } = numbers(2);
  await refused(
    () => fromArrays({ ...two, targetWidth: 2 * pixels + 1 }),
    "ERR_SHAPE_MISMATCH",
    "cells.targetWidth: 127; targets of 7x9 pixels have a multiple of 63",
  );
});

test("places that are none", async () => {
  const dataset = fromArrays(labelled);
  const tiles = Array.from({ length: count }, () => ({ image: 0, row: 0, column: 0 }));
  const tiling = { images: [{ rows, columns }], tiles };
  validateDataset({ ...dataset, tiling });
  const bad = (
    change: object,
    code: "ERR_SHAPE_MISMATCH" | "ERR_OPTION_RANGE" | "ERR_OPTION_TYPE",
    ...patterns: string[]
  ) => refused(() => validateDataset({ ...dataset, tiling: { ...tiling, ...change } }), code, ...patterns);
  await bad(
    { tiles: tiles.slice(1) },
    "ERR_SHAPE_MISMATCH",
    "cells.tiling.tiles: 4 tiles; accepted: one for each of the 5 samples",
  );
  const other = (change: object) => ({ tiles: [...tiles.slice(2), { ...tiles[0], ...change }, tiles[0]] });
  await bad(other({ image: 1 }), "ERR_OPTION_RANGE", "cells.tiling.tiles[3].image: 1", "integers in 0 to 0");
  await bad(other({ image: -1 }), "ERR_OPTION_RANGE", "cells.tiling.tiles[3].image: -1");
  await bad(other({ row: 0.5 }), "ERR_OPTION_RANGE", "cells.tiling.tiles[3].row");
  await bad(other({ column: "1" }), "ERR_OPTION_TYPE", "cells.tiling.tiles[3].column");
  await bad({ images: [{ rows: 0, columns }] }, "ERR_OPTION_RANGE", "cells.tiling.images[0].rows");
  await bad({ images: undefined }, "ERR_OPTION_TYPE", "cells.tiling.images");
});

/** The same by rows and columns, the slow way. */
function middle({ targets, indices, length }: Dataset, [height, width]: readonly [number, number]): number[] {
  return Array.from({ length }, (_, i) => {
    const first = (indices?.[i] ?? i) * pixels;
    const mask = Array.from({ length: rows }, (_, row) => [
      ...targets.subarray(first + row * columns, first + (row + 1) * columns),
    ]);
    const [top, left] = [(rows - height) / 2, (columns - width) / 2];
    return mask.slice(top, top + height).flatMap((line) => line.slice(left, left + width));
  }).flat();
}

test("the labels in the middle of masks", () => {
  const dataset = fromArrays(labelled);
  for (const data of [dataset, subset(dataset, [3, 0, 3, 4])]) {
    for (const size of [
      [7, 9],
      [5, 9],
      [1, 1],
      [3, 7],
    ] as const) {
      const labels = centreLabels(data, size);
      assert.instance(labels, Int32Array);
      assert.equal([...labels], middle(data, size));
    }
  }
});

test("a label a sample is its own middle", () => {
  const { targetShape: _, ...rest } = labelled;
  const dataset = fromArrays({ ...rest, targets: Int32Array.of(2, 0, 1, 1, 0) });
  assert.equal([...centreLabels(subset(dataset, [0, 4, 2]), [1, 1])], [2, 0, 1]);
});

test.run();
