/** Data sets with permuted features, with the native addon. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { randomFlip } from "../../../lib/augmentation/random-flip.js";
import type { Dataset } from "../../../lib/data/dataset.js";
import { toDatasetSpec } from "../../../lib/data/dataset-spec.js";
import { fromArrays } from "../../../lib/data/from-arrays.js";
import { networkInputs } from "../../../lib/data/network-inputs.js";
import { permuteFeatures } from "../../../lib/data/permute-features.js";
import { subset } from "../../../lib/data/subset.js";
import { validateDataset } from "../../../lib/data/validate.js";
import { batchNorm } from "../../../lib/layers/batch-norm.js";
import { flatten } from "../../../lib/layers/flatten.js";
import { linear } from "../../../lib/layers/linear.js";
import { DatasetStore } from "../../../lib/model/dataset-store.js";
import { sequential } from "../../../lib/model/sequential.js";
import { BayesBiNN } from "../../../lib/optimizers/bayesbinn.js";
import { splitDataset } from "../../../lib/training/split.js";
import { Trainer } from "../../../lib/training/trainer.js";
import { generator, randomLabels } from "../../native/support/random.js";
import { chain, openSession } from "../../native/support/specs.js";
import { failure } from "./idx-files.js";

const test = suite("permuted features");

const [count, shape, size] = [43, [2, 3, 5], 30];
const next = generator(7);
const bytes = Uint8Array.from({ length: count * size }, () => Math.floor(next() * 256));
const normalization = { scale: 1 / 255, mean: [0.25, 0.5], std: [0.5, 2] };
const data = fromArrays({
  name: "images",
  inputs: bytes,
  sampleShape: shape,
  targets: randomLabels(count, 3, 2),
  classes: 3,
  normalization,
});
const floats = { ...data, inputs: Float32Array.from(bytes), name: "floats" };

/** A copy whose arrays are permuted: each feature a channel of its own, with the normalisation of the stored one. */
function copied(dataset: Dataset): Dataset {
  const { permutation, name, targets } = dataset;
  const order = permutation ?? Uint32Array.from({ length: size }, (_, i) => i);
  const { inputs } = dataset;
  const moved = inputs.map((_, i) => inputs[i - (i % size) + order[i % size]!]!);
  const rows = (values: readonly number[]) => Array.from(order, (feature) => values[Math.floor(feature / 15)]!);
  const { scale, mean, std } = dataset.normalization;
  const copy = fromArrays({
    name,
    inputs: moved,
    sampleShape: [size],
    targets,
    classes: 3,
    normalization: { scale, mean: rows(mean), std: rows(std) },
  });
  return dataset.indices === undefined ? copy : subset(copy, dataset.indices);
}

test("the order is a permutation of its seed and draw, the same for all that has as many features", () => {
  const one = permuteFeatures(data, { seed: 3 });
  assert.equal(
    [...one.permutation!].sort((a, b) => a - b),
    [...new Array(size).keys()],
  );
  assert.is(one.inputs, data.inputs);
  assert.is(one.targets, data.targets);
  assert.equal(permuteFeatures(floats, { seed: 3 }).permutation, one.permutation);
  assert.equal(permuteFeatures(data, { seed: 3, draw: 0 }).permutation, one.permutation);
  assert.equal(permuteFeatures(data).permutation, permuteFeatures(data, { seed: 1 }).permutation);
  const others = [permuteFeatures(data, { seed: 3, draw: 1 }), permuteFeatures(data, { seed: 4 })];
  for (const other of others) assert.not.equal(other.permutation, one.permutation);
  assert.is(data.permutation, undefined);
});

test("network inputs are those of a permuted copy", () => {
  for (const dataset of [data, floats]) {
    const permuted = permuteFeatures(subset(dataset, [4, 0, 42, 4]), { seed: 5 });
    assert.equal(networkInputs(permuted, 1, 3), networkInputs(copied(permuted), 1, 3));
    assert.not.equal(networkInputs(permuted), networkInputs(subset(dataset, [4, 0, 42, 4])));
  }
});

test("a permutation of permuted features follows the first, and subsets keep it", () => {
  const [once, second] = [permuteFeatures(data, { seed: 1 }), permuteFeatures(data, { seed: 2 })];
  const twice = permuteFeatures(once, { seed: 2 });
  const [first, both] = [networkInputs(once), networkInputs(twice)];
  const expected = first.map((_, i) => first[i - (i % size) + second.permutation![i % size]!]!);
  assert.equal(both, expected);
  const [rest, held] = splitDataset(twice, { fraction: 0.25 });
  assert.is(rest.permutation, twice.permutation);
  assert.is(subset(held, [0]).permutation, twice.permutation);
});

