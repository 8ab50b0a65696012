// Masks that are larger than the output of a network with valid convolutions.
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { AugmentationSpec, DatasetSpec } from "../../lib/native/contract.js";
import {
  bends,
  centreOf,
  common,
  flips,
  type Grid,
  image,
  masksOf,
  moves,
  output,
  regression,
  samples,
  seenIn,
  segmenter,
} from "./support/mask-rows.js";
import { randomLabels } from "./support/random.js";
import { refusedBy } from "./support/refused.js";
import { differences, sameState } from "./support/same-state.js";
import { chain, openSession, type SessionParts, trainCall } from "./support/specs.js";

const test = suite("masks of more than the output");

const wholeEpoch = { batchSize: 16, batches: 3 };
const kinds = [
  ["labels", segmenter],
  ["floats", regression],
] as const;
const between: Grid = [7, 13];

for (const [kind, parts] of kinds) {
  for (const grid of [image, between, output]) {
    test(`${kind} on ${grid.join(" x ")}: training and evaluation take their centre`, async () => {
      const [one, other] = [openSession({ ...parts, threads: 3 }), openSession(parts)];
      const data = masksOf(grid, kind);
      const [own, centre] = [one.addDataset(data), other.addDataset(centreOf(data))];
      const results = [];
      for (const [session, dataset] of [
        [one, own],
        [other, centre],
      ] as const) {
        const { stepLosses } = await session.train(trainCall(dataset, wholeEpoch));
        const subset = session.addSubset(dataset, Uint32Array.of(30, 2, 36, 17, 5));
        await session.train(trainCall(subset, { batchSize: 3, batches: 2 }));
        const evaluated = await session.evaluate({ dataset, batchSize: 11, samples: 0, draw: 0 });
        results.push([stepLosses, evaluated]);
      }
      assert.equal(results[0], results[1]);
      await sameState(one, other, "after training");
    });
  }

  for (const [what, grid, augmentation] of [
    ["every step moves masks of the image's size", image, moves],
    ["elastic deformations move masks of the image's size", image, bends],
    ["flips move masks of the image's size", image, flips],
    ["flips move masks of a size between", between, flips],
  ] as const) {
    test(`${kind}: ${what}`, async () => {
      const [one, other, without] = [openSession(parts), openSession(parts), openSession(parts)];
      const data = masksOf(grid, kind);
      const own = one.addDataset(data);
      for (const epoch of [0, 5]) {
        const seen = other.addDataset(centreOf(seenIn(epoch, data, augmentation)));
        const { stepLosses } = await one.train(trainCall(own, { ...wholeEpoch, epoch, augmentation }));
        assert.equal(stepLosses, (await other.train(trainCall(seen, { ...wholeEpoch, epoch }))).stepLosses);
        await sameState(one, other, `epoch ${epoch}`);
        // What is seen if the masks stay where they are.
        const still = { ...seenIn(epoch, data, augmentation), targets: data.targets };
        await without.train(trainCall(without.addDataset(centreOf(still)), { ...wholeEpoch, epoch }));
      }
      assert.ok((await differences(one, without)).length > 0, "no mask moved");
    });
  }
}

test("a single output sees the mask's pixel in the middle, wherever the image goes", async () => {
  // The image is its own mask, of bytes 0 to 2.
  const size: Grid = [5, 5];
  const bytes = Uint8Array.from(randomLabels(samples * 25, 3, 4));
  const byteTable = Float32Array.from({ length: 256 }, (_, i) => i);
  const parts: SessionParts = {
    inputShape: [1, 5, 5],
    layers: chain(["conv2d", { channels: 1, kernelSize: [5, 5], weights: "real" }]),
    loss: "meanSquaredError",
  };
  const session = openSession(parts);
  const targets = Float32Array.from(bytes);
  const spec = { name: "own", inputs: bytes, sampleShape: [1, ...size], byteTable, targets, targetWidth: 25 };
  const dataset = session.addDataset({ ...spec, targetShape: size });
  // A weight of 1 in the middle: the output is the target.
  const data = new Float32Array(25);
  data[12] = 1;
  await session.setState("model", [{ name: "conv2d1.weight", shape: [1, 1, 5, 5], data }]);
  session.setHyperparameters(0, { learningRate: 0 });
  const augmentation = [{ type: "randomCrop", padding: 2, fill: "reflect" }];
  for (let epoch = 0; epoch < 3; epoch++) {
    const { lossSum } = await session.train(trainCall(dataset, { ...wholeEpoch, epoch, augmentation }));
    assert.is(lossSum, 0);
  }
});

