import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { NativeSession, TrainResult } from "../../lib/native/contract.js";
import { kernels } from "./support/addon.js";
import { sameBits } from "./support/compare.js";
import { randomLabels } from "./support/random.js";
import { differences, sameState } from "./support/same-state.js";
import {
  bayesbinn,
  chain,
  everything,
  labelled,
  openSession,
  parametersOf,
  type SessionParts,
  trainCall,
} from "./support/specs.js";

const test = suite("determinism");

const method = { samples: 2, temperature: 0.5, trainSetSize: 201, learningRate: 1e-3 };

/**
 * Large enough for every loop to be cut into several tasks: rows of a product (256), features of a normalisation (32),
 * samples of a loss (64), blocks of a weight gradient (131072), weights of a sampling (32768).
 */
const wide: SessionParts = {
  inputShape: [60],
  layers: chain(
    ["dropout", { rate: 0.2 }],
    ["linear", { units: 601 }],
    ["batchNorm", { affine: true }],
    ["relu"],
    ["linear", { units: 301, bias: "binary" }],
    ["tanh"],
    ["dropout", { rate: 0.3 }],
    ["linear", { units: 11, weights: "real", bias: "real" }],
  ),
  maxBatch: 67,
  binary: bayesbinn(method),
};

/** The same for images: blocks of 64 samples, rows of the image, taps of a weight gradient. */
const images: SessionParts = {
  inputShape: [3, 4, 5],
  layers: chain(
    ["conv2d", { channels: 33, padding: [1, 1], bias: "binary" }],
    ["batchNorm"],
    ["relu"],
    ["conv2d", { channels: 17, stride: [2, 2], padding: [1, 1], weights: "real", bias: "real" }],
    ["tanh"],
    ["convTranspose2d", { channels: 7, bias: "binary" }],
    ["batchNorm", { affine: true }],
    ["flatten"],
    ["linear", { units: 11 }],
  ),
  maxBatch: 67,
  binary: bayesbinn(method),
};

/** Each with samples of its own shape. */
const networks = {
  vectors: wide,
  "images, weights as values": images,
  "images, weights as bits": { ...images, binary: bayesbinn({ ...method, temperature: 1e-8 }) },
};
const data = labelled(201, [60], 11);

/** Trained tensors of {@link everything}, by kind. */
const parameters = parametersOf(everything().layers);

/** Sums of a run, in which how long it took has no place. */
interface Sums extends Omit<TrainResult, "stepSeconds"> {}

/** Two epochs of three batches of 67, in calls of as many batches as `budgetMilliseconds` allows. */
async function run(
  session: NativeSession,
  { inputShape: sampleShape }: SessionParts,
  budgetMilliseconds = Number.POSITIVE_INFINITY,
): Promise<Sums[]> {
  const dataset = session.addDataset({ ...data, sampleShape: sampleShape! });
  const sums: Sums[] = [];
  for (const epoch of [0, 1]) {
    for (let firstBatch = 0; firstBatch < 3; ) {
      const call = { epoch, firstBatch, batches: 3 - firstBatch, batchSize: 67, budgetMilliseconds };
      const { stepSeconds, ...result } = await session.train(trainCall(dataset, call));
      assert.is(stepSeconds.length, result.steps);
      assert.ok(stepSeconds.every((seconds) => seconds >= 0));
      sums.push(result);
      firstBatch += result.steps;
    }
  }
  return sums;
}

