import { getEventListeners } from "node:events";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { fromArrays } from "../../../lib/data/from-arrays.js";
import { subset } from "../../../lib/data/subset.js";
import { Session } from "../../../lib/model/session.js";
import type { PredictCall, SessionSpec, TrainCall } from "../../../lib/native/contract.js";
import { cudaDefaults } from "../../support/cuda-defaults.mjs";
import { type FakeSession, installFakeAddon, nativeError } from "../../support/fake-addon.js";
import { refused, rejection } from "../../support/refused.js";

const test = suite("session");

const spec: SessionSpec = {
  device: "cpu",
  cuda: cudaDefaults,
  threads: 1,
  seed: 1,
  maxBatch: 10,
  inputShape: [2],
  layers: [],
  loss: { type: "softmaxCrossEntropy", classWeights: "none" },
  optimizers: [],
};
const trainCall: TrainCall = {
  dataset: 0,
  epoch: 0,
  batchSize: 1,
  firstBatch: 0,
  batches: 5,
  shuffle: true,
  budgetMilliseconds: 50,
};
const predictCall: PredictCall = { inputs: Float32Array.of(1, 2), batchSize: 1, samples: 0, draw: 0, output: "logits" };
const points = (name = "points") =>
  fromArrays({ name, inputs: Float32Array.of(0, 0, 0, 1, 1, 0), sampleShape: [2], targets: Int32Array.of(0, 1, 1) });

function open() {
  const addon = installFakeAddon();
  const session = Session.open(spec);
  return { session, native: addon.sessions[0] as FakeSession, behaviour: addon.behaviour };
}

test("hands calls through", async () => {
  const { session } = open();
  assert.is((await session.train(trainCall)).steps, 5);
  assert.equal([...(await session.predict(predictCall)).values], [1, 2]);
  assert.is(session.description.deviceReason, "a fake");
});

test("native errors come out typed, and the session goes on", async () => {
  const { session, behaviour } = open();
  behaviour.failure = nativeError("ERR_NUMERIC", "the loss of step 3 is no number");
  const error = await refused(() => session.train(trainCall), "ERR_NUMERIC", "the loss of step 3 is no number");
  assert.instance(error.cause, Error);
  await session.train(trainCall);
});

test("one call at a time", async () => {
  const { session } = open();
  const running = session.train(trainCall);
  await refused(() => session.evaluate({ dataset: 0, batchSize: 1, samples: 0, draw: 0 }), "ERR_BUSY", "another call");
  await refused(() => session.dataset(points()), "ERR_BUSY");
  await refused(() => session.setHyperparameters(0, {}), "ERR_BUSY");
  await running;
  await session.train(trainCall);
});

test("inputs are read when the call is made", async () => {
  const { session, native } = open();
  const inputs = Float32Array.of(1, 2);
  const running = session.predict({ ...predictCall, inputs });
  inputs.fill(9);
  await running;
  assert.equal([...native.argumentsOf<PredictCall>("predict")[0]!.inputs!], [1, 2]);
});

test("an abort rejects with its reason, and leaves no listener", async () => {
  const { session, behaviour, native } = open();
  behaviour.hold = true;
  const controller = new AbortController();
  const running = session.train(trainCall, controller.signal);
  const reason = new Error("enough");
  controller.abort(reason);
  assert.is(await rejection(() => running), reason);
  assert.ok(native.calls.some(([name]) => name === "cancel"));
  assert.is(getEventListeners(controller.signal, "abort").length, 0);
  behaviour.hold = false;
  await session.train(trainCall);
});

test("without a reason it is an AbortError", async () => {
  const { session, behaviour } = open();
  behaviour.hold = true;
  const controller = new AbortController();
  const running = session.train(trainCall, controller.signal);
  controller.abort();
  assert.is(((await rejection(() => running)) as Error).name, "AbortError");
});

test("a signal that is aborted already starts nothing", async () => {
  const { session, native } = open();
  const signal = AbortSignal.abort("no");
  assert.is(await rejection(() => session.train(trainCall, signal)), "no");
  assert.equal(native.calls, []);
});

test("listeners go with each call", async () => {
  const { session, behaviour } = open();
  const { signal } = new AbortController();
  await session.train(trainCall, signal);
  behaviour.failure = nativeError("ERR_NUMERIC", "no number");
  await rejection(() => session.train(trainCall, signal));
  assert.is(getEventListeners(signal, "abort").length, 0);
});

test("use after dispose", async () => {
  const { session, native } = open();
  session.dispose();
  session.dispose();
  assert.ok(native.disposed);
  await refused(() => session.train(trainCall), "ERR_DISPOSED");
  await refused(() => session.getState("model"), "ERR_DISPOSED");
  await refused(() => session.dataset(points()), "ERR_DISPOSED");
});

