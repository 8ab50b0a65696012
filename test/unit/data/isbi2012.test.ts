// On small pictures in the layout of the published slices.
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { isbi2012, loadIsbi2012 } from "../../../lib/data/segmentation/isbi2012.js";
import { validateDataset } from "../../../lib/data/validate.js";
import { writeTree } from "./cifar-files.js";
import { withEnvironment } from "./environment.js";
import { failure, inTempFolder } from "./idx-files.js";
import { pixels, png } from "./image-files.js";

const test = suite("ISBI 2012");

const [rows, columns] = [5, 7];
const slice = (index: number) => pixels(rows, columns, 1, (row, column) => index * 8 + row * 5 + column);
const inside = (index: number) =>
  Array.from(pixels(rows, columns, 1, (row, column) => (row + column + index) % 3 && 1));

async function files(): Promise<Record<string, Uint8Array>> {
  const all: Record<string, Uint8Array> = {};
  for (let index = 0; index < 30; index++) {
    const stem = index < 24 ? "train" : "val";
    all[`${stem}_imgs/img_${index}.png`] = await png(slice(index), [rows, columns, 1]);
    const mask = Uint8Array.from(inside(index), (label) => 255 * label);
    all[`${stem}_labels/label_${index}.png`] = await png(mask, [rows, columns, 1]);
  }
  return all;
}
const good = await files();

const inFolder = <T>(use: (folder: string) => Promise<T>) =>
  inTempFolder(async (folder) => {
    await writeTree(folder, good);
    return use(folder);
  });

test("24 slices to train on and the last 6 to test with, in their order", async () => {
  await inFolder(async (folder) => {
    const { train, test: rest } = await loadIsbi2012({ folder });
    for (const [part, first, count] of [
      [train, 0, 24],
      [rest, 24, 6],
    ] as const) {
      validateDataset(part);
      const numbers = Array.from({ length: count }, (_, index) => first + index);
      assert.equal(
        [...part.inputs],
        numbers.flatMap((index) => [...slice(index)]),
      );
      assert.equal([...part.targets], numbers.flatMap(inside));
      assert.equal(
        part.tiling!.images.map(({ name }) => name),
        numbers.map((index) => `slice-${index}`),
      );
      assert.equal([part.classes, part.classNames], [2, ["membrane", "cell"]]);
      assert.equal(
        [part.sampleShape, part.targetShape],
        [
          [1, rows, columns],
          [rows, columns],
        ],
      );
      assert.equal(part.normalization, { scale: 1 / 255, mean: [0.4908], std: [0.1653] });
    }
    assert.equal([train.name, rest.name], ["isbi2012.train", "isbi2012.test"]);
  });
});

test("in tiles, and from the cache folder", async () => {
  await inFolder(async (folder) => {
    await withEnvironment({ BAYESBINN_DATA: join(folder, "..") }, async () => {
      // The folder has a name of its own; the data are looked for in one named after them.
      await failure(() => loadIsbi2012(), "ERR_DATASET_MISSING", "isbi2012: no such folder");
    });
    const { train, test: rest } = await loadIsbi2012({ folder, tile: [5, 5], margin: 1, overlap: 1 });
    await failure(() => loadIsbi2012({ folder, margin: 44 }), "ERR_OPTION_RANGE", "loadIsbi2012.margin: 44");
    // Starts of 3 rows in 5 and of 3 columns in 7 that share a row and a column: 2 and 3.
    assert.equal([train.length, rest.length], [24 * 6, 6 * 6]);
    assert.equal([rest.targetShape, rest.tiling!.images[5]!.name], [[5, 5], "slice-29"]);
  });
  await inTempFolder(async (cache) => {
    await writeTree(join(cache, "isbi2012"), good);
    await withEnvironment({ BAYESBINN_DATA: cache }, async () => {
      assert.is((await loadIsbi2012()).train.length, 24);
      assert.is(await isbi2012.locate!(), join(cache, "isbi2012"));
    });
  });
});

test("files that are not there are named, with what to do", async () => {
  await inFolder(async (folder) => {
    await rm(join(folder, "val_labels", "label_27.png"));
    const one = await failure(
      () => loadIsbi2012({ folder }),
      "ERR_DATASET_MISSING",
      /^isbi2012: .*val_labels\/label_27\.png: no such file\. .*ISBI 2012.*PNG/,
    );
    assert.equal(one.details["missing"], [join(folder, "val_labels", "label_27.png")]);
    await rm(join(folder, "train_imgs"), { recursive: true });
    const more = await failure(
      () => loadIsbi2012({ folder }),
      "ERR_DATASET_MISSING",
      "img_0.png: no such file (and 24 more files)",
    );
    assert.is((more.details["missing"] as string[]).length, 25);
  });
});

test("labels that are neither 0 nor 255", async () => {
  await inFolder(async (folder) => {
    const mask = new Uint8Array(rows * columns).fill(255);
    mask[9] = 254;
    await writeTree(folder, { "val_labels/label_24.png": await png(mask, [rows, columns, 1]) });
    await failure(
      () => loadIsbi2012({ folder }),
      "ERR_DATASET_FORMAT",
      "label_24.png, byte 0: grey value 254 at pixel 9",
    );
  });
});

test.run();
