import { suite } from "uvu";
import * as assert from "uvu/assert";
import { loadMaskFolder, type MaskFolderOptions } from "../../../lib/data/segmentation/mask-folder.js";
import { tileDataset } from "../../../lib/data/tiles/tile-dataset.js";
import { validateDataset } from "../../../lib/data/validate.js";
import { checkConfig } from "../../../lib/recipes/config.js";
import { writeTree } from "./cifar-files.js";
import { failure, inTempFolder } from "./idx-files.js";
import { jpeg, pixels, png } from "./image-files.js";

const test = suite("folder of images with masks");

type Files = Record<string, Uint8Array | string>;
const [rows, columns] = [5, 7];

const picture = (index: number, channels = 1) =>
  pixels(rows, columns, channels, (row, column, channel) => (index * 40 + row * 7 + column + channel * 83) % 256);
const grey = (index: number) => png(picture(index), [rows, columns, 1]);
/** Three classes, none in the same place twice. */
const values = [7, 90, 255] as const;
const labels = (index: number) => Array.from(pixels(rows, columns, 1, (row, column) => (row + 2 * column + index) % 3));
const mask = (index: number, greys: readonly number[] = values) =>
  png(
    Uint8Array.from(labels(index), (label) => greys[label]!),
    [rows, columns, 1],
  );

const good: Files = {
  "train/images/b.png": await grey(1),
  "train/images/a.png": await grey(0),
  "train/images/C.PNG": await grey(2),
  "train/masks/a.png": await mask(0),
  "train/masks/b.PNG": await mask(1),
  "train/masks/C.png": await mask(2),
  "test/images/x.png": await grey(3),
  "test/masks/x.png": await mask(3),
  // Systems leave such files everywhere.
  "train/images/.DS_Store": "x",
  "test/masks/.thumbnails": "x",
};

const load = (files: Files, options: Partial<MaskFolderOptions> = {}) =>
  inTempFolder(async (folder) => {
    await writeTree(folder, files);
    return loadMaskFolder({ folder, ...options });
  });
const without = (...paths: string[]) =>
  Object.fromEntries(Object.entries(good).filter(([path]) => !paths.includes(path)));

test("images and masks by name, whatever their ending, with a label for each grey value", async () => {
  const { train, test: rest } = await load(good);
  // Code units: capital letters come first.
  assert.equal(
    train.tiling!.images.map(({ name }) => name),
    ["C", "a", "b"],
  );
  assert.equal(
    [...train.inputs],
    [2, 0, 1].flatMap((index) => [...picture(index)]),
  );
  assert.equal([...train.targets], [2, 0, 1].flatMap(labels));
  assert.equal([[...rest.inputs], [...rest.targets]], [[...picture(3)], labels(3)]);
  assert.equal(rest.tiling, { images: [{ rows, columns, name: "x" }], tiles: [{ image: 0, row: 0, column: 0 }] });
  for (const part of [train, rest]) {
    validateDataset(part);
    assert.equal([part.sampleShape, part.targetShape, part.classes], [[1, rows, columns], [rows, columns], 3]);
    assert.ok(part.inputs.buffer instanceof SharedArrayBuffer);
    assert.instance(part.targets, Int32Array);
  }
  assert.equal([train.name, rest.name], ["mask-folder.train", "mask-folder.test"]);
  assert.equal(train.normalization, { scale: 1 / 255, mean: [0.5], std: [0.5] });
  const own = { scale: 1, mean: [1], std: [4] };
  assert.equal((await load(good, { normalization: own })).test.normalization, own);
});

test("the classes are those of the training masks, from dark to bright, or as they are given", async () => {
  const { test: rest } = await load({ ...good, "test/masks/x.png": await mask(3, [90, 90, 90]) });
  assert.equal([...rest.targets], new Array(rows * columns).fill(1), "one class in a part is no fault");
  const reversed = await load(good, { classValues: [255, 11, 90, 7] });
  assert.is(reversed.train.classes, 4);
  assert.equal(
    [...reversed.test.targets],
    labels(3).map((label) => [3, 2, 0][label]),
  );
});

