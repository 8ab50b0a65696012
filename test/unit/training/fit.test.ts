import { suite } from "uvu";
import * as assert from "uvu/assert";
import { randomCrop } from "../../../lib/augmentation/random-crop.js";
import { randomFlip } from "../../../lib/augmentation/random-flip.js";
import { subset } from "../../../lib/data/subset.js";
import { flatten } from "../../../lib/layers/flatten.js";
import { linear } from "../../../lib/layers/linear.js";
import { sequential } from "../../../lib/model/sequential.js";
import type { TrainCall } from "../../../lib/native/contract.js";
import { BayesBiNN } from "../../../lib/optimizers/bayesbinn.js";
import { cosine } from "../../../lib/schedules/cosine.js";
import { exponential } from "../../../lib/schedules/exponential.js";
import { staircase } from "../../../lib/schedules/staircase.js";
import type { BatchProgress } from "../../../lib/training/callback.js";
import { Trainer } from "../../../lib/training/trainer.js";
import { installFakeAddon, nativeError } from "../../support/fake-addon.js";
import { refused, rejection } from "../../support/refused.js";
import { setUp, train, validation } from "./fit-setup.js";

/** What a fit asks of native code, shown by an addon that only takes notes. */
const test = suite("fit");

test("the specification of the session is complete", () => {
  const { native } = setUp({ affine: true });
  const { layers, loss, optimizers, ...rest } = native.spec;
  assert.equal(rest, {
    device: "auto",
    cuda: { precision: "float32", graphs: true, memoryLimit: 0 },
    threads: 1,
    seed: 1,
    maxBatch: 1000,
    inputShape: [2],
  });
  assert.equal(layers[1], {
    type: "batchNorm",
    name: "batchNorm1",
    inputs: ["linear1"],
    momentum: 0.1,
    epsilon: 1e-5,
    affine: true,
  });
  assert.equal(loss, { type: "softmaxCrossEntropy", classWeights: "none" });
  assert.equal(
    optimizers.map(({ type, parameters }) => [type, parameters]),
    [
      ["bayesbinn", ["linear1.weight"]],
      ["adam", ["batchNorm1.weight", "batchNorm1.bias"]],
    ],
  );
});

test("an epoch is a row of calls until all its steps are done", async () => {
  const { trainer, native, behaviour } = setUp();
  behaviour.stepsPerCall = 2;
  const progress: BatchProgress[] = [];
  const history = await trainer.fit({
    train,
    epochs: 2,
    batchSize: 2,
    callbacks: [{ onBatchEnd: (now) => void progress.push(now) }],
  });
  const calls = native.argumentsOf<TrainCall>("train");
  assert.equal(
    calls.map(({ epoch, firstBatch, batches }) => [epoch, firstBatch, batches]),
    [
      [0, 0, 5],
      [0, 2, 3],
      [0, 4, 1],
      [1, 0, 5],
      [1, 2, 3],
      [1, 4, 1],
    ],
  );
  assert.ok(
    calls.every(
      ({ batchSize, shuffle, budgetMilliseconds }) => batchSize === 2 && shuffle && budgetMilliseconds === 50,
    ),
  );
  assert.equal(
    progress.map(({ epoch, step, stepsPerEpoch, loss }) => [epoch, step, stepsPerEpoch, loss]),
    [1, 2].flatMap((epoch) => [2, 4, 5].map((step) => [epoch, step, 5, 1])),
  );
  assert.is(history.stepSeconds.length, 10);
  assert.equal(history.epochs[1]!.train, { loss: 1, accuracy: 1 });
});

test("the last step of an epoch takes what is left, and another fit shuffles otherwise", async () => {
  const { trainer, native } = setUp();
  await trainer.fit({ train, epochs: 2, batchSize: 4 });
  await trainer.fit({ train, epochs: 1, batchSize: 4, shuffle: false });
  const calls = native.argumentsOf<TrainCall>("train");
  assert.equal(
    calls.map(({ epoch, batches, shuffle }) => [epoch, batches, shuffle]),
    [
      [0, 3, true],
      [1, 3, true],
      [2, 3, false],
    ],
  );
});

test("the augmentation goes into every call of a step, complete, and into none where there is none", async () => {
  const addon = installFakeAddon();
  addon.behaviour.stepsPerCall = 1;
  const model = sequential({ inputShape: [1, 1, 2], layers: [flatten(), linear({ units: 3 })] });
  const trainer = new Trainer({ model, optimizer: new BayesBiNN(), threads: 1 });
  const augmentation = [randomCrop({ padding: 1 }), randomFlip()];
  await trainer.fit({ train, validation, epochs: 2, batchSize: 5, augmentation });
  const calls = addon.sessions[0]!.argumentsOf<TrainCall>("train");
  assert.is(calls.length, 4);
  for (const call of calls) {
    assert.equal(call.augmentation, [
      { type: "randomCrop", padding: 1, fill: "black" },
      { type: "randomFlip", horizontal: 0.5, vertical: 0 },
    ]);
  }
  await trainer.fit({ train, epochs: 1 });
  assert.not("augmentation" in addon.sessions[0]!.argumentsOf<TrainCall>("train").at(-1)!);
});

