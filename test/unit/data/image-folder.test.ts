import { rm } from "node:fs/promises";
import { join } from "node:path";
import sharp from "sharp";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { type ImageFolderOptions, loadImageFolder } from "../../../lib/data/images/image-folder.js";
import { validateDataset } from "../../../lib/data/validate.js";
import { checkConfig } from "../../../lib/recipes/config.js";
import { writeTree } from "./cifar-files.js";
import { failure, inTempFolder } from "./idx-files.js";
import { jpeg, pixels, png } from "./image-files.js";

const test = suite("image folder");

type Files = Record<string, Uint8Array | string>;

/** A picture of 5 rows and 7 columns. */
const picture = (index: number, channels = 3) =>
  pixels(5, 7, channels, (row, column, channel) => (index * 40 + row * 7 + column + channel * 83) % 256);
const colour = (index: number) => png(picture(index), [5, 7, 3]);

const good: Files = {
  "train/oak/b.png": await colour(1),
  "train/oak/a.png": await colour(0),
  "train/ash/x.png": await colour(2),
  "train/Birch/x.PNG": await colour(3),
  "test/oak/a.png": await colour(4),
  "test/ash/a.png": await colour(5),
  // Systems leave such files everywhere.
  "train/.DS_Store": "x",
  "train/ash/.thumbnails": "x",
};

const load = (files: Files, options: Partial<ImageFolderOptions> = {}) =>
  inTempFolder(async (folder) => {
    await writeTree(folder, files);
    return loadImageFolder({ folder, ...options });
  });

/** The same, of one training image; test holds it as well. */
const loadOne = async (contents: Uint8Array, options: Partial<ImageFolderOptions> = {}) =>
  (await load({ "train/a/1": contents, "test/a/1": contents }, options)).train;

/** `[pixels, channels]` as `[channels, pixels]`. */
const planes = (data: Uint8Array, channels = 3) =>
  Array.from({ length: channels }, (_, channel) => [...data].filter((_, at) => at % channels === channel)).flat();

test("classes by name, images by name within them, channels in planes", async () => {
  const { train, test: rest } = await load(good);
  // Code units: capital letters come first.
  assert.equal(train.classNames, ["Birch", "ash", "oak"]);
  assert.equal([...train.targets], [0, 1, 2, 2]);
  assert.equal([...rest.targets], [1, 2]);
  assert.equal(
    [...train.inputs],
    [3, 2, 0, 1].flatMap((index) => planes(picture(index))),
  );
  assert.equal(
    [...rest.inputs],
    [5, 4].flatMap((index) => planes(picture(index))),
  );
  for (const part of [train, rest]) {
    validateDataset(part);
    assert.is(part.classes, 3);
    assert.equal(part.sampleShape, [3, 5, 7]);
    assert.ok(part.inputs.buffer instanceof SharedArrayBuffer);
  }
  assert.equal(train.normalization, { scale: 1 / 255, mean: [0.5], std: [0.5] });
  const own = { scale: 1, mean: [1, 2, 3], std: [4, 5, 6] };
  assert.equal((await load(good, { normalization: own })).test.normalization, own);
});

test("grey images have one channel, and are converted only where asked for", async () => {
  const grey = picture(0, 1);
  const file = await png(grey, [5, 7, 1]);
  const one = await loadOne(file);
  assert.equal([one.sampleShape, [...one.inputs]], [[1, 5, 7], [...grey]]);
  const three = await loadOne(file, { channels: 3 });
  assert.equal(
    [three.sampleShape, [...three.inputs]],
    [
      [3, 5, 7],
      [...grey, ...grey, ...grey],
    ],
  );
  // Equal channels are grey already.
  const neutral = pixels(5, 7, 3, (row, column) => row * 30 + column);
  const narrowed = await loadOne(await png(neutral, [5, 7, 3]), { channels: 1 });
  assert.equal([narrowed.sampleShape, [...narrowed.inputs]], [[1, 5, 7], planes(neutral).slice(0, 35)]);
});

test("16 bits are reduced to the upper 8, and transparent parts lie on black", async () => {
  const deep = Uint16Array.from({ length: 35 }, (_, index) => index * 1871);
  const file = await sharp(deep, { raw: { width: 7, height: 5, channels: 1 } })
    .toColourspace("grey16")
    .png()
    .toBuffer();
  assert.is((await sharp(file).metadata()).depth, "ushort", "the file has 16 bits");
  const { inputs, sampleShape } = await loadOne(file);
  assert.equal([sampleShape, [...inputs]], [[1, 5, 7], Array.from(deep, (value) => value >> 8)]);

  // Opaque, transparent, and opaque again.
  const rgba = Uint8Array.of(200, 100, 50, 255, 200, 100, 50, 0, 1, 2, 3, 255);
  const flat = await loadOne(await png(rgba, [1, 3, 4]));
  assert.equal(
    [flat.sampleShape, [...flat.inputs]],
    [
      [3, 1, 3],
      [200, 0, 1, 100, 0, 2, 50, 0, 3],
    ],
  );
});

test("images are turned upright as their EXIF data say", async () => {
  // Orientation 6: to be turned clockwise by a quarter.
  const file = await sharp(picture(0), { raw: { width: 7, height: 5, channels: 3 } })
    .withMetadata({ orientation: 6 })
    .png()
    .toBuffer();
  const { inputs, sampleShape } = await loadOne(file);
  assert.equal(sampleShape, [3, 7, 5]);
  const turned = pixels(7, 5, 3, (row, column, channel) => picture(0)[((4 - column) * 7 + row) * 3 + channel]!);
  assert.equal([...inputs], planes(turned));
});

