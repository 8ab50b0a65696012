// Evaluations by batch-norm statistics of the weights that are evaluated.
import { setTimeout as delay } from "node:timers/promises";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { sizeOf } from "../../lib/layers/shape.js";
import type { DatasetSpec, EvaluateCall, NativeSession } from "../../lib/native/contract.js";
import { kernels } from "./support/addon.js";
import { close, sameBits } from "./support/compare.js";
import { predictionWeights } from "./support/prediction-weights.js";
import { generator, randomFloats } from "./support/random.js";
import { referenceLosses } from "./support/reference-losses.js";
import { runNetwork } from "./support/reference-network.js";
import { refusedBy } from "./support/refused.js";
import { sameState } from "./support/same-state.js";
import {
  bayesbinn,
  branches,
  chain,
  everything,
  labelled,
  openSession,
  type SessionParts,
  trainCall,
} from "./support/specs.js";

const test = suite("re-estimation of batch norm");

const classes = 4;
const seed = 77;

/**
 * Variances of few samples, or of one, may be next to nothing: an epsilon of 0.05 keeps batch norms from making more than
 * 4.5 times as much of a rounding error.
 */
const norm = { epsilon: 0.05 };

/** Vectors, images and a graph; batch norms with and without gain and bias, ReLUs in one pass with them, dropouts. */
const networks: Readonly<Record<string, SessionParts>> = {
  vectors: {
    inputShape: [13],
    layers: chain(
      ["dropout", { rate: 0.2 }],
      ["linear", { units: 17, bias: "real" }],
      ["batchNorm", { ...norm, affine: true }],
      ["relu"],
      ["linear", { units: 33 }],
      ["batchNorm", { ...norm, momentum: 1 }],
      ["tanh"],
      ["dropout", { rate: 0.5 }],
      ["linear", { units: classes, weights: "real" }],
      ["batchNorm", { ...norm, momentum: 0 }],
    ),
  },
  images: {
    inputShape: [3, 5, 4],
    layers: chain(
      ["conv2d", { channels: 7, padding: [1, 1] }],
      ["batchNorm", norm],
      ["relu"],
      ["dropout2d", { rate: 0.3 }],
      ["maxPool2d"],
      ["conv2d", { channels: 5, kernelSize: [1, 1], bias: "binary" }],
      ["batchNorm", { ...norm, affine: true }],
      ["tanh"],
      ["flatten"],
      ["linear", { units: classes }],
      ["batchNorm", norm],
    ),
  },
  "a graph": {
    inputShape: [2, 2, 3],
    layers: branches().layers.map((layer) => (layer.type === "batchNorm" ? { ...layer, ...norm } : layer)),
  },
};

/** In float32 the logits have the rounding errors of some ten layers: a hundred of 6e-8, of values of order 1 to 10. */
const tolerance = 3e-5;

/** A session with weights and statistics as after some training. */
async function open(network: SessionParts): Promise<NativeSession> {
  const session = openSession(network);
  const state = await session.getState("model");
  const drawn = state.map(({ name, shape, data }, i) => {
    const values = randomFloats(data.length, 70 + i);
    return { name, shape, data: name.endsWith("running_var") ? values.map((value) => 1.5 + value) : values };
  });
  await session.setState("model", drawn);
  return session;
}

/** sum b x_b / sum b over batches of b samples in the order of epoch 0, in float64. */
function statisticsOf(
  { layers, inputShape = [] }: SessionParts,
  tensors: ReadonlyMap<string, ArrayLike<number>>,
  inputs: Float32Array,
  batchSize: number,
): Map<string, Float64Array> {
  const features = sizeOf(inputShape);
  const count = inputs.length / features;
  const order = kernels.permutation(count, seed, 0);
  // A step of training that drops nothing (the sum of one value is that value), and keeps the batch's statistics alone.
  const plain = layers.map((layer) => {
    if (layer.type.startsWith("dropout")) return { ...layer, type: "add" };
    return layer.type === "batchNorm" ? { ...layer, momentum: 1 } : layer;
  });
  const sums = new Map<string, Float64Array>();
  for (let first = 0; first < count; first += batchSize) {
    const places = [...order.subarray(first, first + batchSize)];
    const values = Float64Array.from(places.flatMap((at) => [...inputs.subarray(at * features, (at + 1) * features)]));
    const input = { batch: places.length, shape: inputShape, values };
    for (const [name, ofBatch] of runNetwork(plain, input, { tensors, phase: "train" }).statistics) {
      const sum = sums.get(name) ?? new Float64Array(ofBatch.length);
      const part = (i: number) => (places.length * ofBatch[i]!) / count;
      sums.set(
        name,
        sum.map((value, i) => value + part(i)),
      );
    }
  }
  return sums;
}

