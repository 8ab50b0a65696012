import { rm } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { cifar10, cifar10Layout, loadCifar10 } from "../../../lib/data/cifar/cifar10.js";
import { cifar10Jpeg, cifar10JpegLayout, loadCifar10Jpeg } from "../../../lib/data/cifar/cifar10-jpeg.js";
import { cifar100, cifar100Layout, loadCifar100 } from "../../../lib/data/cifar/cifar100.js";
import { recordsOf } from "../../../lib/data/cifar/layout.js";
import type { Dataset } from "../../../lib/data/dataset.js";
import { networkInputs } from "../../../lib/data/network-inputs.js";
import { validateDataset } from "../../../lib/data/validate.js";
import { cifar10Files, cifar100Files, image, imageBytes, records } from "./cifar-files.js";
import { failure, inTempFolder, writeFiles } from "./idx-files.js";

const test = suite("CIFAR");

const load10 = (change: Record<string, Uint8Array> = {}) =>
  inTempFolder(async (folder) => {
    await writeFiles(folder, { ...cifar10Files(), ...change });
    return loadCifar10({ folder });
  });

const load100 = (options: { labels?: "fine" | "coarse" } = {}, change: Record<string, Uint8Array> = {}) =>
  inTempFolder(async (folder) => {
    await writeFiles(folder, { ...cifar100Files(), ...change });
    return loadCifar100({ folder, ...options });
  });

function assertImages({ inputs }: Dataset, indices: readonly number[]): void {
  assert.is(inputs.length, indices.length * imageBytes);
  for (const [at, index] of indices.entries()) {
    assert.ok(Buffer.from(inputs.subarray(at * imageBytes, (at + 1) * imageBytes)).equals(image(index)), `image ${at}`);
  }
}

test("CIFAR-10: batches follow each other, a label byte in front of the planes of each image", async () => {
  const { train, test } = await load10();
  assert.equal([...train.targets], [3, 9, 0, 1, 2, 3, 5, 8]);
  assert.equal([...test.targets], [7, 6, 5, 4]);
  assertImages(train, [0, 1, 2, 3, 4, 5, 6, 7]);
  assertImages(test, [100, 101, 102, 103]);
  assert.equal([train.name, test.name], ["cifar10.train", "cifar10.test"]);
  for (const part of [train, test]) {
    validateDataset(part);
    assert.ok(part.inputs.buffer instanceof SharedArrayBuffer);
    assert.equal(part.sampleShape, [3, 32, 32]);
    assert.is(part.classes, 10);
    assert.is(part.classNames?.[3], "cat");
  }
});

test("the network sees the authors' normalisation, channel by channel", async () => {
  const { train } = await load10({
    "data_batch_1.bin": Buffer.concat([
      Uint8Array.of(0),
      new Uint8Array(1024).fill(255),
      new Uint8Array(1024),
      new Uint8Array(1024).fill(51),
    ]),
  });
  const [red, green, blue] = [0, 1024, 2048].map((at) => networkInputs(train, 0, 1)[at] as number);
  // By hand: (1 - 0.4914) / 0.2023, (0 - 0.4822) / 0.1994, (0.2 - 0.4465) / 0.201; to the accuracy of float32.
  assert.ok(Math.abs(red! - 2.514088) < 1e-6, `${red}`);
  assert.ok(Math.abs(green! - -2.418255) < 1e-6, `${green}`);
  assert.ok(Math.abs(blue! - -1.226368) < 1e-6, `${blue}`);
  const hundred = (await load100()).train.normalization;
  assert.equal(hundred, { scale: 1 / 255, mean: [0.507, 0.487, 0.441], std: [0.267, 0.256, 0.276] });
});

test("CIFAR-100: the fine label is the second byte, the coarse one the first", async () => {
  const fine = await load100();
  const coarse = await load100({ labels: "coarse" });
  assert.equal([...fine.train.targets, ...fine.test.targets], [99, 7, 0, 98, 31]);
  assert.equal([...coarse.train.targets, ...coarse.test.targets], [19, 0, 4, 11, 2]);
  assert.equal([fine.train.classes, coarse.train.classes], [100, 20]);
  assert.equal([fine.train.classNames?.[99], coarse.train.classNames?.[19]], ["worm", "vehicles_2"]);
  for (const { train, test } of [fine, coarse]) {
    assertImages(train, [0, 1, 2]);
    assertImages(test, [50, 51]);
    validateDataset(train);
  }
});

test("the published sizes and classes", () => {
  for (const layout of [cifar10Layout, cifar10JpegLayout, cifar100Layout]) {
    assert.equal([recordsOf(layout.train), recordsOf(layout.test)], [50000, 10000]);
    for (const { classNames } of layout.labels) {
      assert.is(new Set(classNames).size, classNames.length);
      assert.equal([...classNames].sort(), classNames, "the official numbering is alphabetical");
    }
  }
  assert.equal(
    cifar100Layout.labels.map(({ classNames }) => classNames.length),
    [20, 100],
  );
  assert.is(cifar10Layout.labels[0]?.classNames.length, 10);
  for (const { train, test } of [cifar10Layout, cifar100Layout]) {
    for (const { sha256 } of [...train, ...test]) assert.match(sha256 ?? "", /^[0-9a-f]{64}$/);
  }
});

