import { suite } from "uvu";
import * as assert from "uvu/assert";
import { sizeOf } from "../../lib/layers/shape.js";
import type { AugmentationSpec } from "../../lib/native/contract.js";
import { addon, kernels } from "./support/addon.js";
import {
  augmented,
  cases,
  crop,
  elastic,
  epoch,
  flip,
  mixes,
  pictures,
  quarterTurn,
  rotation,
  type Size,
  seed,
} from "./support/augmentation-rows.js";
import { close, epsilon32, equalBits, sameBits } from "./support/compare.js";
import { randomLabels } from "./support/random.js";
import { type FillName, referenceAugmented, referenceSteps } from "./support/reference-augmentation.js";

const test = suite("augmentation");

test("there is a reference of every step", () => {
  assert.equal([...addon.registry().augmentations].sort(), [...referenceSteps].sort());
  for (const type of referenceSteps) assert.ok(cases.some(({ steps }) => steps.some((step) => step.type === type)));
});

for (const { steps, square = false } of cases) {
  const story = steps.map(({ type, ...options }) => `${type} ${JSON.stringify(options)}`).join(", ") || "nothing";
  test(`${story}: as the reference says`, () => {
    const shapes: Size[] = [
      [19, 3, 8, 8],
      [33, 2, 1, 1],
      [16, 1, 13, 13],
    ];
    const oblong: Size[] = [
      [5, 1, 5, 7],
      [17, 3, 9, 4],
      [1, 2, 1, 11],
    ];
    for (const shape of square ? shapes : [...shapes, ...oblong]) {
      for (const kind of ["bytes", "floats"] as const) compare(steps, shape, kind);
    }
  });
}

function compare(steps: readonly AugmentationSpec[], shape: Size, kind: "bytes" | "floats"): void {
  const [images, channels, rows, columns] = shape;
  const { values, normalisation, input, masks } = pictures(shape, kind);
  const fill = (steps.find((step) => step["fill"] !== undefined)?.["fill"] ?? "black") as FillName;
  const masked = steps.every((step) => step["fill"] === undefined || step["fill"] === "reflect");
  const actual = augmented(values, shape, normalisation, steps, { ...(masked && { masks }) });
  const expected: number[] = [];
  const expectedMasks: number[] = [];
  for (let image = 0; image < images; image++) {
    const address = { seed, epoch, sample: image };
    for (let channel = 0; channel < channels; channel++) {
      const first = (image * channels + channel) * rows * columns;
      const pixel = (row: number, column: number) => input(values[first + row * columns + column]!, channel);
      const picture = { rows, columns, pixel, fill, black: input(0, channel) };
      expected.push(...referenceAugmented(picture, steps, address, "bilinear"));
    }
    const pixel = (row: number, column: number) => masks[(image * rows + row) * columns + column]!;
    const picture = { rows, columns, pixel, fill, black: 0 };
    if (masked) expectedMasks.push(...referenceAugmented(picture, steps, address, "nearest"));
  }
  const what = `${kind} ${shape.join(" x ")}`;
  const exact = !mixes(steps);
  if (exact && kind === "bytes") sameBits(actual.images, Float32Array.from(expected), what);
  // Float inputs are a product and a sum of float32, rounded once or twice; interpolation adds three more of each. Bytes
  // go up to 512 in size here.
  else close(actual.images, expected, 8 * epsilon32 * (kind === "bytes" ? 512 : 4), what);
  if (masked) sameBits(actual.masks, Float32Array.from(expectedMasks), `masks of ${what}`);
}

test("what is shown depends on no batch size, no thread count and no neighbour", () => {
  const shape: Size = [37, 3, 8, 8];
  const { values, normalisation, masks } = pictures(shape, "bytes");
  for (const steps of [
    [quarterTurn, crop(4, "reflect"), flip()],
    [rotation(40, "reflect"), flip()],
    [quarterTurn, elastic(1, 3, "reflect"), rotation(40, "reflect")],
  ]) {
    const whole = augmented(values, shape, normalisation, steps, { masks });
    const threads = augmented(values, shape, normalisation, steps, { masks, threads: 3 });
    sameBits(threads.images, whole.images, "three threads");
    sameBits(threads.masks, whole.masks, "masks with three threads");
    for (const [first, count] of [
      [0, 1],
      [3, 16],
      [20, 17],
    ] as const) {
      const pixels = (each: Uint8Array | Float32Array, size: number) =>
        each.slice(first * size, (first + count) * size);
      const part: Size = [count, 3, 8, 8];
      const own = { first, masks: pixels(masks, 64) as Float32Array };
      const actual = augmented(pixels(values, 192), part, normalisation, steps, own);
      sameBits(actual.images, pixels(whole.images, 192) as Float32Array, `${count} images from ${first} on`);
      sameBits(actual.masks, pixels(whole.masks, 64) as Float32Array, `${count} masks from ${first} on`);
    }
  }
});