/** Logits of each sample, by statistics of `train`, or by the running ones. */
async function referenceLogits(
  session: NativeSession,
  network: SessionParts,
  tested: DatasetSpec,
  train: { readonly inputs: Float32Array; readonly batchSize: number } | undefined,
  choice?: { draw: number; sample: number },
): Promise<number[][]> {
  const { layers, inputShape = [] } = network;
  const weights = await predictionWeights(session, network, choice);
  const anew = train === undefined ? [] : statisticsOf(network, weights, train.inputs, train.batchSize);
  const tensors = new Map<string, ArrayLike<number>>([...weights, ...anew]);
  const values = Float64Array.from(tested.inputs);
  const input = { batch: tested.targets.length, shape: inputShape, values };
  const { output } = runNetwork(layers, input, { tensors, phase: "eval" });
  return Array.from(tested.targets, (_, b) => [...output.values.subarray(b * classes, (b + 1) * classes)]);
}

/** Losses of each sample by itself, through views of one sample each. */
async function losses(session: NativeSession, dataset: number, count: number, call: Omit<EvaluateCall, "dataset">) {
  const found: number[] = [];
  for (let at = 0; at < count; at++) {
    const one = session.addSubset(dataset, Uint32Array.of(at));
    found.push((await session.evaluate({ ...call, dataset: one })).lossSum);
  }
  return found;
}

const reference = referenceLosses["softmaxCrossEntropy"]!;

for (const [name, parts] of Object.entries(networks)) {
  const network = { ...parts, seed };
  const { inputShape = [] } = network;
  const tested = labelled(5, inputShape, classes, 11);

  for (const [count, batchSize] of [
    [29, 7],
    [29, 29],
    [16, 32],
    [7, 6],
    [3, 1],
    [1, 5],
  ] as const) {
    test(`${name}, mode: statistics of ${count} samples in batches of ${batchSize}`, async () => {
      const session = await open(network);
      const dataset = session.addDataset(tested);
      const train = labelled(count, inputShape, classes);
      const batchNorm = { dataset: session.addDataset(train), batchSize };
      const choice = { batchSize: 3, samples: 0, draw: 0 };
      const given = { inputs: train.inputs as Float32Array, batchSize };
      const lossesOf = (logits: number[][]) => logits.map((row, b) => reference.ofLogits(row, [tested.targets[b]!]));
      const expected = lossesOf(await referenceLogits(session, network, tested, given));
      close(await losses(session, dataset, 5, { ...choice, batchNorm }), expected, tolerance, "losses");
      // What the running statistics give is far from it, before and after.
      const running = lossesOf(await referenceLogits(session, network, tested, undefined));
      close(await losses(session, dataset, 5, choice), running, tolerance, "by running statistics");
      const most = Math.max(...running.map((loss, b) => Math.abs(loss - expected[b]!)));
      assert.ok(most > 1000 * tolerance, `differences of up to ${most}`);
    });
  }

  test(`${name}, mean: each posterior sample has statistics of its own`, async () => {
    const session = await open(network);
    const dataset = session.addDataset(tested);
    const all = labelled(40, inputShape, classes);
    // A view of some of the samples, in an order of its own.
    const indices = Uint32Array.from({ length: 23 }, (_, i) => (i * 11) % 40);
    const batchNorm = { dataset: session.addSubset(session.addDataset(all), indices), batchSize: 10 };
    const features = sizeOf(inputShape);
    const rows = [...indices].flatMap((at) => [...all.inputs.subarray(at * features, (at + 1) * features)]);
    const train = { inputs: Float32Array.from(rows), batchSize: 10 };
    const [samples, draw] = [3, 9];
    const mean = Array.from({ length: 5 }, () => new Array<number>(classes).fill(0));
    for (let sample = 0; sample < samples; sample++) {
      const logits = await referenceLogits(session, network, tested, train, { draw, sample });
      for (const [b, row] of logits.entries()) {
        for (const [k, p] of reference.link(row).entries()) mean[b]![k]! += p / samples;
      }
    }
    const expected = mean.map((row, b) => reference.ofPrediction(row, [tested.targets[b]!]));
    const found = await losses(session, dataset, 5, { batchSize: 3, samples, draw, batchNorm });
    close(found, expected, tolerance, "losses of the mean prediction");
    const whole = await session.evaluate({ dataset, batchSize: 3, samples, draw, batchNorm });
    const correct = mean.filter((row, b) => reference.correct!(row, [tested.targets[b]!])).length;
    assert.equal([whole.count, whole.correct, whole.cancelled], [5, correct, false]);
  });
}

