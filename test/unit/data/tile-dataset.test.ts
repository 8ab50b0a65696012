// Tiles against a reference that looks up every pixel by itself.
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Dataset } from "../../../lib/data/dataset.js";
import { fromArrays } from "../../../lib/data/from-arrays.js";
import { permuteFeatures } from "../../../lib/data/permute-features.js";
import { subset } from "../../../lib/data/subset.js";
import { type TileOptions, tileDataset } from "../../../lib/data/tiles/tile-dataset.js";
import { validateDataset } from "../../../lib/data/validate.js";
import { generator, randomFloats, randomLabels } from "../../native/support/random.js";
import { refused } from "../../support/refused.js";

const test = suite("tiles of a data set");

interface Made {
  readonly count: number;
  readonly shape: readonly [channels: number, rows: number, columns: number];
  readonly kind: "bytes" | "floats";
  /** Numbers a pixel; absent: labels. */
  readonly maskPlanes?: number;
}

function images({ count, shape, kind, maskPlanes }: Made): Dataset {
  const [, rows, columns] = shape;
  const values = count * shape.reduce((product, size) => product * size, 1);
  const pixels = count * rows * columns;
  const next = generator(3);
  return fromArrays({
    name: "cells",
    inputs: kind === "bytes" ? Uint8Array.from({ length: values }, () => next() * 256) : randomFloats(values, 4),
    sampleShape: [...shape],
    targetShape: [rows, columns],
    ...(maskPlanes === undefined
      ? { targets: randomLabels(pixels, 3, 5), classes: 3 }
      : { targets: randomFloats(maskPlanes * pixels, 6), targetWidth: maskPlanes * rows * columns }),
    normalization: { scale: 0.5, mean: [0.25], std: [2] },
  });
}

/** A place beyond the ends of an axis, by steps that turn round at either end. */
function bounced(place: number, size: number): number {
  let [at, step] = [0, 1];
  for (let left = Math.abs(place); left > 0 && size > 1; left--) {
    if (at + step < 0 || at + step >= size) step = -step;
    at += step;
  }
  return at;
}

/** What the planes of `values` of stored sample `stored` show in each pixel of a tile. */
function window(
  values: ArrayLike<number>,
  [planes, rows, columns]: readonly [number, number, number],
  stored: number,
  { row, column }: { readonly row: number; readonly column: number },
  [height, width]: readonly [number, number],
): number[] {
  return Array.from({ length: planes * height * width }, (_, at) => {
    const plane = Math.floor(at / (height * width));
    const [r, c] = [Math.floor(at / width) % height, at % width];
    return values[
      ((stored * planes + plane) * rows + bounced(row + r, rows)) * columns + bounced(column + c, columns)
    ]!;
  });
}

function checkTiles(dataset: Dataset, options: TileOptions): Dataset {
  const tiled = tileDataset(dataset, options);
  validateDataset(tiled);
  const { size, margin = 0 } = options;
  const [channels, rows, columns] = dataset.sampleShape as [number, number, number];
  const maskPlanes = dataset.targetWidth / (rows * columns);
  assert.equal([tiled.sampleShape, tiled.targetShape], [[channels, ...size], size]);
  assert.is(tiled.targetWidth, maskPlanes * size[0] * size[1]);
  assert.is(tiled.inputs.constructor, dataset.inputs.constructor);
  assert.is(tiled.targets.constructor, dataset.targets.constructor);
  assert.equal([tiled.name, tiled.normalization, tiled.classes], ["cells", dataset.normalization, dataset.classes]);
  const { tiles, images } = tiled.tiling!;
  assert.equal([images.length, tiles.length], [dataset.length, tiled.length]);
  const covered = images.map(() => new Set<number>());
  const split = (values: ArrayLike<number>, width: number, number: number) =>
    Array.from({ length: width }, (_, at) => values[number * width + at]!);
  tiles.forEach((tile, number) => {
    const stored = dataset.indices?.[tile.image] ?? tile.image;
    const seen = split(tiled.inputs, channels * size[0] * size[1], number);
    assert.equal(seen, window(dataset.inputs, [channels, rows, columns], stored, tile, size), `tile ${number}`);
    const mask = split(tiled.targets, tiled.targetWidth, number);
    assert.equal(mask, window(dataset.targets, [maskPlanes, rows, columns], stored, tile, size), `mask ${number}`);
    for (let r = tile.row + margin; r < tile.row + size[0] - margin; r++) {
      for (let c = tile.column + margin; c < tile.column + size[1] - margin; c++) {
        if (r >= 0 && c >= 0 && r < rows && c < columns) covered[tile.image]!.add(r * columns + c);
      }
    }
  });
  for (const { size: pixels } of covered) assert.is(pixels, rows * columns, "every pixel lies within a margin");
  return tiled;
}

