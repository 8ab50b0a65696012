/** Views of a data set with their features permuted: beside a gather in plain TypeScript, and copies of the arrays. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { DatasetSpec, NativeSession } from "../../lib/native/contract.js";
import { sameBits } from "./support/compare.js";
import { permuted, permutedSets } from "./support/permuted-sets.js";
import { generator, randomFloats } from "./support/random.js";
import { refusedBy } from "./support/refused.js";
import { sameState } from "./support/same-state.js";
import { chain, openSession, trainCall } from "./support/specs.js";

const test = suite("permuted features");

const { count, shape, features, order, parts, sets } = permutedSets;
const open = (more: object = {}) => openSession({ ...parts, ...more });

/** What the network is given, as floats: of a single real weight of 1 a feature, the output is the input. */
async function inputsSeen(data: DatasetSpec, permutation: Uint32Array): Promise<Float32Array> {
  const layers = chain(["flatten"], ["linear", { units: 1, weights: "real" }]);
  const session = openSession({ layers, inputShape: shape, loss: "meanSquaredError" });
  const targets = new Float32Array(count);
  const whole = session.addDataset({ ...data, targets, targetWidth: 1 });
  const seen = new Float32Array(3 * features);
  for (const [i, sample] of [0, 11, count - 1].entries()) {
    const one = session.addSubset(whole, Uint32Array.of(sample), permutation);
    for (let feature = 0; feature < features; feature++) {
      const weight = new Float32Array(features);
      weight[feature] = 1;
      await session.setState("model", [{ name: "linear2.weight", shape: [1, features], data: weight }]);
      // The loss is the square of the output.
      const { lossSum } = await session.evaluate({ dataset: one, batchSize: 1, samples: 0, draw: 0 });
      seen[i * features + feature] = Math.sqrt(lossSum);
    }
  }
  return seen;
}

for (const [name, data] of sets) {
  test(`${name}: feature f is feature permutation[f], normalised as in its own channel`, async () => {
    const rows = (data.byteTable?.length ?? 0) / 256 || data.scale!.length;
    const seen = await inputsSeen(data, order);
    for (const [i, sample] of [0, 11, count - 1].entries()) {
      for (let feature = 0; feature < features; feature++) {
        const from = order[feature]!;
        const row = rows === 1 ? 0 : Math.floor(from / (features / shape[0]!));
        const value = data.inputs[sample * features + from]!;
        const input = data.byteTable?.[256 * row + value] ?? value * data.scale![row]! + data.shift![row]!;
        // A square and its root, in floats: a few roundings of values below 4.
        const difference = Math.abs(seen[i * features + feature]! - Math.abs(input));
        assert.ok(difference < 2e-6, `sample ${sample}, feature ${feature}: ${difference}`);
      }
    }
  });

  test(`${name}: training and evaluating are those of a permuted copy, bit for bit`, async () => {
    // Beside whole lines of 16 samples: less than one, and whole ones and a bit.
    for (const batchSize of [1, 7, 16, 37]) {
      const [view, copy] = [open(), open()];
      const here = view.addSubset(view.addDataset(data), undefined, order);
      const there = copy.addDataset(permuted(data, order));
      for (const epoch of [0, 1]) {
        const call = { epoch, batchSize, batches: Math.ceil(count / batchSize) };
        assert.equal(
          (await view.train(trainCall(here, call))).stepLosses,
          (await copy.train(trainCall(there, call))).stepLosses,
        );
      }
      await sameState(view, copy, `batches of ${batchSize}`);
      const call = { batchSize, samples: 2, draw: 0 };
      const batchNorm = (dataset: number) => ({ ...call, dataset, batchNorm: { dataset, batchSize } });
      assert.equal(await view.evaluate({ ...call, dataset: here }), await copy.evaluate({ ...call, dataset: there }));
      assert.equal(await view.evaluate(batchNorm(here)), await copy.evaluate(batchNorm(there)));
    }
  });
}

const [, floats] = sets.find(([name]) => name === "floats by channel")!;

/** Loss of the mode, which tells inputs apart. */
const lossOf = async (session: NativeSession, dataset: number) =>
  (await session.evaluate({ dataset, batchSize: 10, samples: 0, draw: 0 })).lossSum;

test("subsets of a permuted view keep its order, and permutations of one follow each other", async () => {
  const session = open();
  const base = session.addDataset(floats);
  const view = session.addSubset(base, undefined, order);
  const indices = Uint32Array.of(40, 3, 3, 17);
  const part = session.addSubset(view, indices);
  const copied = session.addSubset(session.addDataset(permuted(floats, order)), indices);
  const expected = await lossOf(session, copied);
  assert.is(await lossOf(session, part), expected);
  assert.is(await lossOf(session, session.addSubset(base, indices, order)), expected);
  // A permutation after another one, and one that takes it back.
  const twice = session.addSubset(part, undefined, order);
  const both = order.map((feature) => order[feature]!);
  assert.is(await lossOf(session, twice), await lossOf(session, session.addSubset(base, indices, both)));
  const inverse = new Uint32Array(features);
  order.forEach((from, to) => {
    inverse[from] = to;
  });
  const back = session.addSubset(view, undefined, inverse);
  assert.is(await lossOf(session, back), await lossOf(session, base));
  assert.is.not(await lossOf(session, view), await lossOf(session, base));
  // A view lives on without what it was made of.
  const before = await lossOf(session, twice);
  for (const id of [base, view, part]) session.removeDataset(id);
  assert.is(await lossOf(session, twice), before);
});

