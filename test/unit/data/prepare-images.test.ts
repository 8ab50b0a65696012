import { rename } from "node:fs/promises";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { cifar10Classes } from "../../../lib/data/cifar/class-names.js";
import type { CifarLayout } from "../../../lib/data/cifar/layout.js";
import { loadCifar } from "../../../lib/data/cifar/load.js";
import { prepareCifar } from "../../../lib/data/prepare/prepare-cifar.js";
import { cifar10Files, fewJpeg, fewPng, sha256, tarOf, tinyCifar100, writeTree } from "./cifar-files.js";
import { failure, inTempFolder } from "./idx-files.js";
import { jpeg, pixels, png } from "./image-files.js";

const test = suite("prepare images");

type Files = Record<string, Buffer>;

/** Pixels that differ from image to image and from channel to channel. */
const picture = (index: number) =>
  pixels(32, 32, 3, (row, column, channel) => (index * 31 + row * 3 + column * 5 + channel * 77) % 256);

/** Two training images and a test image of each class, in the order of their paths. */
async function tree(encode: typeof png, end: string): Promise<Files> {
  const files: Files = {};
  for (const [part, count] of [["test", 1] as const, ["train", 2] as const]) {
    for (const [label, name] of cifar10Classes.entries()) {
      for (let i = 0; i < count; i++) {
        files[`${part}/${name}/000${i}.${end}`] = await encode(picture(label * 10 + i + count), [32, 32, 3]);
      }
    }
  }
  return files;
}

const pngs = await tree(png, "png");
const jpegs = await tree(jpeg, "jpg");

/** Prepares the archive of `files` and loads what came out. */
function prepared(files: Files, layout: CifarLayout = fewPng) {
  return inTempFolder(async (root) => {
    await writeTree(root, { "images.tar": tarOf(files) });
    const result = await prepareCifar(layout, { from: join(root, "images.tar"), to: join(root, "made") });
    return { ...result, ...(await loadCifar(layout, result.folder)), parts: result };
  });
}

const labels = (count: number) => cifar10Classes.flatMap((_, label) => new Array<number>(count).fill(label));

test("PNG files become the records of their folders, planes by planes", async () => {
  const { train, test: rest, parts } = await prepared(pngs);
  assert.equal([...train.targets], labels(2));
  assert.equal([...rest.targets], labels(1));
  const planes = (index: number) => {
    const bytes = picture(index);
    return [0, 1, 2].flatMap((channel) => Array.from({ length: 1024 }, (_, i) => bytes[3 * i + channel] as number));
  };
  // The second training image of class 7; the test image of class 9.
  assert.equal([...train.inputs.subarray(15 * 3072, 16 * 3072)], planes(73));
  assert.equal([...rest.inputs.subarray(9 * 3072)], planes(91));
  const record = (label: number, index: number) => Uint8Array.from([label, ...planes(index)]);
  const expected = labels(2).map((label, at) => record(label, label * 10 + (at % 2) + 2));
  assert.equal(parts.train, { records: 20, sha256: sha256(...expected) });
});

test("JPEG files become JPEG-recompressed CIFAR-10", async () => {
  const { train, name } = await inTempFolder(async (root) => {
    await writeTree(join(root, "copy"), jpegs);
    // A folder, some levels above the images.
    const { folder } = await prepareCifar(fewJpeg, { from: root, to: join(root, "made") });
    const { train } = await loadCifar(fewJpeg, folder);
    return { train, name: train.name };
  });
  assert.is(name, "cifar10-jpeg.train");
  assert.equal([...train.targets], labels(2));
  const exact = await prepared(pngs);
  // At quality 100 without chroma subsampling what remains is rounding: to integers in YCbCr, then in RGB. The colour
  // transform multiplies errors by up to 1.772 + 1.
  const worst = Math.max(...Array.from(train.inputs, (value, at) => Math.abs(value - exact.train.inputs[at]!)));
  assert.ok(worst > 0 && worst <= 6, `${worst}`);
});

