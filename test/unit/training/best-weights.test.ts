import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { readSafetensors } from "../../../lib/io/safetensors.js";
import { linear } from "../../../lib/layers/linear.js";
import { sequential } from "../../../lib/model/sequential.js";
import { Session } from "../../../lib/model/session.js";
import type { NamedTensor } from "../../../lib/native/contract.js";
import { BayesBiNN } from "../../../lib/optimizers/bayesbinn.js";
import { BestWeights } from "../../../lib/training/best-weights.js";
import { EarlyStopping } from "../../../lib/training/early-stopping.js";
import type { EpochRecord } from "../../../lib/training/history.js";
import { Trainer } from "../../../lib/training/trainer.js";
import { installFakeAddon } from "../../support/fake-addon.js";
import { rejection } from "../../support/refused.js";
import { temporaryFolder } from "../../support/temporary-folder.js";
import { toyPoints } from "../../support/toy-data.js";

const test = suite("best weights");

const folder = temporaryFolder();
const train = toyPoints(4);
const validation = toyPoints(4);

/** A trainer whose evaluations give these accuracies, a tenth each, and then all losses of 1. */
function setUp(...correct: number[]) {
  const { sessions, behaviour } = installFakeAddon();
  const model = sequential({ inputShape: [2], layers: [linear({ units: 3 })] });
  const trainer = new Trainer({ model, optimizer: new BayesBiNN(), threads: 1 });
  behaviour.evaluations = correct.map((count) => ({ lossSum: 10, correct: count, count: 10 }));
  return { model, trainer, native: sessions[0]!, behaviour };
}

/** The fake's weight is the number of steps that it was trained for. */
const weightOf = (state: readonly NamedTensor[] | undefined) => state?.[0]?.data[0];

test("the best epoch is the first of the highest validation accuracy", async () => {
  const { trainer, native } = setUp(3, 7, 5, 7);
  const history = await trainer.fit({ train, validation, epochs: 4 });
  assert.is(history.bestEpoch, 2);
  assert.equal(
    history.epochs.map((record) => record.validation!.accuracy),
    [0.3, 0.7, 0.5, 0.7],
  );
  assert.is(weightOf(trainer.bestState), 2);
  assert.is(native.argumentsOf("restoreState").length, 1, "the fit ends with the best weights");
});

test("without an accuracy the lowest loss is the best", async () => {
  const { trainer, behaviour } = setUp();
  behaviour.evaluations = [3, 1, 2].map((lossSum) => ({ lossSum, correct: Number.NaN, count: 1 }));
  const history = await trainer.fit({ train, validation, epochs: 3, restoreBest: false });
  assert.is(history.bestEpoch, 2);
  assert.equal(history.epochs[0]!.validation, { loss: 3 });
});

test("nothing is restored where the last epoch is the best, or where it is not wanted", async () => {
  const { trainer, native, behaviour } = setUp(1, 2);
  await trainer.fit({ train, validation, epochs: 2 });
  behaviour.evaluations = [9, 8].map((correct) => ({ lossSum: 1, correct, count: 10 }));
  await trainer.fit({ train, validation, epochs: 2, restoreBest: false });
  assert.is(native.argumentsOf("restoreState").length, 0);
  await trainer.restoreBest();
  assert.is(native.argumentsOf("restoreState").length, 1);
});

test("without validation data the last epoch is the best, and stays", async () => {
  const { trainer, native } = setUp();
  const history = await trainer.fit({ train, epochs: 3 });
  assert.is(history.bestEpoch, 3);
  assert.is(trainer.bestState, undefined);
  await trainer.restoreBest();
  assert.is(native.argumentsOf("restoreState").length, 0);
  await trainer.saveBest(join(folder, "last"));
  assert.is((await readSafetensors(join(folder, "last"))).tensors[0]!.data[0], 3);
});

test("the best weights are saved without disturbing the last ones", async () => {
  const { trainer, native } = setUp(9, 1);
  await trainer.fit({ train, validation, epochs: 2, restoreBest: false });
  await trainer.saveBest(join(folder, "best"));
  await trainer.model.save(join(folder, "final"));
  assert.is((await readSafetensors(join(folder, "best"))).tensors[0]!.data[0], 1);
  assert.is((await readSafetensors(join(folder, "final"))).tensors[0]!.data[0], 2);
  assert.is(native.argumentsOf("restoreState").length, 0);
});