for (const [name, parts] of Object.entries(networks)) {
  test(`${name}: the same seed gives the same bits with 1, 2 and 3 threads`, async () => {
    const one = openSession({ ...parts, threads: 1 });
    const sums = await run(one, parts);
    const inputs = data.inputs as Float32Array;
    const prediction = { inputs, batchSize: 67, output: "probabilities" as const, samples: 2, draw: 0 };
    const { values } = await one.predict(prediction);
    const reestimated = { dataset: 1, batchSize: 67, samples: 2, draw: 0, batchNorm: { dataset: 1, batchSize: 50 } };
    const evaluation = await one.evaluate(reestimated);
    for (const threads of [2, 3]) {
      const other = openSession({ ...parts, threads });
      assert.equal(await run(other, parts), sums, `${threads} threads`);
      await sameState(other, one, `${threads} threads`);
      sameBits((await other.predict(prediction)).values, values, `prediction with ${threads} threads`);
      assert.equal(await other.evaluate(reestimated), evaluation, `re-estimation with ${threads} threads`);
    }
  });

  test(`${name}: steps are the same in one call or one call each`, async () => {
    const [whole, single] = [openSession(parts), openSession(parts)];
    const sums = await run(whole, parts);
    const pieces = await run(single, parts, 0);
    assert.equal(
      sums.map(({ steps, count }) => [steps, count]),
      [
        [3, 201],
        [3, 201],
      ],
    );
    assert.equal(
      pieces.map(({ steps, count }) => [steps, count]),
      new Array(6).fill([1, 67]),
    );
    await sameState(single, whole, "one call each");
  });
}

/** Of a small batch of large images, with a label a pixel: channels of a normalisation, positions of a loss. */
test("a small batch of large images: the same bits with 1, 2 and 3 threads", async () => {
  const [count, rows, columns] = [5, 46, 50];
  const layers = chain(
    ["conv2d", { channels: 17, bias: "real" }],
    ["batchNorm"],
    ["relu"],
    ["maxPool2d"],
    ["dropout2d", { rate: 0.2 }],
    ["conv2d", { channels: 33, padding: [1, 1] }],
    ["batchNorm", { affine: true }],
    ["relu"],
    ["convTranspose2d", { channels: 3, bias: "real" }],
  );
  const targetWidth = (rows - 2) * (columns - 2);
  const targets = randomLabels(count * targetWidth, 3, 6);
  const set = { ...labelled(count, [1, rows, columns], 3), targets, targetWidth };
  for (const temperature of [0.5, 1e-8]) {
    const binary = bayesbinn({ ...method, temperature });
    const sessions = [1, 2, 3].map((threads) =>
      openSession({ layers, inputShape: [1, rows, columns], maxBatch: count, binary, threads }),
    );
    const results = [];
    for (const session of sessions) {
      const { stepSeconds, ...result } = await session.train(
        trainCall(session.addDataset(set), { batchSize: count, batches: 1 }),
      );
      results.push({ ...result, steps: stepSeconds.length });
    }
    for (const i of [1, 2]) {
      assert.equal(results[i], results[0], `${i + 1} threads`);
      await sameState(sessions[i]!, sessions[0]!, `${i + 1} threads`);
    }
  }
});

test("another seed gives other weights, and from the same weights on other noise, masks and order", async () => {
  const set = labelled(35, [2, 2, 3], 4);
  for (const seed of [2, 1 + 2 ** 32, 2 ** 53 - 1]) {
    const [one, other] = [openSession(everything()), openSession(everything({ seed }))];
    const first = await differences(one, other);
    for (const name of parameters.binary) assert.ok(first.includes(name), name);
    assert.ok(
      parameters.real.some((name) => first.includes(name)),
      "real parameters",
    );
    await other.setState("training", await one.getState("training"));
    assert.equal(await differences(one, other), []);
    for (const session of [one, other]) await session.train(trainCall(session.addDataset(set), { batches: 5 }));
    assert.ok((await differences(one, other)).includes(parameters.binary[0]!));
  }
});