test("an augmentation that does not suit is refused before anything is asked of native code", async () => {
  const { trainer, native } = setUp();
  const fit = (augmentation: unknown) => () => trainer.fit({ train, epochs: 1, augmentation: augmentation as never });
  await refused(
    fit([randomFlip()]),
    "ERR_SHAPE_MISMATCH",
    /^fit.augmentation: .* \(\[2\]\), accepted: a network of images/,
  );
  await refused(fit(randomFlip()), "ERR_OPTION_TYPE", /^fit.augmentation: /);
  await refused(fit([{ type: "randomFlip", options: { horizontl: 1 } }]), "ERR_OPTION_UNKNOWN", /"horizontal"/);
  await refused(fit([{ type: "flip", options: {} }]), "ERR_OPTION_RANGE", /^fit.augmentation\[0\].type: "flip"/);
  await refused(fit([randomFlip]), "ERR_OPTION_TYPE", /^fit.augmentation\[0\]: .*randomFlip\(\)/);
  assert.equal(native.argumentsOf("train"), []);
});

test("hyperparameters are set at the start of an epoch, and only those that change", async () => {
  const schedules = { learningRate: cosine(), temperature: exponential({ gamma: 0.5 }) };
  const { trainer, native } = setUp({
    affine: true,
    optimizer: new BayesBiNN({ learningRate: 0.2, temperature: 1, schedules }),
  });
  const history = await trainer.fit({ train, epochs: 3, stopAfter: 2 });
  const set = native.calls
    .filter(([name]) => name === "setHyperparameters" || name === "train")
    .map((call) => call.slice(0, 3));
  assert.equal(set[0], ["setHyperparameters", 0, { trainSetSize: 10 }]);
  assert.is(set[1]![0], "train");
  const [name, optimizer, { learningRate, ...values }] = set[2] as [string, number, Record<string, number>];
  assert.equal([name, optimizer, values], ["setHyperparameters", 0, { temperature: 0.5 }]);
  // Cosine of 60 degrees: three quarters of the initial value.
  assert.ok(Math.abs(learningRate! - 0.15) < 1e-15);
  assert.is(set.length, 4);
  assert.equal(
    history.epochs.map((record) => record.hyperparameters["bayesbinn.temperature"]),
    [1, 0.5],
  );
  assert.is(history.epochs[0]!.learningRate, 0.2);
  assert.is(history.epochs[0]!.hyperparameters["adam.learningRate"], 1e-3);
  assert.is(history.stopped, "stopAfter");
});

test("the flip ratio is the mean over the steps of an epoch of flips a binary weight", async () => {
  const { trainer, behaviour } = setUp();
  behaviour.stepsPerCall = 2;
  const { epochs } = await trainer.fit({ train, epochs: 2, batchSize: 2 });
  assert.equal(
    epochs.map(({ flipRatio }) => flipRatio),
    [0.5, 0.5],
  );
});

test("a record has the distribution of the first optimizer that has one, in 20 parts", async () => {
  const { trainer } = setUp({ affine: true });
  const { epochs } = await trainer.fit({ train, epochs: 1 });
  assert.equal(epochs[0]!.distribution, { quantity: "latent", low: -1, high: 1, counts: new Array(20).fill(0) });
});

for (const stepsPerCall of [1, 2, 1000]) {
  test(`hyperparameters that follow the steps change at theirs, where calls end after ${stepsPerCall}`, async () => {
    const schedules = {
      learningRate: staircase({ every: 3, factor: 0.5 }),
      temperature: staircase({ every: 4, factor: 0.5 }),
    };
    const { trainer, native, behaviour } = setUp({
      optimizer: new BayesBiNN({ learningRate: 8, temperature: 1, schedules }),
    });
    behaviour.stepsPerCall = stepsPerCall;
    const rates: (number | undefined)[] = [];
    const history = await trainer.fit({
      train,
      epochs: 2,
      batchSize: 2,
      callbacks: [{ onBatchEnd: ({ learningRate }) => void rates.push(learningRate) }],
    });
    // Each step that was made with the values that held then.
    const steps: [step: number, learningRate: number, temperature: number][] = [];
    const values = { learningRate: 8, temperature: 1 };
    for (const [name, first, second] of native.calls) {
      if (name === "setHyperparameters") Object.assign(values, second);
      if (name !== "train") continue;
      const { epoch, firstBatch, batches } = first as TrainCall;
      for (let i = 0; i < Math.min(batches, stepsPerCall); i++) {
        steps.push([5 * epoch + firstBatch + i, values.learningRate, values.temperature]);
      }
    }
    const expected = Array.from({ length: 10 }, (_, step) => [
      step,
      8 * 0.5 ** Math.floor(step / 3),
      0.5 ** Math.floor(step / 4),
    ]);
    assert.equal(steps, expected);
    assert.is(rates.at(-1), 1, "the rate of the last step");
    assert.equal(
      history.epochs.map(({ learningRate, hyperparameters }) => [
        learningRate,
        hyperparameters["bayesbinn.temperature"],
      ]),
      [
        [8, 1],
        [4, 0.5],
      ],
      "the records have the values of the first steps",
    );
  });
}

