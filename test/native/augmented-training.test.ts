import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { AugmentationSpec, DatasetSpec, NativeSession } from "../../lib/native/contract.js";
import { kernels } from "./support/addon.js";
import { generator, randomLabels } from "./support/random.js";
import { refusedBy } from "./support/refused.js";
import { differences, sameState } from "./support/same-state.js";
import { chain, labelled, openSession, type SessionParts, trainCall } from "./support/specs.js";

const test = suite("training with augmentation");

const seed = 3;
const samples = 37;
const [channels, size] = [2, 6];
const features = channels * size * size;
const identity = Float32Array.from({ length: 256 }, (_, i) => i / 128 - 1);

const moves: readonly AugmentationSpec[] = [
  { type: "randomCrop", padding: 2, fill: "reflect" },
  { type: "randomFlip", horizontal: 0.5, vertical: 0.5 },
  { type: "randomQuarterTurn" },
];
const turns: readonly AugmentationSpec[] = [{ type: "randomRotation", degrees: 40, fill: "mean" }];

/** A class an image. */
const classifier: SessionParts = {
  inputShape: [channels, size, size],
  seed,
  layers: chain(["flatten"], ["linear", { units: 9 }], ["batchNorm"], ["tanh"], ["linear", { units: 3 }]),
};
/** A class a pixel. */
const segmenter: SessionParts = {
  inputShape: [channels, size, size],
  seed,
  layers: chain(["batchNorm", { affine: true }], ["tanh"], ["batchNorm", { affine: true }]),
};
/** A number a pixel and channel. */
const regression: SessionParts = { ...segmenter, loss: "meanSquaredError" };

const next = generator(8);
const images = Uint8Array.from({ length: samples * features }, () => next() * 256);
const common = { name: "images", inputs: images, sampleShape: [channels, size, size], byteTable: identity };
const labels: DatasetSpec = { ...common, targets: randomLabels(samples, 3, 4), targetWidth: 1 };
const masks: DatasetSpec = {
  ...common,
  targets: randomLabels(samples * size * size, channels, 5),
  targetWidth: size * size,
};
/** The images themselves. */
const copies: DatasetSpec = {
  ...common,
  targets: Float32Array.from(images, (value) => value / 128),
  targetWidth: features,
};

/** The data of `epoch` as training should see them, through the kernel that another test holds against a reference. */
function seenIn(
  epoch: number,
  { targets, targetWidth }: DatasetSpec,
  augmentation: readonly AugmentationSpec[],
): DatasetSpec {
  const augmented = (values: Uint8Array | Float32Array, shape: readonly number[], normalisation: object) => {
    const output = new Float32Array(values.length);
    const call = { images: values, shape, ...normalisation, augmentation, seed, epoch, first: 0, output, threads: 1 };
    kernels.augment(call);
    return output;
  };
  const plain = { scale: Float32Array.of(1), shift: Float32Array.of(0) };
  const moved =
    targetWidth === 1 ? targets : augmented(Float32Array.from(targets), [samples, targetWidth / 36, 6, 6], plain);
  return {
    name: "seen",
    inputs: augmented(images, [samples, channels, size, size], { byteTable: identity }),
    sampleShape: common.sampleShape,
    ...plain,
    targets: targets instanceof Int32Array ? Int32Array.from(moved) : (moved as Float32Array),
    targetWidth,
  };
}

const wholeEpoch = { batchSize: 16, batches: 3 };

for (const [what, network, data, augmentation] of [
  ["images", classifier, labels, moves],
  ["images that are interpolated", classifier, labels, turns],
  ["images and masks", segmenter, masks, moves],
  ["images and targets of a number a pixel", regression, copies, moves],
] as const) {
  test(`an epoch is one on ${what} that were augmented before`, async () => {
    const [one, other, without] = [openSession(network), openSession(network), openSession(network)];
    const own = one.addDataset(data);
    for (const epoch of [0, 5]) {
      const seen = other.addDataset(seenIn(epoch, data, augmentation));
      const results = [
        await one.train(trainCall(own, { ...wholeEpoch, epoch, augmentation })),
        await other.train(trainCall(seen, { ...wholeEpoch, epoch })),
      ];
      assert.equal(results[0]!.stepLosses, results[1]!.stepLosses);
      await sameState(one, other, `epoch ${epoch}`);
      await without.train(trainCall(without.addDataset(data), { ...wholeEpoch, epoch }));
    }
    assert.ok((await differences(one, without)).length > 0, "nothing was augmented");
  });
}