test("the recompressed copy is read alike, and never called CIFAR-10", () =>
  inTempFolder(async (folder) => {
    await writeFiles(folder, cifar10Files());
    const { train } = await loadCifar10Jpeg({ folder });
    assert.is(train.name, "cifar10-jpeg.train");
    assert.equal(train.targets, (await loadCifar10({ folder })).train.targets);
    assert.match(cifar10Jpeg.description, /^JPEG-recompressed CIFAR-10/);
  }));

test("files that end inside a record, and empty ones", async () => {
  for (const [name, contents] of Object.entries(cifar10Files())) {
    const cut = contents.subarray(0, contents.length - 1);
    const error = await failure(() => load10({ [name]: cut }), "ERR_DATASET_FORMAT", name, "no multiple of 3073");
    assert.is(error.details.offset, cut.length);
  }
  const one = await failure(
    () => load10({ "data_batch_3.bin": records([[1], [2]]).subarray(0, 3074) }),
    "ERR_DATASET_FORMAT",
    /data_batch_3\.bin, byte 3074: the file ends inside record 1/,
  );
  assert.is(one.details.offset, 3074);
  await failure(
    () => load10({ "test_batch.bin": Buffer.alloc(0) }),
    "ERR_DATASET_FORMAT",
    /test_batch\.bin, byte 0: .*empty/,
  );
  // 3073 bytes a record, as in CIFAR-10.
  await failure(() => load100({}, { "train.bin": records([[1]]) }), "ERR_DATASET_FORMAT", "no multiple of 3074");
});

test("labels out of range name the byte", async () => {
  await failure(
    () => load10({ "data_batch_2.bin": records([[9], [10]]) }),
    "ERR_DATASET_FORMAT",
    /data_batch_2\.bin, byte 3073: label 10; cifar10 has labels 0 to 9/,
  );
  const bad = (coarse: number, fine: number) => ({
    "test.bin": records([
      [0, 0],
      [coarse, fine],
    ]),
  });
  for (const labels of ["fine", "coarse"] as const) {
    await failure(
      () => load100({ labels }, bad(20, 0)),
      "ERR_DATASET_FORMAT",
      /test\.bin, byte 3074: coarse label 20; cifar100 has coarse labels 0 to 19/,
    );
    await failure(() => load100({ labels }, bad(0, 100)), "ERR_DATASET_FORMAT", /byte 3075: fine label 100/);
  }
});

test("packed files are refused", async () => {
  const packed = { "data_batch_1.bin": gzipped(3073) };
  await failure(() => load10(packed), "ERR_DATASET_FORMAT", /data_batch_1\.bin, byte 0: is gzip/);
});

/** A gzip file of a length that records could have. */
function gzipped(length: number): Buffer {
  const packed = gzipSync(records([[1]]));
  return Buffer.concat([packed, Buffer.alloc(length * Math.ceil(packed.length / length) - packed.length)]);
}

test("missing files are all named, with the command that gets them", () =>
  inTempFolder(async (folder) => {
    await writeFiles(folder, cifar10Files());
    await rm(join(folder, "data_batch_4.bin"));
    await rm(join(folder, "test_batch.bin"));
    const error = await failure(
      () => loadCifar10({ folder }),
      "ERR_DATASET_MISSING",
      `cifar10: ${folder} has no data_batch_4.bin, test_batch.bin`,
      "bayesbinn data download cifar10",
      "https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz, 170052171 bytes, SHA-256 c4a38c50",
      "bayesbinn data prepare cifar10 --from",
    );
    assert.equal(error.details.missing, ["data_batch_4.bin", "test_batch.bin"]);
    const nowhere = join(folder, "nowhere");
    await failure(() => loadCifar100({ folder: nowhere }), "ERR_DATASET_MISSING", "no such folder", "cifar-100-binary");
    const jpeg = await failure(
      () => loadCifar10Jpeg({ folder: nowhere }),
      "ERR_DATASET_MISSING",
      "cifar10-jpeg --from",
    );
    assert.not.match(jpeg.message, /download/);
  }));

test("the entries of the list describe what they load", () =>
  inTempFolder(async (folder) => {
    await writeFiles(folder, { ...cifar10Files(), ...cifar100Files() });
    for (const { classes, sampleShape, load } of [cifar10, cifar10Jpeg, cifar100]) {
      const { train } = await load({ folder });
      assert.is(train.classes, classes);
      assert.equal(train.sampleShape, sampleShape);
    }
  }));

test("bad options", async () => {
  await failure(() => loadCifar10({ floder: "x" } as object), "ERR_OPTION_UNKNOWN", "loadCifar10.floder");
  await failure(() => loadCifar10Jpeg({ folder: "" }), "ERR_OPTION_RANGE", "loadCifar10Jpeg.folder");
  await failure(() => loadCifar100({ labels: "finer" as "fine" }), "ERR_OPTION_RANGE", "loadCifar100.labels", '"fine"');
});

test.run();
