import { suite } from "uvu";
import * as assert from "uvu/assert";
import { unet } from "../../../lib/architectures/unet.js";
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

test("an image that cannot be halved is refused, with the size at that level", async () => {
  const options = { outputs: 2, depth: 3, width: 1 };
  await refused(
    () => unet({ inputShape: [1, 45, 44], ...options }),
    "ERR_SHAPE_MISMATCH",
    "gives images of [41, 40] above level 1, where even rows and columns are needed",
  );
  await refused(() => unet({ inputShape: [1, 46, 46], ...options }), "ERR_SHAPE_MISMATCH", "level 2");
  await refused(() => unet({ inputShape: [64], ...options }), "ERR_SHAPE_MISMATCH", "[64] from input");
});

test("an image that is too small is refused in terms of the options", async () => {
  // Of 28 pixels, 24 are left on level 0, 8 on level 1, and 0 on level 2.
  await refused(
    () => unet({ inputShape: [1, 28, 28], outputs: 2 }),
    "ERR_SHAPE_MISMATCH",
    /^unet.inputShape: \[1, 28, 28\] is too small: nothing is left after the convolutions of level 2 on the way down/,
    'accepted: another inputShape, depth (5) or padding ("valid")',
  );
  // The valid sizes of the paper's network are 16 apart and lose 184: 188 is the least that leaves something.
  assert.equal(unet({ inputShape: [1, 188, 188], outputs: 2, width: 1 }).outputShape, [2, 4, 4]);
  await refused(() => unet({ inputShape: [1, 172, 188], outputs: 2 }), "ERR_SHAPE_MISMATCH", "level 2 on the way up");
});

test.run();