async function train(session: NativeSession, calls: readonly { firstBatch: number; batches: number }[]): Promise<void> {
  const dataset = session.addDataset(labels);
  for (const call of calls) await session.train(trainCall(dataset, { ...call, batchSize: 16, augmentation: moves }));
}

test("an epoch that is taken up in its middle, by another session, ends as an uninterrupted one", async () => {
  const [whole, begun, resumed] = [openSession(classifier), openSession(classifier), openSession(classifier)];
  await train(whole, [{ firstBatch: 0, batches: 3 }]);
  await train(begun, [{ firstBatch: 0, batches: 1 }]);
  await resumed.setState("training", await begun.getState("training"));
  resumed.setCounters(begun.counters());
  await train(resumed, [
    { firstBatch: 1, batches: 1 },
    { firstBatch: 2, batches: 1 },
  ]);
  await sameState(resumed, whole, "resumed");
});

test("the number of threads changes nothing", async () => {
  for (const augmentation of [moves, turns]) {
    const [one, three] = [1, 3].map((threads) => openSession({ ...classifier, threads }));
    for (const session of [one!, three!]) {
      await session.train(trainCall(session.addDataset(labels), { ...wholeEpoch, augmentation }));
    }
    await sameState(three!, one!, "three threads");
  }
});

test("samples of a subset get the draws of the stored ones", async () => {
  const indices = Uint32Array.of(30, 2, 36, 17, 5);
  const [one, other] = [openSession(classifier), openSession(classifier)];
  const call = { batchSize: 3, batches: 2, shuffle: false, epoch: 2 };
  const subset = one.addSubset(one.addDataset(labels), indices);
  await one.train(trainCall(subset, { ...call, augmentation: moves }));
  const seen = other.addSubset(other.addDataset(seenIn(2, labels, moves)), indices);
  await other.train(trainCall(seen, call));
  await sameState(one, other, "subset");
});

test("evaluations see images as they are", async () => {
  const [one, other] = [openSession(classifier), openSession(classifier)];
  const call = { batchSize: 16, samples: 0, draw: 0 };
  const [own, same] = [one.addDataset(labels), other.addDataset(labels)];
  await one.train(trainCall(own, { ...wholeEpoch, augmentation: moves }));
  await other.setState("training", await one.getState("training"));
  assert.equal(await one.evaluate({ ...call, dataset: own }), await other.evaluate({ ...call, dataset: same }));
});

test("an augmentation that does not suit the network is refused before a step", async () => {
  const flat = openSession({ ...classifier, inputShape: [features], layers: chain(["linear"]) });
  const oblong = openSession({ ...classifier, inputShape: [2, 4, 9] });
  const [classes, pixels] = [openSession(classifier), openSession(segmenter)];
  const byPixel = { ...masks, inputs: new Uint8Array(samples * features) };
  const rows = Float32Array.from({ length: 4 * 256 }, () => 0);
  const fours = { ...labels, sampleShape: [4, 3, 6], byteTable: rows };
  for (const [session, data, steps, code, pattern] of [
    [flat, labels, moves, "ERR_SHAPE_MISMATCH", /shape \[72\], accepted: images \[channels, rows, columns\]/],
    [oblong, { ...labels, sampleShape: [2, 4, 9] }, moves, "ERR_SHAPE_MISMATCH", /4 x 9 given, accepted: square/],
    [pixels, byPixel, turns, "ERR_OPTION_RANGE", /"reflect"/],
    [classes, fours, moves, "ERR_SHAPE_MISMATCH", /4 channels, but the network reads 2/],
  ] as const) {
    const call = trainCall(session.addDataset(data), { augmentation: steps });
    await refusedBy(() => session.train(call), code, pattern);
    assert.is(session.counters().step, 0);
  }
  // Without targets beyond the edges nothing stands against any fill.
  const still = [{ type: "randomCrop", padding: 0, fill: "black" }];
  await pixels.train(trainCall(pixels.addDataset(masks), { augmentation: still }));
});

test("an empty list is no augmentation, also for other networks", async () => {
  const [one, other] = [openSession({ layers: chain(["linear"]) }), openSession({ layers: chain(["linear"]) })];
  await one.train(trainCall(one.addDataset(labelled(9, [5], 3)), { augmentation: [] }));
  await other.train(trainCall(other.addDataset(labelled(9, [5], 3))));
  await sameState(one, other, "empty");
});

test.run();
