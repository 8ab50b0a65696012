import { suite } from "uvu";
import * as assert from "uvu/assert";
import { unet } from "../../../lib/architectures/unet.js";
import { unetInputSizes, unetOutputSize } from "../../../lib/architectures/unet-sizes.js";
import { fromArrays } from "../../../lib/data/from-arrays.js";
import { sizeOf } from "../../../lib/layers/shape.js";
import { binaryCrossEntropy } from "../../../lib/losses/binary-cross-entropy.js";
import { meanSquaredError } from "../../../lib/losses/mean-squared-error.js";
import { Adam } from "../../../lib/optimizers/adam.js";
import { BayesBiNN } from "../../../lib/optimizers/bayesbinn.js";
import { Trainer } from "../../../lib/training/trainer.js";
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

test("real outer layers: the first convolution and the last one, and nothing else", () => {
  const options = { inputShape: [3, 20, 24], outputs: 5, depth: 2, width: 7 };
  const real = (more: object) =>
    unet({ ...options, ...more })
      .parameters()
      .flatMap(({ kind, name, shape }) => (kind === "real" ? [[name, shape]] : []));
  const [first, last] = [
    ["conv2d1.weight", [7, 3, 3, 3]],
    ["conv2d7.weight", [5, 7, 1, 1]],
  ];
  assert.equal(real({}), []);
  assert.equal(real({ outerWeights: "real" }), [first, last]);
  const affine = [
    ["batchNorm8.weight", [5]],
    ["batchNorm8.bias", [5]],
  ];
  assert.equal(real({ outputAffine: true }), affine);
  assert.equal(real({ outerWeights: "real", outputAffine: true }), [first, last, ...affine]);
  const all = real({ weights: "real" });
  assert.equal(real({ weights: "real", outerWeights: "real" }), all);
  assert.is(all.length, 7 + 1, "six 3x3 convolutions, the last one and a transposed one");
  const inner = real({ weights: "real", outerWeights: "binary" });
  assert.equal([...inner, first, last].map(String).sort(), all.map(String).sort());
});

test("a single level has both outer convolutions as well", () => {
  const { layers } = unet({ inputShape: [2, 7, 5], outputs: 3, depth: 1, width: 1, outerWeights: "real" });
  const kinds = layers.flatMap(({ type, parameters }) => (type === "conv2d" ? parameters.map(({ kind }) => kind) : []));
  assert.equal(kinds, ["real", "binary", "real"]);
});

for (const [padding, inputShape] of [
  ["valid", [3, 20, 24]],
  ["same", [3, 6, 10]],
] as const) {
  test(`a step of training moves every parameter, ${padding} padding`, async () => {
    const options = { outputs: 3, depth: 2, width: 5, padding, outerWeights: "real", outputAffine: true } as const;
    const model = unet({ inputShape: [...inputShape], ...options });
    await using trainer = new Trainer({
      model,
      optimizer: [new BayesBiNN({ learningRate: 0.5, temperature: 1 }), new Adam()],
      loss: meanSquaredError(),
      device: "cpu",
      threads: 1,
    });
    const length = 7;
    const waves = (count: number) => Float32Array.from({ length: count }, (_, i) => Math.sin(i * i));
    const targetWidth = sizeOf(model.outputShape);
    const inputs = waves(length * sizeOf(inputShape));
    const train = fromArrays({ inputs, sampleShape: inputShape, targets: waves(length * targetWidth), targetWidth });
    const state = async () => new Map((await trainer.session.getState("model")).map(({ name, data }) => [name, data]));
    const before = await state();
    await trainer.fit({ train, epochs: 1, batchSize: length });
    const after = await state();
    for (const { name } of model.parameters()) {
      const moved = after.get(name)!.filter((value, index) => value !== before.get(name)![index]);
      // Every entry: no channel is dead, and Adam's first step is as long as the learning rate wherever there is a gradient.
      assert.is(moved.length, before.get(name)!.length, name);
    }
  });
}

test("with gain and bias the outputs leave unit variance", async () => {
  // Separable: a pixel is of the class of its sign.
  const sampleShape = [1, 4, 6];
  const inputs = Float32Array.from({ length: 16 * 24 }, (_, i) => Math.sign(Math.sin(i * i + 1)));
  const targets = inputs.map((value) => (value > 0 ? 1 : 0));
  assert.is(targets.filter((target) => target === 1).length, targets.length / 2);
  const train = fromArrays({ inputs, sampleShape, targets, targetWidth: 24 });
  const loss = async (outputAffine: boolean) => {
    const options = { depth: 1, width: 5, padding: "same", weights: "real", outputAffine } as const;
    await using trainer = new Trainer({
      model: unet({ inputShape: sampleShape, outputs: 1, ...options }),
      optimizer: new Adam({ learningRate: 0.1 }),
      loss: binaryCrossEntropy(),
      device: "cpu",
      threads: 1,
    });
    const { epochs } = await trainer.fit({ train, epochs: 60, batchSize: 16 });
    return epochs.at(-1)!.train.loss;
  };
  // Half of the pixels are of each class, and the mean square of the logits is 1: on the right side of 0 they are 1 in the
  // mean at best, and the loss, which is convex, ln(1 + 1 / e). Float32 rounds some millionths of it.
  const bound = Math.log1p(Math.exp(-1));
  assert.ok((await loss(false)) > bound * (1 - 1e-5));
  assert.ok((await loss(true)) < 0.5 * bound);
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
