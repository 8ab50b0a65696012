import { suite } from "uvu";
import * as assert from "uvu/assert";
import { unet } from "../../../lib/architectures/unet.js";
import { unetInputSizes, unetOutputSize } from "../../../lib/architectures/unet-sizes.js";
import { refused } from "../../support/refused.js";

const test = suite("unet");

test("the published sizes: 572 x 572 to 388 x 388 with five levels from 64 to 1024 channels", () => {
  const model = unet({ inputShape: [1, 572, 572], outputs: 2 });
  assert.equal(model.outputShape, [2, 388, 388]);
  const convolutions = model.layers.filter(({ type }) => type === "conv2d");
  assert.equal(
    convolutions.map(({ outputShape: [channels, rows] }) => [channels, rows]),
    [
      [64, 570],
      [64, 568],
      [128, 282],
      [128, 280],
      [256, 138],
      [256, 136],
      [512, 66],
      [512, 64],
      [1024, 30],
      [1024, 28],
      [512, 54],
      [512, 52],
      [256, 102],
      [256, 100],
      [128, 198],
      [128, 196],
      [64, 390],
      [64, 388],
      [2, 388],
    ],
  );
  const transposed = model.layers.filter(({ type }) => type === "convTranspose2d");
  assert.equal(
    transposed.map(({ outputShape: [channels, rows] }) => [channels, rows]),
    [
      [512, 56],
      [256, 104],
      [128, 200],
      [64, 392],
    ],
  );
});

test("same padding keeps the size, and crops nothing", () => {
  const model = unet({ inputShape: [3, 24, 40], outputs: 5, depth: 3, width: 2, padding: "same", dropout: 0 });
  assert.equal(model.outputShape, [5, 24, 40]);
  const types = new Set(model.layers.map(({ type }) => type));
  assert.not.ok(types.has("centerCrop2d") || types.has("dropout2d"));
});

test("a single level has no path down", () => {
  const model = unet({ inputShape: [1, 7, 5], outputs: 2, depth: 1, width: 3 });
  assert.equal(model.outputShape, [2, 3, 1]);
  assert.not.ok(model.layers.some(({ type }) => type === "maxPool2d"));
});

test("real weights, for full precision", () => {
  const model = unet({ inputShape: [1, 16, 16], outputs: 2, depth: 2, width: 1, padding: "same", weights: "real" });
  assert.ok(model.parameters().every(({ kind }) => kind === "real"));
});

/** Rows or columns through the layers one by one; NaN where a level has an odd number, or nothing is left. */
function walked(size: number, depth: number, padding: "valid" | "same"): number {
  const convolutions = (pixels: number) => (padding === "same" ? pixels : pixels - 2 - 2);
  const positive = (pixels: number) => (pixels >= 1 ? pixels : Number.NaN);
  let pixels = positive(convolutions(size));
  for (let level = 1; level < depth; level++) {
    pixels = pixels % 2 === 0 ? positive(convolutions(pixels / 2)) : Number.NaN;
  }
  for (let level = 1; level < depth; level++) pixels = positive(convolutions(2 * pixels));
  return pixels;
}

test("output shapes of depths 1 to 5 with both paddings", () => {
  // Worked out by hand: each pair of convolutions takes 4 pixels, each level down halves, each level up doubles.
  const rows = [
    [1, "valid", [7, 5], [3, 1]],
    [2, "valid", [18, 20], [2, 4]],
    [3, "valid", [44, 52], [4, 12]],
    [4, "valid", [92, 108], [4, 20]],
    [5, "valid", [188, 220], [4, 36]],
    [1, "same", [1, 7], [1, 7]],
    [2, "same", [2, 6], [2, 6]],
    [3, "same", [4, 20], [4, 20]],
    [4, "same", [24, 8], [24, 8]],
    [5, "same", [16, 48], [16, 48]],
  ] as const;
  for (const [depth, padding, input, output] of rows) {
    const model = unet({ inputShape: [3, ...input], outputs: 2, depth, width: 1, padding });
    assert.equal(model.outputShape, [2, ...output], `depth ${depth}, ${padding}`);
    for (const axis of [0, 1] as const) assert.is(unetOutputSize(input[axis], { depth, padding }), output[axis]);
  }
  assert.is(unetOutputSize(572), 388);
});

test("sizes fit where every level can be halved and something is left, and no others", async () => {
  for (const padding of ["valid", "same"] as const) {
    for (let depth = 1; depth <= 6; depth++) {
      const sizes = Array.from({ length: 480 }, (_, index) => index + 1);
      const fitting = sizes.filter((size) => walked(size, depth, padding) >= 1);
      for (const size of sizes) {
        const what = `${size} at depth ${depth}, ${padding}`;
        const near = unetInputSizes(size, { depth, padding });
        if (fitting.includes(size))
          assert.is(unetOutputSize(size, { depth, padding }), walked(size, depth, padding), what);
        else {
          const error = await refused(() => unetOutputSize(size, { depth, padding }), "ERR_SHAPE_MISMATCH");
          assert.equal(error.details["accepted"], near, what);
        }
        if (near[2] > sizes.length) continue;
        // Neighbours in the list of all, the middle one the nearest unless the list begins there.
        const place = fitting.indexOf(near[0]);
        assert.equal(near, fitting.slice(place, place + 3), what);
        const distances = near.map((other) => Math.abs(other - size));
        assert.is(Math.min(...distances), Math.min(...fitting.map((other) => Math.abs(other - size))), what);
        assert.ok(place === 0 || distances[1] === Math.min(...distances), what);
      }
    }
  }
});

test("an image that cannot be halved is refused, with near sizes", async () => {
  const options = { outputs: 2, depth: 3, width: 1 };
  await refused(
    () => unet({ inputShape: [1, 45, 44], ...options }),
    "ERR_SHAPE_MISMATCH",
    /^unet\.inputShape: 45 rows of \[1, 45, 44\] cannot be halved evenly at depth 3 with padding "valid", accepted: 44, 48 or 52$/,
  );
  await refused(
    () => unet({ inputShape: [1, 64, 51], ...options, padding: "same" }),
    "ERR_SHAPE_MISMATCH",
    '51 columns of [1, 64, 51] cannot be halved evenly at depth 3 with padding "same", accepted: 48, 52 or 56',
  );
  await refused(() => unet({ inputShape: [64], ...options }), "ERR_SHAPE_MISMATCH", "[64] from input");
});

test("an image that is too small is refused, with the least sizes", async () => {
  await refused(
    () => unet({ inputShape: [1, 28, 28], outputs: 2 }),
    "ERR_SHAPE_MISMATCH",
    '28 rows of [1, 28, 28] are too few at depth 5 with padding "valid", accepted: 188, 204 or 220',
  );
  await refused(() => unet({ inputShape: [1, 188, 172], outputs: 2 }), "ERR_SHAPE_MISMATCH", "172 columns", "188");
});

test("sizes that are none, and options that a network does not have", async () => {
  await refused(() => unetOutputSize(172), "ERR_SHAPE_MISMATCH", "unetOutputSize.size: 172 pixels are too few");
  await refused(() => unetOutputSize(0), "ERR_OPTION_RANGE", "unetOutputSize.size: 0");
  await refused(() => unetInputSizes(57.5), "ERR_OPTION_RANGE", "unetInputSizes.size: 57.5");
  await refused(() => unetInputSizes(64, { depth: 9 }), "ERR_OPTION_RANGE", "unetInputSizes.depth: 9");
  await refused(() => unetOutputSize(64, { width: 3 } as object), "ERR_OPTION_UNKNOWN", "unetOutputSize.width");
});

test.run();