test("masks on a smaller grid with the same centre are mirrored and turned with the image", () => {
  const shape: Size = [21, 1, 7, 7];
  // The mask is what the middle of the image shows.
  const [size, margin] = [5, 1];
  const images = Uint8Array.from(randomLabels(sizeOf(shape), 200, 4));
  const middle = (from: ArrayLike<number>) =>
    Float32Array.from({ length: 21 * size ** 2 }, (_, i) => {
      const [image, row, column] = [Math.floor(i / size ** 2), Math.floor(i / size) % size, i % size];
      return from[image * 49 + (row + margin) * 7 + column + margin]!;
    });
  const byteTable = Float32Array.from({ length: 256 }, (_, i) => i);
  const steps = [flip(0.5, 0.5), quarterTurn];
  const actual = augmented(images, shape, { byteTable }, steps, { masks: middle(images), maskShape: [size, size] });
  sameBits(actual.masks, middle(actual.images), "the middle");
  assert.not.ok(equalBits(actual.masks, middle(images)), "nothing moved");
});

/** Shifts of many images of a single bright pixel, cropped with `padding`. */
test("all shifts of a crop, sides of a flip and quarter turns are equally frequent", () => {
  const images = 1 << 14;
  const shape: Size = [images, 1, 5, 5];
  const dot = new Uint8Array(sizeOf(shape));
  // In the middle for shifts, in a corner for turns.
  const at = (place: number) => dot.map((_, i) => (i % 25 === place ? 1 : 0));
  const byteTable = Float32Array.from({ length: 256 }, (_, i) => i);
  for (const [steps, place, kinds] of [
    [[crop(2, "black")], 12, 25],
    [[quarterTurn], 0, 4],
    [[flip(0.5, 0.5)], 0, 4],
    [[flip(1 / 4, 0)], 0, 0],
  ] as const) {
    const output = augmented(at(place), shape, { byteTable }, steps).images;
    const counts = new Array<number>(25).fill(0);
    for (let image = 0; image < images; image++) counts[output.subarray(image * 25, image * 25 + 25).indexOf(1)]!++;
    if (kinds === 0) {
      // A binomial count of mean images / 4, within 5 standard deviations.
      assert.ok(Math.abs(counts[4]! - images / 4) < 5 * Math.sqrt((images * 3) / 16), `${counts[4]} flips`);
      continue;
    }
    const seen = counts.filter((count) => count > 0);
    assert.is(seen.length, kinds);
    // Chi-square of kinds - 1 degrees of freedom, whose variance is twice as much, within 5 standard deviations.
    const mean = images / kinds;
    const chiSquare = seen.reduce((sum, count) => sum + (count - mean) ** 2 / mean, 0);
    assert.ok(Math.abs(chiSquare - (kinds - 1)) < 5 * Math.sqrt(2 * (kinds - 1)), `chi-square ${chiSquare}`);
  }
});

test("a positive angle turns counterclockwise", () => {
  // A bright row through the middle; after a turn by some degrees its right end is above its left one.
  const byteTable = Float32Array.from({ length: 256 }, (_, i) => i);
  const images = new Uint8Array(81).map((_, i) => (Math.floor(i / 9) === 4 ? 100 : 0));
  const uniform = new Float32Array(1);
  for (let sample = 0; sample < 8; sample++) {
    kernels.uniform({ seed, stream: "augmentation", step: epoch, sample }, uniform);
    const angle = (2 * uniform[0]! - 1) * 30;
    if (Math.abs(angle) < 5) continue;
    const { images: output } = augmented(images, [1, 1, 9, 9], { byteTable }, [rotation(30, "black")], {
      first: sample,
    });
    const height = (column: number) => {
      const values = Array.from({ length: 9 }, (_, row) => output[row * 9 + column]!);
      return values.reduce((sum, value, row) => sum + value * row, 0) / values.reduce((sum, value) => sum + value, 0);
    };
    assert.is(height(7) < height(1), angle > 0, `${angle} degrees`);
  }
});

test.run();