test("JPEG files are not taken for the published pixels, nor PNG files for recompressed ones", async () => {
  await failure(
    () => prepared(jpegs),
    "ERR_DATASET_FORMAT",
    "test/airplane/0000.jpg: JPEG files do not hold the published pixels of cifar10; prepare them as cifar10-jpeg",
  );
  // The contents count, not the name.
  const renamed = { ...pngs, "train/cat/0001.png": jpegs["train/cat/0001.jpg"]! };
  await failure(() => prepared(renamed), "ERR_DATASET_FORMAT", "train/cat/0001.png: JPEG files");
  await failure(() => prepared(pngs, fewJpeg), "ERR_DATASET_FORMAT", "is a PNG file", "prepare these as cifar10");
  await failure(
    () => prepared(cifar10Files(), fewJpeg),
    "ERR_DATASET_FORMAT",
    "data_batch_1.bin: is a record file",
    "prepare the official files as cifar10",
  );
  await failure(() => prepared(pngs, tinyCifar100), "ERR_DATASET_FORMAT", "holds nothing of cifar100");
  await failure(() => prepared({ ...pngs, ...cifar10Files() }), "ERR_DATASET_FORMAT", "record files and images");
});

test("classes and counts are those of CIFAR-10", async () => {
  const { "train/frog/0001.png": frog, ...rest } = pngs;
  await failure(() => prepared(rest), "ERR_DATASET_FORMAT", "train/frog: 1 images; 2 are needed");
  const without = Object.fromEntries(Object.entries(pngs).filter(([path]) => !path.startsWith("test/dog/")));
  await failure(() => prepared(without), "ERR_DATASET_FORMAT", "test/dog: no images; 1 are needed");
  await failure(
    () => prepared({ ...rest, "train/toad/0001.png": frog! }),
    "ERR_DATASET_FORMAT",
    "train/toad/0001.png: toad is no class of CIFAR-10, accepted: airplane, automobile",
  );
  await failure(
    () => prepared({ ...pngs, "train/frog/0002.png": frog! }),
    "ERR_DATASET_FORMAT",
    "train/frog/0002.png: more than 2 images of this class in train",
  );
});

test("files that are no images of 32x32 pixels in colour name the member", async () => {
  const path = "train/ship/0001.png";
  const bad = (contents: Buffer) => () => prepared({ ...pngs, [path]: contents });
  const good = pngs[path]!;
  await failure(bad(Buffer.from("readme")), "ERR_DATASET_FORMAT", `${path}: is no image, accepted: PNG and JPEG`);
  await failure(bad(good.subarray(0, good.length / 2)), "ERR_DATASET_FORMAT", `${path}: cannot be decoded`);
  await failure(bad(Buffer.alloc(2 ** 21)), "ERR_DATASET_FORMAT", `${path}: more than 1048576 bytes`);
  const large = await png(new Uint8Array(33 * 32 * 3), [33, 32, 3]);
  await failure(bad(large), "ERR_DATASET_FORMAT", `${path}: 33x32 pixels of 3 channels; 32x32 of 3 are needed`);
  const transparent = await png(new Uint8Array(32 * 32 * 4), [32, 32, 4]);
  await failure(bad(transparent), "ERR_DATASET_FORMAT", `${path}: 32x32 pixels of 4 channels`);
});

test("a grey file, as optimizers write one for an image without colour, has three equal planes", async () => {
  const grey = pixels(32, 32, 1, (row, column) => row * 7 + column);
  const { test: rest } = await prepared({ ...pngs, "test/airplane/0000.png": await png(grey, [32, 32, 1]) });
  for (const plane of [0, 1, 2]) assert.equal(rest.inputs.slice(plane * 1024, (plane + 1) * 1024), grey);
});

test("a folder is read by name, whatever the order of the system", () =>
  inTempFolder(async (root) => {
    await writeTree(join(root, "a"), Object.fromEntries(Object.entries(pngs).reverse()));
    await rename(join(root, "a"), join(root, "b"));
    const { train } = await prepareCifar(fewPng, { from: join(root, "b"), to: join(root, "made") });
    assert.equal(train, (await prepared(pngs)).parts.train);
  }));

test.run();
