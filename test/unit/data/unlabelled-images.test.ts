import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Dataset } from "../../../lib/data/dataset.js";
import { unlabelledFiles, unlabelledImages } from "../../../lib/data/segmentation/unlabelled-images.js";
import { refused } from "../../support/refused.js";
import { temporaryFolder } from "../../support/temporary-folder.js";
import { jpeg, pixels, png } from "./image-files.js";

const images = suite("images without masks");

const normalization = { scale: 1 / 255, mean: [0.4], std: [0.2] };
const grey = (rows: number, columns: number, add: number) => pixels(rows, columns, 1, (r, c) => add + 10 * r + c);

async function all(folder: string, channels: 1 | 3): Promise<Dataset[]> {
  const files = await unlabelledFiles(folder);
  const found: Dataset[] = [];
  const tiles = { size: [8, 8], margin: 2, overlap: 1 } as const;
  for await (const dataset of unlabelledImages(files, { channels, normalization, tiles })) found.push(dataset);
  return found;
}

images("of several sizes, in the order of their names, as tiles of the channels asked for", async () => {
  const folder = temporaryFolder();
  await writeFile(join(folder, "c.jpeg"), await jpeg(grey(9, 11, 7), [9, 11, 1]));
  await writeFile(join(folder, "a.png"), await png(grey(7, 5, 1), [7, 5, 1]));
  await writeFile(join(folder, "b.png"), await png(grey(7, 5, 40), [7, 5, 1]));
  await writeFile(join(folder, ".hidden"), "");
  const [first, second, ...rest] = await all(folder, 3);
  assert.equal(rest, []);
  assert.equal(
    [first!, second!].map(({ tiling }) => tiling!.images),
    [
      [
        { rows: 7, columns: 5, name: "a" },
        { rows: 7, columns: 5, name: "b" },
      ],
      [{ rows: 9, columns: 11, name: "c" }],
    ],
  );
  // Parts of 4x4 that share a pixel: 2 x 2 of 7x5, and 3 x 4 of 9x11.
  assert.equal([first!.length, second!.length], [8, 12]);
  assert.equal(first!.sampleShape, [3, 8, 8]);
  assert.equal(first!.normalization, normalization);
  // The tile in the corner of b begins two pixels beyond, in a mirror: pixel 0, 0 lies at 2, 2 of all channels.
  for (const channel of [0, 1, 2]) assert.is(first!.inputs[(4 * 3 + channel) * 64 + 2 * 8 + 2], 40);
  assert.is(first!.inputs[4 * 3 * 64], 40 + 22);
});

images("no more than 16 in memory at once", async () => {
  const folder = temporaryFolder();
  const file = await png(grey(4, 4, 0), [4, 4, 1]);
  for (let i = 0; i < 17; i++) await writeFile(join(folder, `${i}.png`), file);
  assert.equal(
    (await all(folder, 1)).map(({ tiling }) => tiling!.images.length),
    [16, 1],
  );
});

images("what is no folder of images is refused", async () => {
  const folder = temporaryFolder();
  await refused(() => all(join(folder, "none"), 1), "ERR_DATASET_MISSING", "none: no such folder");
  await refused(() => all(folder, 1), "ERR_DATASET_FORMAT", "has no images");
  await writeFile(join(folder, "a.png"), "no image");
  await refused(() => all(folder, 1), "ERR_DATASET_FORMAT", "a.png", "is no image");
  await writeFile(join(folder, "a.jpg"), "");
  await refused(() => all(folder, 1), "ERR_DATASET_FORMAT", "a.png", "has the name of", "a.jpg");
  await mkdir(join(folder, "b"));
  await refused(() => all(folder, 1), "ERR_DATASET_FORMAT", "is no file");
});

images.run();