test("dispose in the middle of a call", async () => {
  const { session, behaviour } = open();
  behaviour.hold = true;
  const running = rejection(() => session.train(trainCall));
  await session[Symbol.asyncDispose]();
  assert.is(((await running) as { code?: string }).code, "ERR_DISPOSED");
});

test("a reservation keeps others out, and lends while a task runs", async () => {
  const { session } = open();
  const held = session.reserve();
  await refused(() => session.train(trainCall), "ERR_BUSY", "a fit is running");
  await refused(() => session.reserve(), "ERR_BUSY");
  await held.train(trainCall);
  assert.is(await held.lend(async () => (await session.train(trainCall)).steps), 5);
  await refused(() => session.train(trainCall), "ERR_BUSY");
  held.release();
  await session.train(trainCall);
});

test("a loan ends when the calls that began in it have ended", async () => {
  const { session } = open();
  const held = session.reserve();
  let ended = false;
  await held.lend(() => {
    void session.train(trainCall).then(() => {
      ended = true;
    });
  });
  assert.ok(ended);
  await held.train(trainCall);
});

test("an error in a loan goes through, and the reservation stands", async () => {
  const { session } = open();
  const held = session.reserve();
  const reason = new Error("from a callback");
  assert.is(await rejection(() => held.lend(() => Promise.reject(reason))), reason);
  await refused(() => session.train(trainCall), "ERR_BUSY");
  await held.train(trainCall);
});

test("data are uploaded once; subsets share the arrays", () => {
  const { session, native } = open();
  const data = points();
  const part = subset(data, [2, 0]);
  const id = session.dataset(part);
  assert.is(session.dataset(part), id);
  assert.is(session.dataset({ ...part, name: "another object" }), id);
  const base = session.dataset(data);
  assert.is.not(base, id);
  assert.equal(native.datasets.get(id), { base, indices: Uint32Array.of(2, 0) });
  assert.is(native.datasets.size, 2);
  // Other targets or another normalisation make other data of the same inputs.
  session.dataset({ ...data, targets: Int32Array.of(1, 1, 1) });
  session.dataset({ ...data, normalization: { scale: 2, mean: [0], std: [1] } });
  session.dataset(points());
  assert.is(native.datasets.size, 5);
});

test("a view for each pair of indices and permutation, all of one copy", () => {
  const { session, native } = open();
  const data = points();
  const base = session.dataset(data);
  const [swapped, part] = [{ ...data, permutation: Uint32Array.of(1, 0) }, subset(data, [2, 0])];
  const both = { ...part, permutation: swapped.permutation };
  const ids = [data, swapped, part, both].map((each) => session.dataset(each));
  assert.equal(
    [swapped, { ...both, name: "another object" }].map((each) => session.dataset(each)),
    [ids[1], ids[3]],
  );
  const { indices } = part;
  assert.equal(
    ids.slice(1).map((id) => native.datasets.get(id)),
    [
      { base, permutation: swapped.permutation },
      { base, indices },
      { base, indices, permutation: swapped.permutation },
    ],
  );
  assert.is(native.datasets.size, 4);
});

test("a view goes with the first of its arrays, and once", async () => {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  const { session, native } = open();
  const removed: number[] = [];
  const remove = native.removeDataset.bind(native);
  native.removeDataset = (id) => {
    removed.push(id);
    remove(id);
  };
  const data = points();
  const part = subset(data, [2, 0]);
  // The permutation alone goes; then indices and permutation of another one at once.
  session.dataset({ ...part, permutation: Uint32Array.of(1, 0) });
  session.dataset({ ...subset(data, [1]), permutation: Uint32Array.of(1, 0) });
  for (let turn = 0; turn < 100 && native.datasets.size !== 2; turn++) {
    collect();
    await new Promise(setImmediate);
    session.dataset(part);
  }
  assert.is(native.datasets.size, 2, "the data and the subset");
  assert.equal(removed.sort(), [1, 2]);
});

test("the copy of data goes when their arrays have gone", async () => {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  const { session, native } = open();
  session.dataset(subset(points("short-lived"), [0]));
  const kept = points("kept");
  // Finalizers run in a later turn of the event loop; any use of the session then removes the copies.
  for (let turn = 0; turn < 100 && native.datasets.size !== 1; turn++) {
    collect();
    await new Promise(setImmediate);
    session.dataset(kept);
  }
  assert.equal([...native.datasets.values()], ["kept"]);
});

test("unfit data are refused before native code sees them", async () => {
  const { session, native } = open();
  const data = { ...points(), targets: Int32Array.of(0) };
  await refused(() => session.dataset(data), "ERR_SHAPE_MISMATCH");
  assert.is(native.datasets.size, 0);
});

test.run();
