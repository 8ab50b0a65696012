// Maps of pixels as PNG files, decoded again.
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import sharp from "sharp";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { loadMaskFolder } from "../../../lib/data/segmentation/mask-folder.js";
import { classValues, imagePicture } from "../../../lib/figures/pictures/grey.js";
import { saveSegmentation } from "../../../lib/figures/pictures/save-segmentation.js";
import { refused } from "../../support/refused.js";
import { temporaryFolder } from "../../support/temporary-folder.js";
import { png } from "../data/image-files.js";

const pictures = suite("pictures of segmented images");

const [rows, columns] = [5, 3];
const size = rows * columns;

/** Maps of so many classes, whose probability of class 0 rises from pixel to pixel. */
function mapsOf(classes: number) {
  const first = Float32Array.from({ length: size }, (_, i) => i / (size - 1));
  const rest = Array.from({ length: classes - 1 }, () => first.map((p) => (1 - p) / (classes - 1)));
  return {
    ...{ rows, columns },
    probabilities: Float32Array.from([first, ...rest].flatMap((plane) => [...plane])),
    classes: Uint16Array.from({ length: size }, (_, i) => i % classes),
    entropy: first.map((p) => p * Math.log(classes)),
    mutualInformation: first.map((p) => (p * Math.log(classes)) / 5),
  };
}

async function decoded(path: string) {
  const { space, bitsPerSample } = await sharp(path).metadata();
  const picture = sharp(path).toColourspace(space === "b-w" ? "b-w" : "srgb");
  const { data, info } = await picture.raw({ depth: "uchar" }).toBuffer({ resolveWithObject: true });
  return { data: [...data], size: [info.height, info.width, info.channels], space, bitsPerSample };
}

const image = Uint8Array.from({ length: size }, (_, i) => 11 * i);

pictures("grey values of two classes, and the overview", async () => {
  const folder = join(temporaryFolder(), "new", "folder");
  const maps = mapsOf(2);
  const truth = Int32Array.from({ length: size }, (_, i) => (i % 3) - 1);
  const classNames = ["membrane", "cell"];
  const files = await saveSegmentation(folder, "slice 1", maps, { image, truth, classNames });
  assert.equal(
    (await readdir(folder)).sort(),
    ["entropy", "mask", "mutual-information", "overview", "probability-cell"].map((kind) => `slice 1.${kind}.png`),
  );
  const grey = { size: [rows, columns, 1], space: "b-w", bitsPerSample: 8 };
  const mask = Array.from(maps.classes, (k) => 255 * k);
  const rising = Array.from({ length: size }, (_, i) => Math.round((255 * i) / (size - 1)));
  const falling = Array.from({ length: size }, (_, i) => Math.round(255 * (1 - i / (size - 1))));
  assert.equal(await decoded(files.mask), { data: mask, ...grey });
  assert.equal(files.probabilities, [join(folder, "slice 1.probability-cell.png")]);
  assert.equal(await decoded(files.probabilities[0]!), { data: falling, ...grey });
  assert.equal(await decoded(files.entropy), { data: rising, ...grey });
  const fifth = Array.from({ length: size }, (_, i) => Math.round((51 * i) / (size - 1)));
  assert.equal(await decoded(files.mutualInformation!), { data: fifth, ...grey });
  // Five pictures with two pixels between.
  const trueMask = Array.from(truth, (label) => (label === 1 ? 255 : 0));
  const panels = [[...image], trueMask, mask, falling, rising];
  const line = (row: number) =>
    panels.flatMap((panel, i) => [...(i > 0 ? [128, 128] : []), ...panel.slice(row * columns, (row + 1) * columns)]);
  const expected = Array.from({ length: rows }, (_, row) => line(row)).flat();
  assert.equal(await decoded(files.overview), { ...grey, data: expected, size: [rows, 5 * columns + 8, 1] });
});

pictures("equal maps give equal bytes, in place of the files before", async () => {
  const folder = temporaryFolder();
  const first = await saveSegmentation(folder, "a", mapsOf(2), { image });
  const before = await readFile(first.overview);
  await writeFile(first.overview, "other");
  const { mutualInformation: _, ...maps } = mapsOf(2);
  const second = await saveSegmentation(folder, "a", maps, { image });
  assert.ok(before.equals(await readFile(second.overview)));
  assert.not.ok("mutualInformation" in second);
  assert.equal(second.probabilities, [join(folder, "a.probability-1.png")]);
});

pictures("of four classes one probability each, and that of the class predicted beside a coloured image", async () => {
  const folder = temporaryFolder();
  const maps = mapsOf(4);
  const colours = Uint8Array.from({ length: 3 * size }, (_, i) => 5 * i);
  const files = await saveSegmentation(folder, "b", maps, { image: colours, classNames: ["a", "b/c", "..", "d"] });
  assert.equal(
    files.probabilities.map((path) => path.slice(folder.length + 1)),
    ["b.probability-a.png", "b.probability-1.png", "b.probability-2.png", "b.probability-d.png"],
  );
  assert.equal(
    (await decoded(files.mask)).data,
    Array.from(maps.classes, (k) => [0, 85, 170, 255][k]!),
  );
  const overview = await decoded(files.overview);
  assert.equal(overview.size, [rows, 4 * columns + 6, 3]);
  assert.equal(overview.data.slice(0, 6), [0, 75, 150, 5, 80, 155]);
  // The second pixel of the third panel: class 1 there has (1 - 1/14) / 3.
  const at = 3 * (2 * (columns + 2) + 1);
  assert.equal(overview.data.slice(at, at + 3), new Array(3).fill(Math.round((255 * (1 - 1 / 14)) / 3)));
});

pictures("loadMaskFolder reads masks again with their class values", async () => {
  const folder = temporaryFolder();
  const maps = mapsOf(3);
  for (const part of ["train", "test"]) {
    await mkdir(join(folder, part, "images"), { recursive: true });
    await writeFile(join(folder, part, "images", "c.mask.png"), await png(image, [rows, columns, 1]));
    const { mask } = await saveSegmentation(join(folder, "maps"), "c", maps, { image });
    await mkdir(join(folder, part, "masks"));
    await writeFile(join(folder, part, "masks", "c.mask.png"), await readFile(mask));
  }
  const { test } = await loadMaskFolder({ folder, classValues: classValues(3) });
  assert.equal([...test.targets], [...maps.classes]);
});

pictures("numbers that are no bytes are stretched; of many channels the first is seen", () => {
  const values = Float32Array.from({ length: 2 * size }, (_, i) => i / 7 - 1);
  const { channels, pixels } = imagePicture({ rows, columns }, values);
  assert.is(channels, 1);
  assert.equal(
    [...pixels],
    Array.from({ length: size }, (_, i) => Math.round((255 * i) / (size - 1))),
  );
});

pictures("what cannot be written is named, and more classes than grey values", async () => {
  const folder = temporaryFolder();
  await writeFile(join(folder, "file"), "");
  await refused(() => saveSegmentation(join(folder, "file"), "a", mapsOf(2), { image }), "ERR_OUTPUT", "file");
  await mkdir(join(folder, "a.entropy.png"));
  await refused(() => saveSegmentation(folder, "a", mapsOf(2), { image }), "ERR_OUTPUT", "a.entropy.png");
  assert.not.ok((await readdir(folder)).some((name) => name.endsWith(".tmp")));
  await refused(() => classValues(257), "ERR_OPTION_RANGE", "classes: 257", "at most 256");
});

pictures.run();