test("best weights are not overwritten while they are saved", async () => {
  const { trainer } = setUp(1, 2, 3);
  const saved: Promise<void>[] = [];
  const save = {
    onEpochEnd: ({ epoch }: EpochRecord) => void saved.push(trainer.saveBest(join(folder, `best ${epoch}`))),
  };
  await trainer.fit({ train, validation, epochs: 3, callbacks: [save] });
  await Promise.all(saved);
  for (const epoch of [1, 2, 3])
    assert.is((await readSafetensors(join(folder, `best ${epoch}`))).tensors[0]!.data[0], epoch);
});

test("the best weights are there after dispose", async () => {
  const { trainer } = setUp(9, 1);
  await trainer.fit({ train, validation, epochs: 2 });
  trainer.dispose();
  assert.is(weightOf(trainer.bestState), 1);
  await trainer.saveBest(join(folder, "disposed"));
  assert.is((await readSafetensors(join(folder, "disposed"))).tensors[0]!.data[0], 1);
});

test("the copy is not overwritten while it is read", async () => {
  const { sessions } = installFakeAddon();
  const layers = [{ type: "linear", name: "linear1", inputs: ["input"] }];
  const cuda = { precision: "float32", graphs: true, memoryLimit: 0 } as const;
  const network = {
    device: "cpu",
    cuda,
    threads: 1,
    seed: 1,
    maxBatch: 1,
    inputShape: [2],
    loss: { type: "none" },
  } as const;
  const session = Session.open({ ...network, layers, optimizers: [] });
  const best = new BestWeights(session, []);
  const found = (epoch: number) => ({ epoch, metrics: { loss: 1 }, hyperparameters: [] });
  await best.keep(found(1), session);
  let release = () => {};
  const reading = best.read((_, at) => new Promise((resolve) => (release = () => resolve(at?.epoch))));
  const keeping = best.keep(found(2), session);
  await new Promise((resolve) => setImmediate(resolve));
  assert.is(sessions[0]!.argumentsOf("keepState").length, 1);
  assert.is(best.found?.epoch, 1);
  release();
  assert.is(await reading, 1);
  await keeping;
  assert.is(sessions[0]!.argumentsOf("keepState").length, 2);
  assert.is(best.found?.epoch, 2);
});

test("an aborted fit leaves the best weights so far", async () => {
  const { trainer } = setUp(5, 6, 7);
  const controller = new AbortController();
  const stop = { onEpochEnd: ({ epoch }: EpochRecord) => (epoch === 2 ? controller.abort() : undefined) };
  await rejection(() => trainer.fit({ train, validation, epochs: 3, callbacks: [stop], signal: controller.signal }));
  assert.is(weightOf(trainer.bestState), 2);
});

test("test data: after every epoch, or once at the end with the weights that stay", async () => {
  const every = setUp(9, 4, 1, 5);
  const history = await every.trainer.fit({ train, validation, test: validation, testEveryEpoch: true, epochs: 2 });
  assert.equal(
    history.epochs.map(({ test }) => test!.accuracy),
    [0.4, 0.5],
  );
  assert.is(history.test!.accuracy, 0.4, "that of the best epoch, whose weights are back");
  assert.is(every.native.argumentsOf("evaluate").length, 4);
  const once = setUp(9, 1, 6);
  const short = await once.trainer.fit({ train, validation, test: validation, epochs: 2 });
  assert.equal(
    short.epochs.map(({ test }) => test),
    [undefined, undefined],
  );
  assert.is(short.test!.accuracy, 0.6);
});

test("early stopping ends a fit that no longer improves", async () => {
  const { trainer } = setUp(5, 6, 6, 5, 9);
  const history = await trainer.fit({ train, validation, epochs: 9, earlyStopping: { patience: 2 } });
  assert.is(history.epochs.length, 4);
  assert.is(history.bestEpoch, 2);
  assert.is(history.stopped, "early");
});

test("early stopping watches what it is told to, with the least change that counts", () => {
  const record = (loss: number) => ({ train: { loss, accuracy: 1 - loss } }) as EpochRecord;
  const stops = (monitor: "train.loss" | "train.accuracy", minDelta: number, losses: number[]) => {
    const stopping = new EarlyStopping({ monitor, minDelta, patience: 2 });
    return losses.findIndex((loss) => {
      stopping.observe(record(loss));
      return stopping.stops;
    });
  };
  for (const monitor of ["train.loss", "train.accuracy"] as const) {
    assert.is(stops(monitor, 0, [0.5, 0.4, 0.4, 0.5]), 3, monitor);
    assert.is(stops(monitor, 0, [0.5, 0.45, 0.42, 0.41]), -1, monitor);
    assert.is(stops(monitor, 0.2, [0.5, 0.45, 0.42, 0.41]), 2, monitor);
  }
});

test.run();