test("masks are counted as they are stored, once", async () => {
  const session = openSession(segmenter);
  const before = session.describe().memoryBytes;
  session.addDataset(masksOf(image, "labels"));
  const bytes = session.describe().memoryBytes - before;
  assert.is(bytes, common.inputs.length + 4 * (256 + samples * 9 * 13 + samples));
});

const whole = masksOf(image, "labels");
const grid = (rows: number, columns: number): DatasetSpec => masksOf([rows, columns], "labels");
const labelled = (at: number, label: number): DatasetSpec => {
  const targets = (whole.targets as Int32Array).slice();
  targets[at] = label;
  return { ...whole, targets };
};

for (const [what, spec, code, ...patterns] of [
  ["an odd difference of rows", grid(8, 13), "ERR_SHAPE_MISMATCH", /8 x 13 .* 5 x 7, accepted: .* even/],
  ["an odd difference of columns", grid(9, 12), "ERR_SHAPE_MISMATCH", /9 x 12 .* 5 x 7/],
  ["fewer rows than the output", grid(3, 13), "ERR_SHAPE_MISMATCH", /3 x 13 .* 5 x 7/],
  ["more rows than the image", grid(11, 13), "ERR_SHAPE_MISMATCH", /11 x 13 .* \[2, 9, 13\]/],
  ["more columns than the image", grid(9, 15), "ERR_SHAPE_MISMATCH", /9 x 15 .* \[2, 9, 13\]/],
  ["rows beyond counting", { ...whole, targetShape: [2 ** 53 - 1, 13] }, "ERR_SHAPE_MISMATCH", /9007199254740991 x 13/],
  ["another width", { ...whole, targetWidth: 35 }, "ERR_SHAPE_MISMATCH", /width 35 .* accepted: width 117/],
  ["no shape for a mask", { ...whole, targetShape: undefined }, "ERR_SHAPE_MISMATCH", /width 117 .* width 35/],
  ["a shape of three", { ...whole, targetShape: [1, 9, 13] }, "ERR_SHAPE_MISMATCH", /targetShape.* \[rows, columns\]/],
  ["a shape of halves", { ...whole, targetShape: [9, 6.5] }, "ERR_OPTION_TYPE", /targetShape/],
  ["a shape of texts", { ...whole, targetShape: ["9", "13"] }, "ERR_OPTION_TYPE", /targetShape/],
  ["a number for a shape", { ...whole, targetShape: 9 }, "ERR_OPTION_TYPE", /targetShape/],
  ["a wrong label that no batch takes", labelled(0, 3), "ERR_OPTION_RANGE", /label 3 of sample 0, accepted: 0 to 2/],
  ["a wrong last label", labelled(whole.targets.length - 1, -1), "ERR_OPTION_RANGE", /label -1 of sample 36/],
] as const) {
  test(`${what}: ${code}`, async () => {
    await refusedBy(() => openSession(segmenter).addDataset(spec as unknown as DatasetSpec), code, ...patterns);
  });
}

test("floats of another width, and a network of vectors, are refused", async () => {
  const floats = masksOf(image, "floats");
  const narrow = { ...floats, targets: floats.targets.subarray(0, samples * 117), targetWidth: 117 };
  await refusedBy(() => openSession(regression).addDataset(narrow), "ERR_SHAPE_MISMATCH", /accepted: width 234/);
  const flat = openSession({ ...segmenter, layers: chain(["flatten"], ["linear"]) });
  await refusedBy(() => flat.addDataset(whole), "ERR_SHAPE_MISMATCH", /9 x 13 .* shape \[3\], accepted: \[channels/);
});

test("masks of another size than the image's are refused where steps leave the centre", async () => {
  const session = openSession(segmenter);
  for (const size of [between, output]) {
    const dataset = session.addDataset(masksOf(size, "labels"));
    const call = (augmentation: readonly AugmentationSpec[]) => session.train(trainCall(dataset, { augmentation }));
    const pattern = new RegExp(`9 x 13 have targets of ${size.join(" x ")}, accepted: `);
    await refusedBy(() => call(moves), "ERR_SHAPE_MISMATCH", pattern);
    await call(flips);
  }
  const dataset = session.addDataset(whole);
  const black = [{ type: "randomCrop", padding: 1, fill: "black" }];
  await refusedBy(
    () => session.train(trainCall(dataset, { augmentation: black })),
    "ERR_OPTION_RANGE",
    /no targets beyond the edges/,
  );
});

test.run();