test("grey values that are no class name file, pixel and option", async () => {
  const path = "test/masks/x.png";
  await failure(
    async () => load({ ...good, [path]: await mask(3, [7, 91, 255]) }),
    "ERR_DATASET_FORMAT",
    // The first pixel of class 1: labels begin with 0, 2, 1.
    new RegExp(`${path}, byte 0: grey value 91 at pixel 2 is no class, accepted: 7, 90, 255; give .*classValues`),
  );
  await failure(() => load(good, { classValues: [7, 255] }), "ERR_DATASET_FORMAT", "C.png", "grey value 90");
  const flat = await png(new Uint8Array(rows * columns).fill(90), [rows, columns, 1]);
  const all = { "train/masks/a.png": flat, "train/masks/b.PNG": flat, "train/masks/C.png": flat };
  await failure(
    () => load({ ...good, ...all }),
    "ERR_DATASET_FORMAT",
    /train\/masks\/C\.png, byte 0: masks have one grey value, 90; accepted: two classes or more/,
  );
});

test("colour has three planes, and is converted only where asked for", async () => {
  const files: Files = { ...good };
  for (const [path, index] of [
    ["train/images/a.png", 0],
    ["train/images/b.png", 1],
    ["train/images/C.PNG", 2],
  ] as const)
    files[path] = await png(picture(index, 3), [rows, columns, 3]);
  await failure(
    () => load(files),
    "ERR_DATASET_FORMAT",
    /test\/images\/x\.png, byte 0: is grey, but the first image is in colour; give the option `channels` to/,
  );
  const { train, test: rest } = await load(files, { channels: 3 });
  assert.equal(train.sampleShape, [3, rows, columns]);
  const planes = (index: number) =>
    [0, 1, 2].flatMap((channel) => [...picture(index, 3)].filter((_, at) => at % 3 === channel));
  assert.equal([...train.inputs], [2, 0, 1].flatMap(planes));
  assert.equal(
    [...rest.inputs],
    [0, 1, 2].flatMap(() => [...picture(3)]),
  );
  assert.equal((await load(files, { channels: 1 })).train.sampleShape, [1, rows, columns]);
});

test("images without a mask, and masks without an image", async () => {
  await failure(
    () => load(without("train/masks/b.PNG")),
    "ERR_DATASET_FORMAT",
    /train\/images\/b\.png, byte 0: has no mask of the name b in .*train\/masks/,
  );
  await failure(
    () => load(without("train/images/b.png")),
    "ERR_DATASET_FORMAT",
    /train\/masks\/b\.PNG, byte 0: has no image of its name in .*train\/images/,
  );
});

test("two files of one name are refused: which belongs to the other?", async () => {
  const twice = good["train/masks/a.png"]!;
  await failure(
    () => load({ ...good, "train/masks/a.jpg": twice }),
    "ERR_DATASET_FORMAT",
    /train\/masks\/a\.png, byte 0: has the name of .*train\/masks\/a\.jpg/,
  );
  await failure(
    () => load({ ...good, "train/images/a.jpg": twice }),
    "ERR_DATASET_FORMAT",
    /train\/images\/a\.png, byte 0: has the name of .*train\/images\/a\.jpg/,
  );
});

test("other sizes than the first image's", async () => {
  const image = await png(new Uint8Array(35), [columns, rows, 1]);
  await failure(
    () => load({ ...good, "test/images/x.png": image }),
    "ERR_DATASET_FORMAT",
    /test\/images\/x\.png, byte 0: 7x5 pixels, but the first image has 5x7/,
  );
  await failure(
    () => load({ ...good, "train/masks/a.png": image }),
    "ERR_DATASET_FORMAT",
    /train\/masks\/a\.png, byte 0: 7x5 pixels, but the first image has 5x7/,
  );
});

