// What a session reads from its datasets: normalisation, order, subsets.
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { DatasetSpec } from "../../lib/native/contract.js";
import { kernels } from "./support/addon.js";
import { close } from "./support/compare.js";
import { generator, randomFloats, randomLabels } from "./support/random.js";
import { differences, sameState } from "./support/same-state.js";
import { adam, chain, everything, labelled, openSession, trainCall } from "./support/specs.js";

const test = suite("datasets");

const sampleShape = [3, 5];
const [count, features] = [7, 15];
const next = generator(4);
const bytes = Uint8Array.from({ length: count * features }, () => Math.floor(next() * 256));
// Every byte that is there, the ends included.
bytes.set([0, 255, 1, 254], 0);

/**
 * What the network is given, sample by sample: with a single weight of 1 and a target of 0, the loss of a sample is the
 * square of its input at the weight's place.
 */
async function inputsSeen(spec: Pick<DatasetSpec, "inputs" | "byteTable" | "scale" | "shift">): Promise<number[]> {
  const layers = chain(["flatten"], ["linear", { units: 1, weights: "real" }]);
  const session = openSession({ layers, inputShape: sampleShape, loss: "meanSquaredError" });
  const dataset = session.addDataset({
    name: "x",
    sampleShape,
    targets: new Float32Array(count),
    targetWidth: 1,
    ...spec,
  });
  const seen: number[] = [];
  for (let sample = 0; sample < count; sample++) {
    const one = session.addSubset(dataset, Uint32Array.of(sample));
    for (let feature = 0; feature < features; feature++) {
      const data = new Float32Array(features);
      data[feature] = 1;
      await session.setState("model", [{ name: "linear2.weight", shape: [1, features], data }]);
      seen.push(Math.sqrt((await session.evaluate({ dataset: one, batchSize: 1, samples: 0, draw: 0 })).lossSum));
    }
    session.removeDataset(one);
  }
  return seen;
}

const channel = (i: number) => Math.floor((i % features) / 5);

for (const [name, rows] of [
  ["one table for all channels", 1],
  ["a table a channel", 3],
] as const) {
  test(`bytes go through their table: ${name}`, async () => {
    const byteTable = randomFloats(256 * rows, 9, 0.1, 3);
    const expected = Array.from(bytes, (byte, i) => byteTable[(rows === 1 ? 0 : channel(i)) * 256 + byte]!);
    close(await inputsSeen({ inputs: bytes, byteTable }), expected, 1e-6, name);
  });

  test(`floats are scaled and shifted: ${name}`, async () => {
    const inputs = randomFloats(count * features, 2, 0, 1);
    const [scale, shift] = [randomFloats(rows, 5, 0.5, 2), randomFloats(rows, 6, 0.5, 2)];
    const row = (i: number) => (rows === 1 ? 0 : channel(i));
    const expected = Array.from(inputs, (value, i) => value * scale[row(i)]! + shift[row(i)]!);
    close(await inputsSeen({ inputs, scale, shift }), expected, 1e-6, name);
  });
}

const set = labelled(19, [2, 2, 3], 4);
const open = () => openSession(everything());

/** The samples of `set` at `indices`, copied. */
function picked(indices: ArrayLike<number>): DatasetSpec {
  const all = Array.from(indices);
  const inputs = Float32Array.from(all.flatMap((at) => [...set.inputs.subarray(at * 12, at * 12 + 12)]));
  return { ...set, inputs, targets: Int32Array.from(all, (at) => set.targets[at]!) };
}

test("training on a subset is training on a copy of its samples, shuffled or not", async () => {
  const indices = Uint32Array.of(3, 18, 0, 7, 7, 11, 12, 5, 1);
  for (const shuffle of [true, false]) {
    const [viewed, copied] = [open(), open()];
    const subset = viewed.addSubset(viewed.addDataset(set), indices);
    const copy = copied.addDataset(picked(indices));
    for (const epoch of [0, 1]) {
      const call = { epoch, shuffle, batches: 3, batchSize: 4 };
      await viewed.train(trainCall(subset, call));
      await copied.train(trainCall(copy, call));
    }
    await sameState(viewed, copied, `shuffle ${shuffle}`);
  }
});

test("a subset of a subset counts in the subset's numbers", async () => {
  const session = open();
  const outer = session.addSubset(session.addDataset(set), Uint32Array.of(9, 4, 17, 2));
  const inner = session.addSubset(outer, Uint32Array.of(3, 0));
  const call = { batchSize: 2, samples: 0, draw: 0 };
  const copy = session.addDataset(picked([2, 9]));
  assert.equal(await session.evaluate({ ...call, dataset: inner }), await session.evaluate({ ...call, dataset: copy }));
});

/** `bytes` with all that a session of `everything()` needs beside them, plain and in shared memory. */
function ofBytes() {
  const random = generator(8);
  const plain = Uint8Array.from({ length: set.inputs.length }, () => Math.floor(random() * 256));
  const shared = new Uint8Array(new SharedArrayBuffer(plain.length + 3), 3);
  shared.set(plain);
  const { name, sampleShape, targets, targetWidth } = set;
  const spec = { name, sampleShape, targets, targetWidth, byteTable: randomFloats(256, 9, -1, 1) };
  return { plain: { ...spec, inputs: plain }, shared: { ...spec, inputs: shared } };
}