test("a network without batch norm: as without", async () => {
  const layers = chain(["linear", { units: 17 }], ["dropout"], ["tanh"], ["linear", { units: classes }]);
  const session = openSession({ inputShape: [12], layers });
  const dataset = session.addDataset(labelled(21, [12], classes));
  for (const samples of [0, 2]) {
    const call = { dataset, batchSize: 8, samples, draw: 0 };
    assert.equal(
      await session.evaluate({ ...call, batchNorm: { dataset, batchSize: 4 } }),
      await session.evaluate(call),
    );
  }
});

/** Weights as values, and as bits that each step draws for the next. */
const trained = {
  "weights as values": everything(),
  "weights as bits": everything({ binary: bayesbinn({ temperature: 1e-8, learningRate: 1e-3 }) }),
  "a graph": branches(),
};

for (const [name, network] of Object.entries(trained)) {
  test(`${name}: nothing changes, and training goes on bit for bit`, async () => {
    const [session, twin] = [openSession(network), openSession(network)];
    const set = labelled(35, [2, 2, 3], classes);
    const sets = [session.addDataset(set), twin.addDataset(set)] as const;
    const other = session.addDataset(labelled(13, [2, 2, 3], classes, 8));
    const both = async <T>(action: (each: NativeSession, dataset: number) => Promise<T>, what: string) =>
      assert.equal(await action(session, sets[0]), await action(twin, sets[1]), what);
    const train = (firstBatch: number, batches: number) => (each: NativeSession, dataset: number) =>
      each
        .train(trainCall(dataset, { epoch: 3, firstBatch, batches }))
        .then(({ lossSum, correct }) => [lossSum, correct]);
    await both(train(0, 2), "the first steps");
    await both((each) => each.keepState("best"), "kept");
    await both(train(2, 1), "another step");
    const choice = { batchSize: 7, samples: 0, draw: 0 };
    for (const samples of [0, 2]) {
      for (const dataset of [sets[0], other]) {
        await session.evaluate({ ...choice, dataset: sets[0], samples, batchNorm: { dataset, batchSize: 6 } });
      }
    }
    await sameState(session, twin, "evaluated");
    for (const { name: tensor, shape } of twin.keptLayout("best")) {
      const [kept, expected] = [new Float32Array(sizeOf(shape)), new Float32Array(sizeOf(shape))];
      session.readKept("best", tensor, 0, kept);
      twin.readKept("best", tensor, 0, expected);
      sameBits(kept, expected, `kept ${tensor}`);
    }
    const inputs = set.inputs as Float32Array;
    await both((each) => each.predict({ ...choice, inputs, output: "logits" }), "prediction");
    await both((each, dataset) => each.evaluate({ ...choice, dataset }), "evaluation");
    await both(train(3, 2), "the rest of the epoch");
    await sameState(session, twin, "trained on");
  });
}

/** A millisecond or more a pass, and far more passes than are waited for. */
const slow: SessionParts = {
  inputShape: [50],
  layers: chain(["linear", { units: 301 }], ["batchNorm"], ["tanh"], ["linear", { units: 301 }], ["batchNorm"]),
};