test("several orders of the same samples do not get mixed up", async () => {
  const [mixed, copies] = [open(), open()];
  const base = mixed.addDataset(floats);
  const orders = [order, order.slice().reverse()];
  const views = orders.map((each) => mixed.addSubset(base, undefined, each));
  const copied = orders.map((each) => copies.addDataset(permuted(floats, each)));
  for (const task of [0, 1, 0]) {
    await mixed.train(trainCall(views[task]!, { batchSize: 13, batches: 2 }));
    await copies.train(trainCall(copied[task]!, { batchSize: 13, batches: 2 }));
  }
  await sameState(mixed, copies, "two orders in turn");
});

test("views share the samples: memory grows by indices and permutation", () => {
  const session = open();
  const base = session.addDataset(floats);
  const { memoryBytes } = session.describe();
  session.addSubset(base, undefined, order);
  // The order of all samples; the permutation on the host, and on the device.
  assert.is(session.describe().memoryBytes - memoryBytes, 4 * count + 2 * 4 * features);
  const view = session.addSubset(base, Uint32Array.of(1, 2, 3), order);
  assert.is(session.describe().memoryBytes - memoryBytes, 4 * (count + 3) + 4 * 4 * features);
  session.addSubset(view, Uint32Array.of(0));
  assert.is(session.describe().memoryBytes - memoryBytes, 4 * (count + 4) + 4 * 4 * features);
});

test("what is no permutation is refused, and leaves nothing", async () => {
  const session = open();
  const base = session.addDataset(floats);
  const { memoryBytes } = session.describe();
  const with_ = (at: number, value: number) => order.slice().fill(value, at, at + 1);
  const refused = (wrong: unknown, code: "ERR_OPTION_RANGE" | "ERR_OPTION_TYPE" | "ERR_SHAPE_MISMATCH", text: RegExp) =>
    refusedBy(() => session.addSubset(base, undefined, wrong as Uint32Array), code, text);
  const last = features - 1;
  await refused(
    with_(3, features),
    "ERR_OPTION_RANGE",
    new RegExp(`feature ${features}, accepted: each of 0 to ${last}`),
  );
  await refused(with_(0, 2 ** 32 - 1), "ERR_OPTION_RANGE", /feature 4294967295/);
  await refused(with_(last, order[0]!), "ERR_OPTION_RANGE", new RegExp(`feature ${order[0]} twice`));
  await refused(order.slice(1), "ERR_SHAPE_MISMATCH", new RegExp(`${last} features, accepted: the ${features}`));
  await refused(new Uint32Array(0), "ERR_SHAPE_MISMATCH", /0 features/);
  for (const wrong of [null, [...order], Int32Array.from(order), "order"]) {
    await refused(wrong, "ERR_OPTION_TYPE", /permutation/);
  }
  await refusedBy(() => session.addSubset(base, undefined), "ERR_OPTION_TYPE", /indices/);
  assert.is(session.describe().memoryBytes, memoryBytes);
});

test("a permutation is copied", async () => {
  const session = open();
  const base = session.addDataset(floats);
  const own = new Uint32Array(new SharedArrayBuffer(4 * features));
  own.set(order);
  const view = session.addSubset(base, undefined, own);
  const before = await lossOf(session, view);
  own.fill(2 ** 32 - 1);
  assert.is(await lossOf(session, view), before);
});

test("augmentation of permuted features is refused before a step", async () => {
  const session = open();
  const view = session.addSubset(session.addDataset(floats), undefined, order);
  const augmentation = [{ type: "randomFlip", horizontal: 0.5, vertical: 0 }];
  const subset = session.addSubset(view, Uint32Array.of(0, 1));
  for (const dataset of [view, subset]) {
    const call = trainCall(dataset, { batchSize: 2, augmentation });
    await refusedBy(() => session.train(call), "ERR_OPTION_RANGE", /features of the data set are permuted/);
  }
  assert.is(session.counters().step, 0);
  await session.train(trainCall(view, { batchSize: 2 }));
});

test("large samples: several blocks of features, and more threads", async () => {
  const next = generator(3);
  const size = 777;
  const wide = Uint32Array.from({ length: size }, (_, i) => i);
  for (let i = size - 1; i > 0; i--) {
    const j = Math.floor(next() * (i + 1));
    [wide[i], wide[j]] = [wide[j]!, wide[i]!];
  }
  const inputs = randomFloats(23 * size, 5);
  const targets = Int32Array.from({ length: 23 }, (_, i) => i % 3);
  const [scale, shift] = [Float32Array.of(0.5), Float32Array.of(0.25)];
  const data: DatasetSpec = { name: "wide", inputs, sampleShape: [size], scale, shift, targets, targetWidth: 1 };
  const layers = chain(["linear", { units: 3 }]);
  const [view, copy] = [3, 1].map((threads) => openSession({ inputShape: [size], layers, threads }));
  const here = view!.addSubset(view!.addDataset(data), undefined, wide);
  const there = copy!.addDataset(permuted(data, wide));
  await view!.train(trainCall(here, { batchSize: 23 }));
  await copy!.train(trainCall(there, { batchSize: 23 }));
  await sameState(view!, copy!, "wide");
  sameBits(Float32Array.of(await lossOf(view!, here)), Float32Array.of(await lossOf(copy!, there)), "loss");
});

test.run();
