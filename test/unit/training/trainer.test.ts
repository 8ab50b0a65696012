import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Dataset } from "../../../lib/data/dataset.js";
import { batchNorm } from "../../../lib/layers/batch-norm.js";
import { linear } from "../../../lib/layers/linear.js";
import { meanSquaredError } from "../../../lib/losses/mean-squared-error.js";
import { sequential } from "../../../lib/model/sequential.js";
import { Adam } from "../../../lib/optimizers/adam.js";
import { BayesBiNN } from "../../../lib/optimizers/bayesbinn.js";
import { cosine } from "../../../lib/schedules/cosine.js";
import { splitDataset } from "../../../lib/training/split.js";
import { Trainer, type TrainerOptions } from "../../../lib/training/trainer.js";
import { refused } from "../../support/refused.js";
import { toyPoints, toyTargets } from "../../support/toy-data.js";

/** With the native addon. */
const test = suite("trainer");

const train = toyPoints(300);

function toyTrainer(options: Partial<TrainerOptions> = {}, units = 3) {
  const model = sequential({
    inputShape: [2],
    layers: [linear({ units: 32 }), batchNorm(), linear({ units }), batchNorm()],
  });
  return new Trainer({ model, optimizer: new BayesBiNN({ learningRate: 1e-3 }), threads: 1, ...options });
}

test("learns classes that straight lines separate", async () => {
  // Settings with which seeds 1 to 6 all get there, so that no luck of the seed is tested.
  const schedules = { learningRate: cosine() };
  const optimizer = new BayesBiNN({ learningRate: 0.01, temperature: 1, initialLambda: 1, momentum: 0.9, schedules });
  await using trainer = toyTrainer({ optimizer });
  const { epochs } = await trainer.fit({ train, validation: toyPoints(99), epochs: 15, batchSize: 20 });
  // Chance is a third.
  const { train: last } = epochs.at(-1)!;
  assert.ok(last.accuracy! > 0.9, `training accuracy ${last.accuracy}`);
  const { accuracy } = await trainer.evaluate(train);
  assert.ok(accuracy! > 0.9, `accuracy ${accuracy}`);
});

test("the same seed gives the same history, whatever the threads; another seed another one", async () => {
  const run = async (seed: number, threads: number) => {
    await using trainer = toyTrainer({ seed, threads });
    const { epochs } = await trainer.fit({ train, validation: toyPoints(99), epochs: 2, batchSize: 7 });
    return epochs.map(({ train: onTrain, validation }) => [onTrain, validation]);
  };
  const expected = await run(1, 1);
  assert.equal(await run(1, 1), expected);
  assert.equal(await run(1, 3), expected);
  assert.not.equal(await run(2, 1), expected);
});

test("the seed is that of the model where none is given", async () => {
  const first = async (options: Partial<TrainerOptions>) => {
    await using trainer = toyTrainer(options);
    return await trainer.predict(train);
  };
  assert.equal(await first({}), await first({ seed: 1 }));
  assert.not.equal(await first({}), await first({ seed: 2 }));
});

test("an abort stops within an epoch, and training goes on", async () => {
  await using trainer = toyTrainer();
  const controller = new AbortController();
  const callbacks = [{ onBatchEnd: () => controller.abort(new Error("enough")) }];
  const error = await refusedWith(
    trainer.fit({ train, epochs: 50, batchSize: 1, callbacks, signal: controller.signal }),
  );
  assert.is(error, "enough");
  await trainer.fit({ train, epochs: 1 });
});

async function refusedWith(promise: Promise<unknown>): Promise<string> {
  return promise.then(
    () => "nothing",
    (error: Error) => error.message,
  );
}

test("options of a trainer are checked", async () => {
  await refused(() => toyTrainer({ optimizer: new Adam() }), "ERR_OPTIMIZER_CLAIM", "add new BayesBiNN()");
  await refused(
    () => toyTrainer({ optimizer: {} as never }),
    "ERR_OPTION_TYPE",
    "Trainer.optimizer",
    "new BayesBiNN()",
  );
  await refused(() => toyTrainer({ model: {} as never }), "ERR_OPTION_TYPE", "Trainer.model");
  await refused(() => toyTrainer({ threads: 0 }), "ERR_OPTION_RANGE", "Trainer.threads: 0");
  await refused(() => toyTrainer({ device: "gpu" as never }), "ERR_OPTION_RANGE", 'Trainer.device: "gpu" is unknown');
  await refused(() => toyTrainer({ maxBatch: 0 }), "ERR_OPTION_RANGE", "Trainer.maxBatch: 0");
  await refused(() => toyTrainer({ seed: 0.5 }), "ERR_OPTION_RANGE", "Trainer.seed: 0.5");
  await refused(
    () => toyTrainer({ loss: { type: "hinge", options: {} } }),
    "ERR_OPTION_RANGE",
    'Trainer.loss.type: "hinge"',
  );
  await refused(() => toyTrainer({ treads: 1 } as never), "ERR_OPTION_UNKNOWN", 'did you mean "threads"?');
});

