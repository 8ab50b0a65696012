import { suite } from "uvu";
import * as assert from "uvu/assert";
import { type AugmentCall, augment } from "../../../lib/augmentation/augment.js";
import type { Augmentation } from "../../../lib/augmentation/augmentation.js";
import { checkAugmentation } from "../../../lib/augmentation/check-augmentation.js";
import { randomCrop } from "../../../lib/augmentation/random-crop.js";
import { randomElastic } from "../../../lib/augmentation/random-elastic.js";
import { randomFlip } from "../../../lib/augmentation/random-flip.js";
import { randomQuarterTurn } from "../../../lib/augmentation/random-quarter-turn.js";
import { randomRotation } from "../../../lib/augmentation/random-rotation.js";
import type { ErrorCode } from "../../../lib/native/errors.js";
import { refused } from "../../support/refused.js";

const test = suite("augmentation");

test("factories fill in the defaults", () => {
  assert.equal(randomCrop(), { type: "randomCrop", options: { padding: 4, fill: "black" } });
  assert.equal(randomFlip(), { type: "randomFlip", options: { horizontal: 0.5, vertical: 0 } });
  assert.equal(randomRotation(), { type: "randomRotation", options: { degrees: 15, fill: "black" } });
  assert.equal(randomElastic(), { type: "randomElastic", options: { std: 10, grid: 3, fill: "black" } });
  assert.equal(randomQuarterTurn(), { type: "randomQuarterTurn", options: {} });
});

test("options are checked", async () => {
  await refused(() => randomCrop({ padding: -1 }), "ERR_OPTION_RANGE", "randomCrop.padding: -1");
  await refused(() => randomCrop({ padding: 0.5 }), "ERR_OPTION_RANGE", "integer");
  await refused(() => randomFlip({ horizontal: 2 }), "ERR_OPTION_RANGE", "randomFlip.horizontal: 2");
  await refused(() => randomRotation({ degrees: 270 }), "ERR_OPTION_RANGE", "180");
  await refused(() => randomRotation({ fill: "white" as never }), "ERR_OPTION_RANGE", '"reflect"');
  await refused(() => randomElastic({ std: -1 }), "ERR_OPTION_RANGE", "randomElastic.std: -1");
  await refused(() => randomElastic({ grid: 1 }), "ERR_OPTION_RANGE", "randomElastic.grid: 1");
  await refused(() => randomElastic({ grid: 9 }), "ERR_OPTION_RANGE", "randomElastic.grid: 9");
  await refused(() => randomQuarterTurn({ times: 2 } as never), "ERR_OPTION_UNKNOWN", "times");
});

const check =
  (
    steps: readonly Augmentation[],
    inputShape: readonly number[],
    outputShape: readonly number[],
    targetShape?: readonly number[],
  ) =>
  () =>
    checkAugmentation(
      steps,
      { inputShape: [...inputShape], outputShape: [...outputShape], targetShape },
      "fit.augmentation",
    );

const everyStep = [
  randomCrop({ fill: "reflect" }),
  randomFlip(),
  randomRotation({ fill: "reflect" }),
  randomQuarterTurn(),
  randomElastic({ fill: "reflect" }),
];

test("what suits the network passes", () => {
  check(everyStep, [3, 32, 32], [10])();
  check(everyStep, [3, 32, 32], [10, 1, 1])();
  check(everyStep, [3, 32, 32], [2, 32, 32])();
  check([randomCrop(), randomFlip()], [1, 5, 7], [10])();
  // Targets that never need what is not there, whatever the fill.
  check([randomCrop({ padding: 0 }), randomRotation({ degrees: 0 }), randomFlip()], [1, 5, 7], [2, 5, 7])();
  check([randomFlip(), randomQuarterTurn()], [1, 572, 572], [2, 388, 388])();
  check([randomFlip()], [1, 8, 9], [2, 4, 3])();
  check([], [784], [10])();
  // Masks of the image's size, of which the network sees the centre.
  check(everyStep, [1, 572, 572], [2, 388, 388], [572, 572])();
  check(everyStep, [1, 9, 9], [2, 5, 7], [9, 9])();
  check(everyStep, [1, 9, 9], [2, 1, 1], [9, 9])();
  check([randomFlip()], [1, 8, 10], [2, 4, 4], [6, 8])();
});