test("what is no permutation is named, wherever a data set is used", async () => {
  const { permutation } = permuteFeatures(data);
  const changed = (at: number, value: number) => permutation!.slice().fill(value, at, at + 1);
  const rows = [
    [permutation!.slice(1), "ERR_SHAPE_MISMATCH", "images.permutation: 29 features; samples of shape 2x3x5 have 30"],
    [changed(7, 30), "ERR_OPTION_RANGE", "images.permutation[7]: 30 is out of range, accepted: integers in 0 to 29"],
    [changed(29, permutation![0]!), "ERR_OPTION_RANGE", /images\.permutation\[29\]: \d+ .*each feature once/],
    [[...permutation!], "ERR_OPTION_TYPE", "images.permutation"],
    [Int32Array.from(permutation!), "ERR_OPTION_TYPE", "images.permutation"],
  ] as const;
  for (const [wrong, code, text] of rows) {
    const dataset = { ...data, permutation: wrong } as Dataset;
    for (const use of [validateDataset, toDatasetSpec, networkInputs, (set: Dataset) => permuteFeatures(set)]) {
      await failure(() => use(dataset), code, text);
    }
  }
  await failure(() => permuteFeatures(data, { seed: -1 }), "ERR_OPTION_RANGE", "permuteFeatures.seed");
  await failure(() => permuteFeatures(data, { draw: 2 ** 20 + 1 }), "ERR_OPTION_RANGE", "permuteFeatures.draw");
  await failure(() => permuteFeatures(data, { sede: 1 } as never), "ERR_OPTION_UNKNOWN", '"seed"');
});

const open = (inputShape: readonly number[]) => {
  const layers = [flatten(), linear({ units: 7 }), batchNorm(), linear({ units: 3 })];
  const model = sequential({ inputShape, layers });
  return new Trainer({ model, optimizer: new BayesBiNN({ learningRate: 0.05 }), threads: 1, seed: 4 });
};

test("fit, evaluate and predict agree with a permuted copy, bit for bit", async () => {
  for (const dataset of [data, floats]) {
    const permuted = permuteFeatures(dataset, { seed: 6 });
    const [train, validation] = splitDataset(permuted, { fraction: 0.3 });
    const results = [];
    for (const change of [(set: Dataset) => set, copied]) {
      const [first, second] = [change(train), change(validation)];
      await using trainer = open([size]);
      const { epochs } = await trainer.fit({ train: first, validation: second, epochs: 3, batchSize: 11 });
      const records = epochs.map(({ seconds: _, stepsPerSecond: __, ...record }) => record);
      const last = await trainer.evaluate(second, { samples: 3, batchSize: 5 });
      results.push({ records, last, outputs: await trainer.predict(change(permuted), { samples: 2 }) });
    }
    assert.equal(results[0], results[1]);
  }
});

test("data sets of several orders share one copy of the arrays", () => {
  const layers = chain(["flatten"], ["linear", { units: 3 }]);
  const session = openSession({ inputShape: shape, layers });
  const store = new DatasetStore(session);
  store.idOf(data);
  const before = session.describe().memoryBytes;
  const orders = [1, 2, 3].map((seed) => permuteFeatures(data, { seed }));
  const ids = [...orders, ...orders, { ...orders[0]! }].map((dataset) => store.idOf(dataset));
  assert.is(new Set(ids).size, 3);
  // Indices of all samples, and the permutation on host and device.
  assert.is(session.describe().memoryBytes - before, 3 * 4 * (count + 2 * size));
});

test("a permutation by hand is checked where a view of known arrays is made", async () => {
  await using trainer = open(shape);
  await trainer.evaluate(data);
  const wrong = { ...data, permutation: new Uint32Array(size) };
  await failure(() => trainer.evaluate(wrong), "ERR_OPTION_RANGE", "images.permutation[1]: 0");
});

test("augmentation of permuted features is refused by name", async () => {
  await using trainer = open(shape);
  const fit = { train: permuteFeatures(data), epochs: 1, batchSize: 10 };
  await failure(
    () => trainer.fit({ ...fit, augmentation: [randomFlip()] }),
    "ERR_OPTION_RANGE",
    /^fit\.augmentation: .*accepted: no steps where features are permuted, as those of images are/,
  );
  assert.is((await trainer.fit({ ...fit, validation: permuteFeatures(data, { seed: 2 }) })).epochs.length, 1);
});

test.run();
