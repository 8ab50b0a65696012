// A step happens as a whole or not at all.
import { setTimeout as delay } from "node:timers/promises";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { DatasetSpec, NativeSession } from "../../lib/native/contract.js";
import { generator } from "./support/random.js";
import { refusedBy } from "./support/refused.js";
import { sameState } from "./support/same-state.js";
import { bayesbinn, chain, everything, labelled, openSession, type SessionParts, trainCall } from "./support/specs.js";

const test = suite("transaction");

/** Steps of some milliseconds in three weight samples: what cancels them mostly finds them half done. */
const slow: SessionParts = {
  inputShape: [50],
  layers: chain(
    ["batchNorm", { affine: true }],
    ["dropout", { rate: 0.2 }],
    ["linear", { units: 301 }],
    ["batchNorm"],
    ["tanh"],
    ["linear", { units: 301, bias: "real" }],
    ["batchNorm"],
    ["linear", { units: 10 }],
  ),
  binary: bayesbinn({ samples: 3, temperature: 0.5, staleMu: true, trainSetSize: 3000 }),
};
const many = labelled(3000, [50], 10);

for (const threads of [1, 2]) {
  test(`cancelling in mid-step leaves the steps before it, with ${threads} threads`, async () => {
    const [cancelled, exact] = [openSession({ ...slow, threads }), openSession({ ...slow, threads })];
    const [dataset, other] = [cancelled.addDataset(many), exact.addDataset(many)];
    const next = generator(threads);
    const call = { batchSize: 1, batches: 3000 };
    // Often enough, and after times unlike each other, to interrupt each part of a step, the update in its last
    // backward pass among them.
    for (let round = 0; round < 40; round++) {
      const firstBatch = exact.counters().step;
      const running = cancelled.train(trainCall(dataset, { ...call, firstBatch, batches: 3000 - firstBatch }));
      await delay(1 + next() * 20);
      cancelled.cancel();
      const { steps, ...result } = await running;
      assert.is(result.cancelled, true);
      assert.is(result.count, steps);
      assert.is(cancelled.counters().step, firstBatch + steps);

      const { lossSum, correct, flips } = await exact.train(trainCall(other, { ...call, firstBatch, batches: steps }));
      assert.equal([lossSum, correct, flips], [result.lossSum, result.correct, result.flips]);
      await sameState(cancelled, exact, `round ${round}, cancelled after ${steps} steps`);
    }
    // The last cancel is over with its call.
    const after = { ...call, firstBatch: exact.counters().step, batches: 2 };
    assert.is((await cancelled.train(trainCall(dataset, after))).steps, 2);
    await exact.train(trainCall(other, after));
    await sameState(cancelled, exact, "two steps after");
    for (const session of [cancelled, exact]) session.dispose();
  });
}

test("a call cancelled before it began does nothing", async () => {
  const [cancelled, fresh] = [openSession(slow), openSession(slow)];
  const dataset = cancelled.addDataset(many);
  for (let i = 0; i < 20; i++) {
    const running = cancelled.train(trainCall(dataset, { firstBatch: cancelled.counters().step, batches: 1 }));
    cancelled.cancel();
    // The step may have been quicker than the second thing that this thread does.
    if ((await running).cancelled) break;
  }
  const steps = cancelled.counters().step;
  await fresh.train(trainCall(fresh.addDataset(many), { batches: steps }));
  await sameState(cancelled, fresh, `after ${steps} steps`);
});

test("cancel without a running call is no cancel of the next", async () => {
  const session = openSession(slow);
  const dataset = session.addDataset(many);
  session.cancel();
  assert.is((await session.train(trainCall(dataset, { batches: 2 }))).cancelled, false);
  session.cancel();
  assert.is((await session.evaluate({ dataset, batchSize: 32, samples: 0, draw: 0 })).cancelled, false);
});