test("arguments of the wrong kind are told what is accepted", async () => {
  const { trainer, model } = setUp();
  await refused(
    () => trainer.predict([1, 2] as never),
    "ERR_OPTION_TYPE",
    "predict.inputs: [1, 2] has the wrong type, accepted: a Float32Array of samples, or a Dataset",
  );
  await refused(
    () => new Trainer({ model, optimizer: new BayesBiNN(), loss: "hinge" as never }),
    "ERR_OPTION_TYPE",
    "Trainer.loss",
    /accepted: a loss such as softmaxCrossEntropy\(\)$/,
  );
  await refused(
    () => new BayesBiNN({ schedules: { learningRate: "cosine" as never } }),
    "ERR_OPTION_TYPE",
    /accepted: a schedule such as cosine\(\)$/,
  );
  await refused(
    () => sequential({ inputShape: [2], layers: [] }),
    "ERR_OPTION_RANGE",
    /accepted: an array of at least 1, each a layer, such as linear\(\{ units: 10 \}\)$/,
  );
});

test("one fit at a time, and no other call from outside", async () => {
  const { trainer, model } = setUp();
  const running = trainer.fit({
    train,
    epochs: 1,
    callbacks: [
      { onEpochEnd: () => refused(() => trainer.fit({ train, epochs: 1 }), "ERR_BUSY").then(() => undefined) },
    ],
  });
  await refused(() => trainer.fit({ train, epochs: 1 }), "ERR_BUSY", "a fit is running on this trainer");
  await refused(() => trainer.evaluate(train), "ERR_BUSY", "a fit is running");
  await refused(() => model.save("nowhere"), "ERR_BUSY");
  await running;
  await trainer.evaluate(train);
});

test("an abort between steps, in a callback and before the start", async () => {
  const { trainer, behaviour, native } = setUp();
  const reason = new Error("enough");
  behaviour.hold = true;
  const first = new AbortController();
  const running = trainer.fit({ train, epochs: 1, signal: first.signal });
  setImmediate(() => first.abort(reason));
  assert.is(await rejection(() => running), reason);
  behaviour.hold = false;
  for (const name of ["onTrainBegin", "onEpochBegin", "onBatchEnd", "onEpochEnd", "onTrainEnd"] as const) {
    const controller = new AbortController();
    const callbacks = [{ [name]: () => controller.abort(reason) }];
    assert.is(
      await rejection(() => trainer.fit({ train, epochs: 2, callbacks, signal: controller.signal })),
      reason,
      name,
    );
  }
  const before = native.calls.length;
  assert.is(await rejection(() => trainer.fit({ train, epochs: 1, signal: AbortSignal.abort(reason) })), reason);
  assert.equal(
    native.calls.slice(before).filter(([name]) => name === "train"),
    [],
  );
  await trainer.fit({ train, epochs: 1 });
});

test("dispose in the middle of a fit", async () => {
  const { trainer, behaviour } = setUp();
  behaviour.hold = true;
  const running = rejection(() => trainer.fit({ train, epochs: 1 }));
  await new Promise(setImmediate);
  await trainer[Symbol.asyncDispose]();
  await refused(async () => {
    throw await running;
  }, "ERR_DISPOSED");
  await refused(() => trainer.fit({ train, epochs: 1 }), "ERR_DISPOSED");
  await refused(() => trainer.evaluate(train), "ERR_DISPOSED");
  await refused(() => trainer.restoreBest().then(() => trainer.predict(train)), "ERR_DISPOSED");
});

test("a loss that is no number arrives as it is", async () => {
  const { trainer, behaviour } = setUp();
  behaviour.failure = nativeError("ERR_NUMERIC", "the loss of training step 3 is not a finite number");
  await refused(() => trainer.fit({ train, epochs: 1 }), "ERR_NUMERIC", "step 3");
  await trainer.fit({ train, epochs: 1 });
});

test("data are uploaded once for several fits", async () => {
  const { trainer, native } = setUp();
  const part = subset(train, [1, 2, 3]);
  await trainer.fit({ train, validation: part, epochs: 1 });
  await trainer.fit({ train: part, validation: train, epochs: 1 });
  await trainer.evaluate(train);
  assert.is(native.datasets.size, 2);
});

test.run();