test("bytes in shared memory are read where they lie, and train as copied ones do", async () => {
  const { plain, shared } = ofBytes();
  const [copying, sharing] = [open(), open()];
  const added = (session: typeof copying, spec: DatasetSpec) => {
    const before = session.describe().memoryBytes;
    const id = session.addDataset(spec);
    return { id, bytes: session.describe().memoryBytes - before };
  };
  const [copy, view] = [added(copying, plain), added(sharing, shared)];
  assert.is(copy.bytes - view.bytes, plain.inputs.length);
  const indices = Uint32Array.of(3, 18, 0, 7, 7);
  for (const [session, { id }] of [
    [copying, copy],
    [sharing, view],
  ] as const) {
    await session.train(trainCall(id, { batches: 3, batchSize: 7 }));
    const subset = session.addSubset(id, indices);
    session.removeDataset(id);
    await session.train(trainCall(subset, { batches: 1, batchSize: 5 }));
  }
  await sameState(copying, sharing, "shared");
  const call = { dataset: 2, batchSize: 5, samples: 0, draw: 0 };
  const before = await sharing.evaluate(call);
  shared.inputs.fill(255);
  assert.is.not((await sharing.evaluate(call)).lossSum, before.lossSum, "no copy");
});

test("floats and labels in shared memory are copied: they are checked once", async () => {
  const session = open();
  const inputs = new Float32Array(new SharedArrayBuffer(4 * set.inputs.length));
  const targets = new Int32Array(new SharedArrayBuffer(4 * set.targets.length));
  inputs.set(set.inputs);
  targets.set(set.targets);
  const dataset = session.addDataset({ ...set, inputs, targets });
  const call = { dataset, batchSize: 5, samples: 0, draw: 0 };
  const before = await session.evaluate(call);
  inputs.fill(Number.NaN);
  targets.fill(1 << 30);
  assert.equal(await session.evaluate(call), before);
});

test("without shuffling every epoch is the same, with it none", async () => {
  for (const shuffle of [false, true]) {
    const [one, other] = [open(), open()];
    for (const [session, epoch] of [
      [one, 0],
      [other, 4],
    ] as const) {
      const call = { shuffle, epoch, batches: 3, batchSize: 7 };
      assert.is((await session.train(trainCall(session.addDataset(set), call))).count, 19);
    }
    assert.is((await differences(one, other)).length > 0, shuffle, `shuffle ${shuffle}`);
  }
});

test("orders of several datasets and epochs do not get mixed up", async () => {
  const [mixed, first, second] = [open(), open(), open()] as const;
  const small = labelled(11, [2, 2, 3], 4, 77);
  const [a, b] = [mixed.addDataset(set), mixed.addDataset(small)];
  const call = { batches: 1, batchSize: 5 };
  // Learning at rate 0: the loss shows which samples a step saw, whatever came before.
  for (const session of [mixed, first, second]) {
    session.setHyperparameters(0, { learningRate: 0 });
    session.setHyperparameters(1, { learningRate: 0 });
  }
  const [ofSet, ofSmall] = [first.addDataset(set), second.addDataset(small)];
  for (const epoch of [0, 2, 0]) {
    for (const firstBatch of [0, 1]) {
      // The same step number in each session, for the same noise.
      const step = mixed.counters().step;
      first.setCounters({ step, updates: [step, step] });
      const one = await mixed.train(trainCall(a, { ...call, epoch, firstBatch }));
      assert.is(one.lossSum, (await first.train(trainCall(ofSet, { ...call, epoch, firstBatch }))).lossSum);
      second.setCounters({ step: step + 1, updates: [step, step] });
      const other = await mixed.train(trainCall(b, { ...call, epoch, firstBatch }));
      assert.is(other.lossSum, (await second.train(trainCall(ofSmall, { ...call, epoch, firstBatch }))).lossSum);
    }
  }
});

test("an image's labels count at every position", async () => {
  const layers = chain(["tanh"]);
  const session = openSession({ layers, inputShape: [3, 2], loss: "softmaxCrossEntropy", real: adam() });
  const inputs = randomFloats(5 * 6, 3);
  const targets = randomLabels(10, 3, 4);
  const [scale, shift] = [Float32Array.of(1), Float32Array.of(0)];
  const dataset = session.addDataset({ name: "x", inputs, sampleShape: [3, 2], scale, shift, targets, targetWidth: 2 });
  const { lossSum, correct } = await session.evaluate({ dataset, batchSize: 2, samples: 0, draw: 0 });
  const call = { inputs, batchSize: 5, samples: 0, draw: 0 };
  const { values } = await session.predict({ ...call, output: "probabilities" });
  let [loss, right] = [0, 0];
  targets.forEach((label, i) => {
    const [sample, position] = [Math.floor(i / 2), i % 2];
    const p = [0, 1, 2].map((k) => values[sample * 6 + k * 2 + position]!);
    loss -= Math.log(p[label]!) / 2;
    right += p.indexOf(Math.max(...p)) === label ? 0.5 : 0;
  });
  close([lossSum], [loss], 1e-5, "loss");
  assert.is(correct, right);
});

test("the order of an epoch is kernels.permutation", async () => {
  const [shuffled, ordered] = [open(), open()];
  const order = kernels.permutation(19, 1, 6);
  const call = { epoch: 6, batches: 3, batchSize: 7 };
  await shuffled.train(trainCall(shuffled.addDataset(set), call));
  await ordered.train(trainCall(ordered.addDataset(picked(order)), { ...call, shuffle: false }));
  await sameState(shuffled, ordered, "one epoch");
});

test.run();