for (const [what, steps, input, output, code, pattern] of [
  [
    "an input that is no image",
    [randomFlip()],
    [784],
    [10],
    "ERR_SHAPE_MISMATCH",
    /the network reads vectors \(\[784\]\), acc/,
  ],
  [
    "fills that differ",
    [randomFlip(), randomCrop(), randomRotation({ fill: "mean" })],
    [1, 8, 8],
    [10],
    "ERR_OPTION_RANGE",
    /augmentation\[2\].fill: "mean" .*"black", as in fit.augmentation\[1\]/,
  ],
  [
    "two elastic deformations",
    [randomElastic(), randomFlip(), randomElastic()],
    [1, 8, 8],
    [10],
    "ERR_OPTION_RANGE",
    /augmentation\[2\].type: "randomElastic" .*one such step at most/,
  ],
  [
    "quarter turns of oblong images",
    [randomFlip(), randomQuarterTurn()],
    [1, 8, 9],
    [10],
    "ERR_SHAPE_MISMATCH",
    /augmentation\[1\]: the model's input has shape \[1, 8, 9\], but randomQuarterTurn takes only square/,
  ],
  [
    "quarter turns of oblong targets",
    [randomQuarterTurn()],
    [1, 8, 8],
    [2, 4, 6],
    "ERR_SHAPE_MISMATCH",
    /the model's output has shape \[2, 4, 6\]/,
  ],
  [
    "targets beyond the edges",
    [randomFlip(), randomCrop()],
    [1, 8, 8],
    [2, 8, 8],
    "ERR_OPTION_RANGE",
    /augmentation\[1\].fill: "black" .*"reflect" where targets have a value a pixel/,
  ],
  [
    "targets of other rows and columns that do not go along",
    everyStep,
    [1, 8, 8],
    [2, 6, 6],
    "ERR_SHAPE_MISMATCH",
    /augmentation\[0\]: randomCrop given for a model from \[1, 8, 8\] to \[2, 6, 6\]/,
  ],
  [
    "targets with a value a position that is no pixel",
    [randomFlip()],
    [1, 8, 8],
    [2, 64],
    "ERR_SHAPE_MISMATCH",
    /output has shape \[2, 64\]/,
  ],
] as const) {
  test(`refused: ${what}`, async () => {
    await refused(check(steps, [...input], [...output]), code, pattern);
  });
}

test("refused: masks that do not go along with the image", async () => {
  const between = check(everyStep, [1, 9, 9], [2, 5, 5], [7, 7]);
  await refused(
    between,
    "ERR_SHAPE_MISMATCH",
    "augmentation[0]: randomCrop",
    "with targets of 7x7",
    "masks of the image's size",
  );
  // What comes from beyond the edges of a mask has no class, however small the output.
  const beyond = check([randomCrop()], [1, 9, 9], [2, 1, 1], [9, 9]);
  await refused(beyond, "ERR_OPTION_RANGE", 'augmentation[0].fill: "black"', "targets have a value a pixel");
});

/** Two images of 1 x 2 x 3 with masks. */
const call: AugmentCall = {
  images: Uint8Array.of(1, 2, 3, 4, 5, 6, 11, 12, 13, 14, 15, 16),
  shape: [2, 1, 2, 3],
  augmentation: [randomFlip({ horizontal: 1 })],
  masks: Int32Array.of(0, 1, 2, 3, 4, 5, 5, 4, 3, 2, 1, 0),
  seed: 1,
  epoch: 0,
};

test("augment shows images and masks", () => {
  const { images, masks } = augment(call);
  assert.equal(images, Float32Array.of(3, 2, 1, 6, 5, 4, 13, 12, 11, 16, 15, 14));
  assert.equal(masks, Int32Array.of(2, 1, 0, 5, 4, 3, 3, 4, 5, 0, 1, 2));
  const { masks: _, ...alone } = call;
  assert.equal(augment(alone), { images });
  assert.equal(augment({ ...alone, images: Float32Array.from(call.images) }), { images });
});

