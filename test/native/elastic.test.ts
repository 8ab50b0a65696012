// How elastic deformations are spread, and that they move images and masks alike; what they do is in augmentation.test.ts.
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { augmented, crop, elastic, flip, rotation, type Size } from "./support/augmentation-rows.js";
import { sameBits } from "./support/compare.js";
import { randomFloats } from "./support/random.js";

const test = suite("elastic deformation");

const plain = (channels: number) => ({
  scale: new Float32Array(channels).fill(1),
  shift: new Float32Array(channels),
});

/** Images whose two channels are the row and the column of each pixel: what is shown there is where it comes from. */
function ramps(images: number, size: number): Float32Array {
  return Float32Array.from({ length: images * 2 * size ** 2 }, (_, i) => {
    const pixel = i % size ** 2;
    return Math.floor(i / size ** 2) % 2 === 0 ? Math.floor(pixel / size) : pixel % size;
  });
}

test("displacements of knots are normal, of mean 0 and the given deviation, and independent", () => {
  // Of 5 x 5 knots the inner ones, 16 pixels and 8 deviations from the edges: Box and Muller give 5.8 at most here.
  const [images, size, std] = [256, 65, 2];
  const shape: Size = [images, 2, size, size];
  const shown = augmented(ramps(images, size), shape, plain(2), [elastic(std, 5, "reflect")]).images;
  const inner = [16, 32, 48];
  const at = (image: number, part: number, row: number, column: number) =>
    shown[((image * 2 + part) * size + row) * size + column]! - [row, column][part]!;
  const vectors = Array.from({ length: images }, (_, image) =>
    inner.flatMap((row) => inner.flatMap((column) => [at(image, 0, row, column), at(image, 1, row, column)])),
  );
  const all = vectors.flat().map((value) => value / std);
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  // Within 5 standard deviations of each statistic of n independent normal numbers.
  const n = all.length;
  assert.ok(Math.abs(mean(all)) < 5 / Math.sqrt(n), `mean ${mean(all)}`);
  const variance = mean(all.map((value) => value ** 2));
  assert.ok(Math.abs(variance - 1) < 5 * Math.sqrt(2 / n), `variance ${variance}`);
  const kurtosis = mean(all.map((value) => value ** 4));
  assert.ok(Math.abs(kurtosis - 3) < 5 * Math.sqrt(96 / n), `fourth moment ${kurtosis}`);
  for (const [what, lag] of [
    ["rows and columns of a knot", 1],
    ["knots beside each other", 2],
    ["knots one above the other", 6],
  ] as const) {
    const products = vectors.flatMap((each) =>
      each.slice(lag).flatMap((value, i) => (lag === 1 && i % 2 === 1 ? [] : [(value * each[i]!) / std ** 2])),
    );
    assert.ok(Math.abs(mean(products)) < 5 / Math.sqrt(products.length), `${what}: ${mean(products)}`);
  }
});

test("no deviation is no step, bit for bit, whatever stands beside it", () => {
  const shape: Size = [5, 2, 9, 13];
  const images = randomFloats(5 * 2 * 9 * 13, 7, -1e30, 1e30);
  for (const others of [[], [crop(3, "reflect")], [rotation(40, "reflect"), flip(0.5, 0.5)]]) {
    const own = augmented(images, shape, plain(2), [...others, elastic(0, 5, "reflect")]);
    sameBits(own.images, augmented(images, shape, plain(2), others).images, `${others.length} other steps`);
  }
});

test("an image that is its own mask stays so", () => {
  const [images, size] = [6, 33];
  const shape: Size = [images, 1, size, size];
  const rows = ramps(images, size).filter((_, i) => Math.floor(i / size ** 2) % 2 === 0);
  const steps = [flip(0.5, 0.5), elastic(3, 3, "reflect"), rotation(50, "reflect"), crop(4, "reflect")];
  const shown = augmented(rows, shape, plain(1), steps, { masks: rows });
  let moved = 0;
  shown.images.forEach((row, i) => {
    // The row of a place, and of the pixel next to it; both are rounded to float32.
    assert.ok(Math.abs(row - shown.masks[i]!) < 0.5 + 1e-5, `${i}: ${row} and ${shown.masks[i]}`);
    if (shown.masks[i] !== rows[i]) moved++;
  });
  assert.ok(moved > rows.length / 2, `${moved} of ${rows.length} pixels moved`);
});

test("a sample bends by its own number, whatever stands beside it", () => {
  const shape: Size = [3, 2, 17, 17];
  const image = ramps(3, 17);
  const all = augmented(image, shape, plain(2), [elastic(2, 3, "reflect")]).images;
  const one: Size = [1, 2, 17, 17];
  const second = augmented(ramps(1, 17), one, plain(2), [elastic(2, 3, "reflect")], { first: 1 }).images;
  sameBits(second, all.slice(578, 1156), "the second image");
  assert.ok(all.slice(0, 578).some((value, i) => value !== second[i]));
});

test.run();