test("cancelled in the middle it leaves no trace", async () => {
  const [session, twin] = [openSession(slow), openSession(slow)];
  const many = labelled(3000, [50], 10);
  const [dataset, other] = [session.addDataset(many), twin.addDataset(many)];
  const few = session.addSubset(dataset, Uint32Array.of(3, 1, 2));
  const next = generator(3);
  for (let round = 0; round < 10; round++) {
    const call = trainCall(dataset, { firstBatch: 2 * round, batches: 2 });
    await session.train(call);
    await twin.train({ ...call, dataset: other });
    const choice = { dataset: few, batchSize: 2, samples: 2 ** 20, draw: 0 };
    const running = session.evaluate({ ...choice, batchNorm: { dataset, batchSize: 31 } });
    await delay(next() * 15);
    session.cancel();
    const { cancelled, count, lossSum } = await running;
    assert.equal({ cancelled, count, lossSum }, { cancelled: true, count: 0, lossSum: 0 });
    await sameState(session, twin, `round ${round}`);
    const plain = { batchSize: 32, samples: 0, draw: 0 };
    assert.equal(await session.evaluate({ ...plain, dataset }), await twin.evaluate({ ...plain, dataset: other }));
  }
});

test("statistics that are no numbers give no numbers, once", async () => {
  const [session, twin] = [openSession(slow), openSession(slow)];
  const set = labelled(20, [50], 10);
  const huge = { ...set, inputs: new Float32Array(20 * 50).fill(3e38) };
  const [dataset, other] = [session.addDataset(set), twin.addDataset(set)];
  const call = { batchSize: 7, samples: 0, draw: 0 };
  const bad = session.addDataset(huge);
  const failed = await session.evaluate({ ...call, dataset, batchNorm: { dataset: bad, batchSize: 7 } });
  assert.ok(Number.isNaN(failed.lossSum), `${failed.lossSum}`);
  // Nor do those left of it, or of a step that failed, come into the next ones.
  await refusedBy(() => session.train(trainCall(bad)), "ERR_NUMERIC");
  assert.equal(
    await session.evaluate({ ...call, dataset, batchNorm: { dataset, batchSize: 7 } }),
    await twin.evaluate({ ...call, dataset: other, batchNorm: { dataset: other, batchSize: 7 } }),
  );
  assert.equal(await session.evaluate({ ...call, dataset }), await twin.evaluate({ ...call, dataset: other }));
  await sameState(session, twin, "after numbers that overflow");
});

test("running statistics that overflowed do not come into it", async () => {
  const parts = { ...slow, inputShape: [12], layers: chain(["batchNorm"], ["linear"], ["batchNorm"]) };
  const [session, twin] = [openSession(parts), openSession(parts)];
  const set = labelled(20, [12], 3);
  // Variances of 1e40 are infinite in float32, although the batch is normalised well.
  const huge = { ...set, inputs: (set.inputs as Float32Array).map((value) => value * 1e20) };
  await session.train(trainCall(session.addDataset(huge)));
  const state = await session.getState("model");
  assert.ok(state.some(({ data }) => data.includes(Number.POSITIVE_INFINITY)));
  // Nothing is begun with them that nobody could read back.
  for (const begin of [
    () => session.stateLayout("model"),
    () => session.keepState("best"),
    () => session.keepState("snapshot"),
  ]) {
    await refusedBy(begin, "ERR_NUMERIC", '"batchNorm1.running_var": inf');
  }
  assert.equal(session.keptLayout("best"), []);
  const finite = (value: number) => (Number.isFinite(value) ? value : 1);
  await twin.setState(
    "model",
    state.map((tensor) => ({ ...tensor, data: tensor.data.map(finite) })),
  );
  const [lossSum, expected] = await Promise.all(
    [session, twin].map(async (each) => {
      const dataset = each.addDataset(set);
      const batchNorm = { dataset, batchSize: 7 };
      return (await each.evaluate({ dataset, batchSize: 7, samples: 0, draw: 0, batchNorm })).lossSum;
    }),
  );
  assert.ok(Number.isFinite(lossSum));
  assert.is(lossSum, expected);
});

test.run();