test("options of a fit are checked", async () => {
  await using trainer = toyTrainer({ maxBatch: 50 });
  const fit = (change: object) => () => trainer.fit({ train, epochs: 1, batchSize: 10, ...change });
  await refused(fit({ epochs: 0 }), "ERR_OPTION_RANGE", "fit.epochs: 0 is out of range, accepted: an integer >= 1");
  await refused(fit({ epochs: 1.5 }), "ERR_OPTION_RANGE", "fit.epochs: 1.5");
  await refused(fit({ epochs: undefined }), "ERR_OPTION_TYPE", "fit.epochs: missing");
  await refused(fit({ stopAfter: 0 }), "ERR_OPTION_RANGE", "fit.stopAfter: 0");
  await refused(fit({ batchSize: 0 }), "ERR_OPTION_RANGE", "fit.batchSize: 0");
  await refused(fit({ batchSize: 51 }), "ERR_OPTION_RANGE", "fit.batchSize: 51", "maxBatch");
  await refused(fit({ evaluationBatchSize: 51 }), "ERR_OPTION_RANGE", "fit.evaluationBatchSize: 51");
  await refused(fit({ train: undefined }), "ERR_OPTION_TYPE", "fit.train: missing, accepted: a Dataset");
  await refused(fit({ validation: [] }), "ERR_OPTION_TYPE", "fit.validation: []");
  await refused(fit({ callbacks: [() => undefined] }), "ERR_OPTION_TYPE", "fit.callbacks[0]");
  await refused(
    fit({ signal: {} }),
    "ERR_OPTION_TYPE",
    "fit.signal: an object has the wrong type, accepted: an AbortSignal",
  );
  await refused(fit({ epoch: 3 }), "ERR_OPTION_UNKNOWN", 'did you mean "epochs"?');
  await refused(fit({ testEveryEpoch: true }), "ERR_OPTION_RANGE", "fit.testEveryEpoch: true needs test");
  await refused(fit({ restoreBest: true }), "ERR_OPTION_RANGE", "fit.restoreBest: true needs validation");
  await refused(fit({ earlyStopping: {} }), "ERR_OPTION_RANGE", "fit.earlyStopping.monitor", "needs validation");
  await refused(fit({ earlyStopping: { monitor: "train.los" } }), "ERR_OPTION_RANGE", 'did you mean "train.loss"?');
  await refused(fit({ earlyStopping: { patience: 0 } }), "ERR_OPTION_RANGE", "fit.earlyStopping.patience: 0");
  await trainer.fit({ train, epochs: 1, batchSize: 50 });
});

test("data that do not suit the network", async () => {
  await using trainer = toyTrainer();
  const fit = (data: Dataset) => () => trainer.fit({ train: data, epochs: 1 });
  await refused(fit({ ...train, sampleShape: [1] }), "ERR_SHAPE_MISMATCH", "fit.train", "[1]", "[2]");
  await refused(fit(toyTargets(30)), "ERR_SHAPE_MISMATCH", "numbers (Float32Array)", "softmaxCrossEntropy");
  await refused(fit({ ...train, classes: 4 }), "ERR_SHAPE_MISMATCH", "4 classes", "3 outputs");
  await refused(fit({ ...train, length: 0 }), "ERR_OPTION_RANGE", "fit.train.length: 0");
  const nan = Float32Array.from(train.inputs);
  nan[5] = Number.NaN;
  await refused(fit({ ...train, inputs: nan }), "ERR_NUMERIC", "NaN");
  const { classes: _, ...unnumbered } = train;
  const labels = Int32Array.from(train.targets);
  labels[7] = 3;
  await refused(fit({ ...unnumbered, targets: labels }), "ERR_OPTION_RANGE", "label 3 of sample 7");
  await trainer.fit({ train: toyPoints(30, [1, 2]), epochs: 1 });
});

test("losses of values take as many numbers as there are outputs", async () => {
  await using trainer = toyTrainer({ loss: meanSquaredError() }, 1);
  await trainer.fit({ train: toyTargets(30), epochs: 1 });
  await refused(
    () => trainer.fit({ train, epochs: 1 }),
    "ERR_SHAPE_MISMATCH",
    "class labels (Int32Array)",
    "meanSquaredError",
  );
  const accuracy = { monitor: "train.accuracy" as const };
  await refused(
    () => trainer.fit({ train: toyTargets(30), epochs: 1, earlyStopping: accuracy }),
    "ERR_OPTION_RANGE",
    "meanSquaredError has none",
  );
  await using wide = toyTrainer({ loss: meanSquaredError() });
  await refused(
    () => wide.fit({ train: toyTargets(30), epochs: 1 }),
    "ERR_SHAPE_MISMATCH",
    "1 numbers a target",
    "3 outputs",
  );
});

test("a split is drawn by its seed, and shares the arrays", () => {
  const data = toyPoints(100);
  const [rest, held] = splitDataset(data, { fraction: 0.25, seed: 4 });
  assert.is(rest.length, 75);
  assert.is(held.length, 25);
  assert.is(held.inputs, data.inputs);
  const indices = [...rest.indices!, ...held.indices!];
  assert.equal(
    indices.toSorted((a, b) => a - b),
    Array.from({ length: 100 }, (_, index) => index),
  );
  assert.equal(splitDataset(data, { fraction: 0.25, seed: 4 })[1].indices, held.indices);
  assert.not.equal(splitDataset(data, { fraction: 0.25, seed: 5 })[1].indices, held.indices);
  const [, inner] = splitDataset(held, { fraction: 0.5 });
  assert.ok(
    inner.indices!.every((index) => held.indices!.includes(index)),
    "a part of a part",
  );
});

test("options of a split are checked", async () => {
  const split =
    (fraction: number, length = 10) =>
    () =>
      splitDataset(toyPoints(length), { fraction });
  await refused(
    split(1.5),
    "ERR_OPTION_RANGE",
    "splitDataset.fraction: 1.5 is out of range, accepted: a number > 0 and < 1",
  );
  await refused(split(0.01), "ERR_OPTION_RANGE", "splitDataset.fraction: 0.01", "10 samples");
  await refused(split(0.5, 1), "ERR_OPTION_RANGE", "1 samples");
  await refused(() => splitDataset({} as never, { fraction: 0.5 }), "ERR_OPTION_TYPE", "splitDataset.dataset");
});

test.run();