test("files that are no images, and blurred masks", async () => {
  await failure(
    () => load({ ...good, "train/masks/a.png": "text" }),
    "ERR_DATASET_FORMAT",
    "a.png, byte 0: is no image",
  );
  await failure(() => load({ ...good, "test/images/x.png": "" }), "ERR_DATASET_FORMAT", "x.png, byte 0: is no image");
  const step = Uint8Array.from({ length: rows * columns }, (_, at) => (at % 5 === 0 ? 255 : 0));
  const blurred = await jpeg(step, [rows, columns, 1]);
  const { "test/masks/x.png": _, ...others } = good;
  await failure(
    () => load({ ...others, "test/masks/x.jpg": blurred }, { classValues: values }),
    "ERR_DATASET_FORMAT",
    "x.jpg, byte 0: grey value",
  );
});

test("folders that are no data set", async () => {
  const missing = (start: string) =>
    Object.fromEntries(Object.entries(good).filter(([path]) => !path.startsWith(start)));
  for (const folder of ["train/images", "train/masks", "test/images", "test/masks"]) {
    await failure(
      () => load(missing(folder)),
      "ERR_DATASET_MISSING",
      `${folder}: no such folder, accepted: a folder with train/images, train/masks, test/images and test/masks`,
    );
  }
  await failure(
    () => load({ ...missing("test/images"), "test/images/.keep": "" }),
    "ERR_DATASET_FORMAT",
    "test/images, byte 0: has no images",
  );
  await failure(
    () => load({ ...good, "train/masks/more/a.png": "x" }),
    "ERR_DATASET_FORMAT",
    "train/masks/more, byte 0: is no file",
  );
});

test("in tiles, as tileDataset cuts them", async () => {
  const whole = await load(good);
  const tiles = await load(good, { tile: [5, 3], margin: 1, overlap: 0 });
  for (const part of ["train", "test"] as const) {
    const expected = tileDataset(whole[part], { size: [5, 3], margin: 1 });
    assert.equal(tiles[part], expected);
    // 2 starts of 3 rows in 5, and 7 of one column.
    assert.is(tiles[part].length, whole[part].length * 2 * 7);
    assert.is(tiles[part].tiling!.images[0]!.name, part === "train" ? "C" : "x");
  }
});

test("bad options, of scripts and of configurations", async () => {
  const bad = (options: object) => () => loadMaskFolder({ folder: "x", ...options } as MaskFolderOptions);
  await failure(() => loadMaskFolder({} as MaskFolderOptions), "ERR_OPTION_TYPE", "loadMaskFolder.folder: missing");
  await failure(bad({ channels: 2 }), "ERR_OPTION_RANGE", "loadMaskFolder.channels: 2");
  await failure(bad({ classValues: [1] }), "ERR_OPTION_RANGE", "loadMaskFolder.classValues");
  await failure(
    bad({ classValues: [1, 1] }),
    "ERR_OPTION_RANGE",
    "loadMaskFolder.classValues",
    "grey values that differ",
  );
  await failure(bad({ classValues: [1, 256] }), "ERR_OPTION_RANGE", "loadMaskFolder.classValues[1]");
  await failure(bad({ tile: [32] }), "ERR_OPTION_RANGE", "loadMaskFolder.tile");
  await failure(bad({ size: [32, 32] }), "ERR_OPTION_UNKNOWN", "loadMaskFolder.size");
  // A margin of tiles that are not there would be forgotten in silence.
  await failure(bad({ margin: 2 }), "ERR_OPTION_RANGE", "loadMaskFolder.margin: 2", "give the size of tiles, `tile`");
  await failure(bad({ overlap: 3 }), "ERR_OPTION_RANGE", "loadMaskFolder.overlap: 3", "0 for whole images");
  const config = { name: "x", model: { name: "unet" }, optimizer: { name: "bayesbinn" }, epochs: 1 };
  const dataset = { name: "mask-folder", folder: "cells", tile: [32, 32], margin: 3 };
  assert.equal(checkConfig({ ...config, dataset }).dataset["tile"], [32, 32]);
  await failure(
    () => checkConfig({ ...config, dataset: { name: "mask-folder" } }),
    "ERR_OPTION_TYPE",
    "dataset.folder",
  );
});

test.run();