test("augment normalises, so that black and mean differ", () => {
  const normalization = { scale: 1 / 4, mean: [1], std: [0.5] };
  // Far beyond the edges, so that nothing of the image is left in most of the epochs.
  const beyond = (fill: "black" | "mean", epoch: number) =>
    augment({
      ...call,
      masks: undefined as never,
      augmentation: [randomCrop({ padding: 99, fill })],
      normalization,
      epoch,
    }).images;
  const epochs = [0, 1, 2, 3, 4];
  // (0 / 4 - 1) / 0.5
  assert.ok(epochs.some((epoch) => beyond("black", epoch).every((value) => value === -2)));
  assert.ok(epochs.some((epoch) => beyond("mean", epoch).every((value) => value === 0)));
});

test("every epoch, seed and place has draws of its own", () => {
  const shown = (changes: Partial<AugmentCall>) =>
    augment({ ...call, augmentation: [randomCrop({ padding: 20, fill: "reflect" })], ...changes }).images;
  assert.equal(shown({}), shown({ threads: 2 }));
  for (const changes of [{ epoch: 1 }, { seed: 2 }, { first: 2 }]) assert.not.equal(shown(changes), shown({}));
});

test("augment refuses what does not fit", async () => {
  await refused(() => augment({ ...call, shape: [2, 1, 2, 2] }), "ERR_SHAPE_MISMATCH", /images: 12 values/);
  await refused(() => augment({ ...call, images: [1, 2] as never }), "ERR_OPTION_TYPE", /images/);
  await refused(() => augment({ ...call, masks: new Float32Array(12) as never }), "ERR_OPTION_TYPE", /masks/);
  await refused(() => augment({ ...call, masks: new Int32Array(11) }), "ERR_SHAPE_MISMATCH", /masks: 11 values/);
  await refused(() => augment({ ...call, augmentation: [randomCrop()] }), "ERR_OPTION_RANGE", /"reflect"/);
  await refused(() => augment({ ...call, augmentation: [randomQuarterTurn()] }), "ERR_SHAPE_MISMATCH", /2 x 3/);
  await refused(() => augment({ ...call, augmentation: [3] as never }), "ERR_OPTION_TYPE", /augmentation\[0\]: 3/);
  const rows: readonly [change: object, code: ErrorCode, pattern: RegExp][] = [
    [{ fist: 3 }, "ERR_OPTION_UNKNOWN", /augment\.fist: unknown option, did you mean "first"/],
    [{ shape: undefined }, "ERR_OPTION_TYPE", /augment\.shape: missing, accepted: \[images, channels, rows, columns\]/],
    [{ shape: [12] }, "ERR_OPTION_RANGE", /augment\.shape: \[12\] .*\[images, channels, rows, columns\]/],
    [{ images: new Int32Array(12) }, "ERR_OPTION_TYPE", /augment\.images: .*a Uint8Array or a Float32Array/],
    [
      { normalization: { scale: 1, mean: [0], std: [0] } },
      "ERR_OPTION_RANGE",
      /augment\.normalization\.std\[0\]: 0 .*> 0/,
    ],
    [
      { normalization: { scale: 1, mean: [0, 0], std: [1] } },
      "ERR_SHAPE_MISMATCH",
      /normalization\.mean: 2 entries, acc/,
    ],
    [{ masks: new Int32Array(12).fill(2 ** 24, 7) }, "ERR_OPTION_RANGE", /augment\.masks\[7\]: 16777216 /],
    [{ maskShape: [2] }, "ERR_OPTION_RANGE", /augment\.maskShape: \[2\] .*\[rows, columns\]/],
    [{ epoch: 0.5 }, "ERR_OPTION_RANGE", /augment\.epoch: 0\.5/],
    [{ threads: 0 }, "ERR_OPTION_RANGE", /augment\.threads: 0/],
  ];
  for (const [change, code, pattern] of rows) {
    await refused(() => augment({ ...call, ...change } as never), code, pattern);
  }
  await refused(() => augment(undefined as never), "ERR_OPTION_TYPE", /augment: missing/);
  await refused(() => augment({ ...call, seed: -1 }), "ERR_OPTION_RANGE", /seed: -1/);
});

test.run();