for (const [what, made, options, count] of [
  ["bytes and labels", { count: 3, shape: [1, 11, 13], kind: "bytes" }, { size: [5, 7] }, 3 * 3 * 2],
  ["floats", { count: 2, shape: [1, 11, 13], kind: "floats" }, { size: [6, 4], margin: 1 }, 2 * 3 * 7],
  ["three channels", { count: 2, shape: [3, 7, 9], kind: "bytes" }, { size: [5, 5], margin: 1, overlap: 1 }, 2 * 3 * 4],
  ["numbers a pixel", { count: 2, shape: [2, 7, 9], kind: "floats", maskPlanes: 3 }, { size: [5, 3] }, 2 * 2 * 3],
  ["an image within a tile", { count: 2, shape: [1, 5, 4], kind: "bytes" }, { size: [8, 7] }, 2],
  ["a tile of the image's size", { count: 2, shape: [1, 5, 4], kind: "bytes" }, { size: [5, 4] }, 2],
  [
    "margins of more than the image",
    { count: 2, shape: [1, 3, 4], kind: "bytes" },
    { size: [23, 21], margin: 10 },
    2 * 4,
  ],
  ["an image of one pixel", { count: 1, shape: [2, 1, 1], kind: "bytes" }, { size: [5, 3], margin: 1 }, 1],
  ["an image of one row", { count: 1, shape: [1, 1, 9], kind: "bytes" }, { size: [5, 5], margin: 2 }, 9],
] as const satisfies readonly (readonly [string, Made, TileOptions, number])[]) {
  test(what, () => {
    assert.is(checkTiles(images(made), options).length, count);
  });
}

const cells = images({ count: 5, shape: [1, 7, 9], kind: "bytes" });

test("bytes lie in shared memory, where sessions read them", () => {
  assert.ok(tileDataset(cells, { size: [5, 5] }).inputs.buffer instanceof SharedArrayBuffer);
});

test("of a view, the images that it names, in its order; repeats are images of their own", () => {
  const tiled = checkTiles(subset(cells, [4, 0, 4]), { size: [5, 5], margin: 1 });
  assert.is(tiled.indices, undefined);
  assert.is(tiled.tiling!.images.length, 3);
});

test("names of images and of classes stay", () => {
  const named: Dataset = {
    ...cells,
    classNames: ["a", "b", "c"],
    tiling: {
      // Stored in another order than the images have.
      images: ["zero", "one", "two", "three", "four"].map((name) => ({ rows: 7, columns: 9, name })),
      tiles: [4, 3, 2, 1, 0].map((image) => ({ image, row: 0, column: 0 })),
    },
  };
  const tiled = checkTiles(subset(named, [1, 4]), { size: [5, 9] });
  assert.equal(tiled.classNames, ["a", "b", "c"]);
  assert.equal(tiled.tiling!.images, [
    { rows: 7, columns: 9, name: "three" },
    { rows: 7, columns: 9, name: "zero" },
  ]);
});

test("what is no image with a mask of its size is refused", async () => {
  const inputs = new Float32Array(2 * 63);
  const bad = (change: object, ...patterns: (string | RegExp)[]) =>
    refused(() => tileDataset({ ...cells, ...change }, { size: [3, 3] }), "ERR_SHAPE_MISMATCH", ...patterns);
  await bad(
    { sampleShape: [63] },
    "tileDataset: cells: samples have shape 63, accepted: images [channels, rows, columns]",
  );
  const { targetShape: _, ...labelled } = { ...cells, targets: new Int32Array(5), targetWidth: 1 };
  await refused(() => tileDataset(labelled, { size: [3, 3] }), "ERR_SHAPE_MISMATCH", "targets of one value", "7x9");
  const centre = { targets: new Int32Array(5 * 35), targetWidth: 35, targetShape: [5, 7] };
  await bad(centre, "targets of 5x7, accepted: masks of the 7x9 pixels of an image");
  await refused(
    () => tileDataset(tileDataset(cells, { size: [5, 5] }), { size: [3, 3] }),
    "ERR_SHAPE_MISMATCH",
    "tiles already, accepted: whole images",
  );
  await refused(() => tileDataset(permuteFeatures(cells), { size: [3, 3] }), "ERR_SHAPE_MISMATCH", "permuted");
  await refused(() => tileDataset({ ...cells, inputs }, { size: [3, 3] }), "ERR_SHAPE_MISMATCH", "cells.targets");
});

test("options that leave nothing, and such as are none", async () => {
  const bad = (options: object) => () => tileDataset(cells, { size: [5, 7], ...options });
  await refused(
    bad({ margin: 3 }),
    "ERR_OPTION_RANGE",
    "tileDataset.margin: 3 is out of range, accepted: less than half of the 5x7 pixels of a tile",
  );
  await refused(bad({ margin: 2, overlap: 1 }), "ERR_OPTION_RANGE", "tileDataset.overlap: 1", "1x3");
  await refused(bad({ overlap: 5 }), "ERR_OPTION_RANGE", "tileDataset.overlap: 5", "less than the 5x7 pixels");
  await refused(bad({ margin: -1 }), "ERR_OPTION_RANGE", "tileDataset.margin");
  await refused(bad({ overlap: 0.5 }), "ERR_OPTION_RANGE", "tileDataset.overlap");
  await refused(bad({ size: [5] }), "ERR_OPTION_RANGE", "tileDataset.size", "[rows, columns], each an integer >= 1");
  await refused(bad({ size: [5, 0] }), "ERR_OPTION_RANGE", "tileDataset.size[1]");
  await refused(bad({ tile: [5, 5] }), "ERR_OPTION_UNKNOWN", "tileDataset.tile");
});

test.run();