test("with a size, images of all sizes are scaled to cover it and cut on both sides", async () => {
  // A bright middle third between dark ones: cut to a square, only the middle is left.
  const wide = await png(
    pixels(20, 60, 3, (_, column) => (column >= 20 && column < 40 ? 240 : 10)),
    [20, 60, 3],
  );
  const tall = await jpeg(new Uint8Array(90 * 30 * 3).fill(99), [90, 30, 3]);
  const { train } = await load(
    { "train/a/1.png": wide, "train/b/1.jpg": tall, "test/a/1.png": wide },
    { size: [4, 4] },
  );
  assert.equal(train.sampleShape, [3, 4, 4]);
  const [first, second] = [train.inputs.subarray(0, 48), train.inputs.subarray(48)];
  // The columns at the edges mix with what was cut off, by the scaling filter.
  for (let at = 0; at < 48; at++)
    if (at % 4 === 1 || at % 4 === 2) assert.ok(Math.abs(first[at]! - 240) <= 12, `${first}`);
  // JPEG at its best quality keeps one colour to within rounding.
  assert.ok(second.every((value) => Math.abs(value - 99) <= 1));
});

test("images unlike the first name the file and the option", async () => {
  const smaller = await png(new Uint8Array(5 * 6 * 3), [5, 6, 3]);
  await failure(
    () => load({ ...good, "test/oak/z.png": smaller }),
    "ERR_DATASET_FORMAT",
    /test\/oak\/z\.png, byte 0: 5x6 pixels, but the first image has 5x7; give the option `size`/,
  );
  const grey = await png(picture(0, 1), [5, 7, 1]);
  await failure(
    () => load({ ...good, "train/oak/z.png": grey }),
    "ERR_DATASET_FORMAT",
    /train\/oak\/z\.png, byte 0: is grey, but the first image is in colour; give the option `channels`/,
  );
  const mixed = await load(
    { ...good, "train/oak/z.png": grey, "test/oak/z.png": smaller },
    { channels: 3, size: [3, 2] },
  );
  assert.equal(mixed.train.sampleShape, [3, 3, 2]);
});

test("files that are no images, and damaged ones", async () => {
  const path = "train/ash/y.jpg";
  const bad = (contents: Uint8Array | string) => () => load({ ...good, [path]: contents });
  await failure(bad("text"), "ERR_DATASET_FORMAT", `${path}, byte 0: is no image, accepted: PNG and JPEG`);
  await failure(bad(""), "ERR_DATASET_FORMAT", `${path}, byte 0: is no image`);
  const whole = await jpeg(picture(0), [5, 7, 3]);
  await failure(bad(whole.subarray(0, whole.length - 20)), "ERR_DATASET_FORMAT", `${path}, byte 0: cannot be decoded`);
});

test("folders that are no data set", async () => {
  const without = (start: string) =>
    Object.fromEntries(Object.entries(good).filter(([path]) => !path.startsWith(start)));
  await failure(
    () => load(without("test/")),
    "ERR_DATASET_MISSING",
    /test: no such folder, accepted: .*train\/<class>/,
  );
  await failure(() => load(without("train/")), "ERR_DATASET_MISSING", "train: no such folder");
  await failure(
    () => load({ ...good, "train/readme.txt": "x" }),
    "ERR_DATASET_FORMAT",
    "train/readme.txt, byte 0: is a file",
  );
  await failure(
    () => load({ ...good, "train/fir/.keep": "" }),
    "ERR_DATASET_FORMAT",
    "train/fir, byte 0: has no images",
  );
  await failure(
    () => load({ ...without("test/"), "test/.keep": "" }),
    "ERR_DATASET_FORMAT",
    "test, byte 0: has no class",
  );
  await failure(
    () => load({ ...good, "train/oak/more/a.png": "x" }),
    "ERR_DATASET_FORMAT",
    "train/oak/more, byte 0: is no file",
  );
  await failure(
    () => load({ ...good, "test/pine/a.png": good["test/oak/a.png"]! }),
    "ERR_DATASET_FORMAT",
    "test/pine/a.png, byte 0: pine is no class of train, accepted: Birch, ash, oak",
  );
  await inTempFolder(async (folder) => {
    await rm(folder, { recursive: true });
    await failure(() => loadImageFolder({ folder }), "ERR_DATASET_MISSING", join(folder, "train"));
  });
});

test("bad options, of scripts and of configurations", async () => {
  const bad = (options: object) => () => loadImageFolder({ folder: "x", ...options } as ImageFolderOptions);
  await failure(() => loadImageFolder({} as ImageFolderOptions), "ERR_OPTION_TYPE", "loadImageFolder.folder: missing");
  await failure(bad({ channels: 2 }), "ERR_OPTION_RANGE", "loadImageFolder.channels: 2");
  await failure(
    bad({ size: [32] }),
    "ERR_OPTION_RANGE",
    "loadImageFolder.size: [32] is out of range, accepted: rows and columns",
  );
  await failure(bad({ size: [0, 32] }), "ERR_OPTION_RANGE", "loadImageFolder.size[0]");
  await failure(bad({ colour: 3 }), "ERR_OPTION_UNKNOWN", "loadImageFolder.colour");
  const config = { name: "x", model: { name: "mlpBinaryConnect" }, optimizer: { name: "bayesbinn" }, epochs: 1 };
  const dataset = { name: "image-folder", folder: "leaves", size: [32, 32] };
  assert.equal(checkConfig({ ...config, dataset }).dataset["size"], [32, 32]);
  await failure(
    () => checkConfig({ ...config, dataset: { name: "image-folder" } }),
    "ERR_OPTION_TYPE",
    "dataset.folder",
  );
});

test.run();