test("a cancelled evaluation or prediction says so, and changes nothing", async () => {
  const [session, untouched] = [openSession(slow), openSession(slow)];
  const dataset = session.addDataset(many);
  const choice = { samples: 1000, draw: 0, batchSize: 32 };
  const inputs = many.inputs as Float32Array;
  for (const start of [
    () => session.evaluate({ ...choice, dataset }),
    () => session.predict({ ...choice, inputs, output: "probabilities" }),
  ]) {
    const running = start();
    await delay(3);
    session.cancel();
    assert.is((await running).cancelled, true);
    await sameState(session, untouched, "cancelled");
  }
});

/** `good` with numbers in the samples from `first` on that overflow in the network. */
function overflowing(good: DatasetSpec, first: number): DatasetSpec {
  const inputs = (good.inputs as Float32Array).slice();
  inputs.fill(1e38, first * (inputs.length / good.targets.length));
  return { ...good, inputs };
}

const plain: SessionParts = {
  inputShape: [12],
  layers: chain(["linear", { units: 33 }], ["batchNorm"], ["dropout"], ["linear", { units: 4, bias: "real" }]),
  binary: bayesbinn({ samples: 2 }),
};

test("a loss that is no number: ERR_NUMERIC, the steps before it stay and nothing of it", async () => {
  const good = labelled(21, [12], 4);
  const [failed, exact] = [openSession(plain), openSession(plain)];
  const bad = failed.addDataset(overflowing(good, 14));
  const call = { shuffle: false, batches: 3 };
  await refusedBy(() => failed.train(trainCall(bad, call)), "ERR_NUMERIC", "step 2");
  await exact.train(trainCall(exact.addDataset(good), { ...call, batches: 2 }));
  await sameState(failed, exact, "two good steps");
  // Infinities and NaN in the buffers of the failed step have no effect on later ones.
  await refusedBy(() => failed.train(trainCall(bad, { ...call, firstBatch: 2, batches: 1 })), "ERR_NUMERIC");
  const dataset = failed.addDataset(good);
  for (const session of [failed, exact]) {
    await session.train(trainCall(session === failed ? dataset : 1, { ...call, firstBatch: 2, batches: 1 }));
  }
  await sameState(failed, exact, "a good third step");
});

test("a failing call leaves all state as it was", async () => {
  const [session, untouched] = [openSession(everything()), openSession(everything())];
  const set = labelled(14, [2, 2, 3], 4);
  const datasets = [session, untouched].map((each) => each.addDataset(set));
  await Promise.all([session, untouched].map((each, i) => each.train(trainCall(datasets[i]!))));
  const failures: readonly ((each: NativeSession) => unknown)[] = [
    (each) => each.train(trainCall(99)),
    (each) => each.train(trainCall(1, { firstBatch: 1, batches: 2 })),
    (each) => each.evaluate({ dataset: 99, batchSize: 7, samples: 0, draw: 0 }),
    (each) => each.setState("training", []),
    (each) => each.addDataset({ ...set, targets: set.targets.map(() => 4) }),
    (each) => each.setCounters({ step: 3, updates: [1] }),
  ];
  for (const failure of failures) {
    let failed = false;
    try {
      await failure(session);
    } catch {
      failed = true;
    }
    assert.ok(failed, failure.toString());
    await sameState(session, untouched, failure.toString());
  }
  await Promise.all([session, untouched].map((each, i) => each.train(trainCall(datasets[i]!, { firstBatch: 1 }))));
  await sameState(session, untouched, "a step after all failures");
});

test("refused hyperparameters change none, not even those before the refused one", async () => {
  const [session, untouched] = [openSession(everything()), openSession(everything())];
  for (const values of [
    { learningRate: 0.5, momentum: 1 },
    { learningRate: 0.5, colour: 1 },
  ]) {
    await refusedBy(() => session.setHyperparameters(0, values), ["ERR_OPTION_RANGE", "ERR_OPTION_UNKNOWN"]);
  }
  const set = labelled(14, [2, 2, 3], 4);
  for (const each of [session, untouched]) await each.train(trainCall(each.addDataset(set), { batches: 2 }));
  await sameState(session, untouched, "two steps after");
});

test.run();