test("evaluations and predictions between steps change nothing", async () => {
  const [quiet, busy] = [openSession(everything()), openSession(everything())];
  const set = labelled(21, [2, 2, 3], 4);
  const [one, other] = [quiet.addDataset(set), busy.addDataset(set)];
  for (let firstBatch = 0; firstBatch < 3; firstBatch++) {
    await quiet.train(trainCall(one, { firstBatch }));
    for (const samples of [0, 3]) {
      await busy.evaluate({ dataset: other, batchSize: 5, samples, draw: firstBatch });
      const inputs = set.inputs as Float32Array;
      await busy.predict({ inputs, batchSize: 4, output: "logits", samples, draw: 1 });
    }
    const targets = set.targets as Int32Array;
    for (const phase of ["train", "eval"] as const) {
      await busy.replay({ inputs: set.inputs as Float32Array, targets, batch: 21, phase, commit: false });
    }
    busy.counters();
    busy.describe();
    await busy.train(trainCall(other, { firstBatch }));
  }
  await sameState(busy, quiet, "after three steps");
});

test("a new session goes on from state and counters exactly: 10 steps are 5 and 5", async () => {
  const set = labelled(35, [2, 2, 3], 4);
  const call = (session: NativeSession, epoch: number) =>
    session.train(trainCall(session.addDataset(set), { epoch, batches: 5 }));
  const [whole, first, second] = [0, 1, 2].map(() => openSession(everything())) as [
    NativeSession,
    NativeSession,
    NativeSession,
  ];
  await call(whole, 0);
  await call(whole, 1);
  await call(first, 0);
  assert.equal(first.counters(), { step: 5, updates: [5, 5] });
  await second.setState("training", await first.getState("training"));
  second.setCounters(first.counters());
  await sameState(second, first, "as restored");
  await call(second, 1);
  await sameState(second, whole, "10 steps");

  // Each part of what is restored matters.
  const [noCounters, noState] = [openSession(everything()), openSession(everything())];
  await noCounters.setState("training", await first.getState("training"));
  await noState.setState("model", await first.getState("model"));
  noState.setCounters(first.counters());
  for (const session of [noCounters, noState]) {
    await call(session, 1);
    assert.ok((await differences(session, whole)).includes(parameters.binary[0]!));
  }
});

test("hyperparameters count from the next step on, as if the session had been made with them", async () => {
  const set = labelled(14, [2, 2, 3], 4);
  const changes = { learningRate: 0.3, momentum: 0.2, temperature: 0.4, klWeight: 0.5, trainSetSize: 7, epsilon: 1e-3 };
  const made = openSession(everything({ binary: bayesbinn({ samples: 2, ...changes }) }));
  const changed = openSession(everything({ binary: bayesbinn({ samples: 2 }) }));
  for (const session of [made, changed]) {
    const dataset = session.addDataset(set);
    if (session === changed) session.setHyperparameters(0, changes);
    await session.train(trainCall(dataset, { batches: 2 }));
  }
  await sameState(changed, made, "after two steps");
});

test("a step of training is a committed replay of the same samples", async () => {
  const set = labelled(19, [2, 2, 3], 4);
  const [trained, replayed] = [openSession(everything({ seed: 6 })), openSession(everything({ seed: 6 }))];
  const dataset = trained.addDataset(set);
  for (const epoch of [0, 3]) {
    const order = kernels.permutation(19, 6, epoch);
    const result = await trained.train(trainCall(dataset, { epoch, batches: 3, batchSize: 7 }));
    let lossSum = 0;
    for (let first = 0; first < 19; first += 7) {
      const batch = [...order.subarray(first, first + 7)];
      const inputs = Float32Array.from(batch.flatMap((at) => [...set.inputs.subarray(at * 12, (at + 1) * 12)]));
      const targets = Int32Array.from(batch, (at) => set.targets[at]!);
      const { losses } = await replayed.replay({ inputs, targets, batch: batch.length, phase: "train", commit: true });
      lossSum += (batch.length * (losses[0]! + losses[1]!)) / 2;
    }
    assert.ok(Math.abs(result.lossSum - lossSum) < 1e-12 * lossSum, `${result.lossSum} and ${lossSum}`);
    assert.is(result.count, 19);
    await sameState(trained, replayed, `epoch ${epoch}`);
  }
});

test.run();
