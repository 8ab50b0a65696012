import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { readSafetensors } from "../../../lib/io/safetensors.js";
import { linear } from "../../../lib/layers/linear.js";
import { Model } from "../../../lib/model/model.js";
import { sequential } from "../../../lib/model/sequential.js";
import { PMF } from "../../../lib/optimizers/pmf.js";
import { cosine } from "../../../lib/schedules/cosine.js";
import { exponential } from "../../../lib/schedules/exponential.js";
import { Trainer } from "../../../lib/training/trainer.js";
import { temporaryFolder } from "../../support/temporary-folder.js";
import { toyPoints } from "../../support/toy-data.js";

const test = suite("hyperparameters that predictions depend on");

const data = toyPoints(31);
const points = data.inputs as Float32Array;

/** Trains, saves and loads a model: predictions stay what they are. The trained model's options in the file. */
async function savedOptions(optimizer: PMF): Promise<Record<string, unknown>> {
  const model = sequential({ inputShape: [2], layers: [linear({ units: 9 }), linear({ units: 3 })] });
  await using trainer = new Trainer({ model, optimizer, threads: 1 });
  await trainer.fit({ train: data, epochs: 3, batchSize: 8 });
  const path = join(temporaryFolder(), "annealed.safetensors");
  await model.save(path);
  await using loaded = await Model.load(path);
  for (const samples of [0, 4]) {
    assert.equal(await loaded.predict(points, { samples }), await model.predict(points, { samples }), `${samples}`);
  }
  const { metadata } = await readSafetensors(path);
  return (JSON.parse(metadata["optimizers"]!) as { options: Record<string, unknown> }[])[0]!.options;
}

test("a file holds what they are when it is written, and predicts the same mean", async () => {
  const schedules = { beta: exponential({ gamma: 1.5 }), learningRate: cosine() };
  const optimizer = new PMF({ beta: 0.1, learningRate: 0.01, schedules });
  const options = await savedOptions(optimizer);
  assert.is(options["beta"], optimizer.hyperparameters({ epoch: 2, epochs: 3, step: 0 }, { trainSetSize: 1 })["beta"]);
  assert.is(options["learningRate"], 0.01, "what predictions do not depend on is as it was given");
});

test("a limit that has grown: the file's beta is not held to the one at the beginning", async () => {
  const schedules = { beta: exponential({ gamma: 10 }), maxBeta: exponential({ gamma: 2 }) };
  const options = await savedOptions(new PMF({ beta: 0.1, maxBeta: 0.2, learningRate: 0.01, schedules }));
  assert.equal([options["beta"], options["maxBeta"]], [0.8, 0.8]);
});

test("a beta that grows beyond all numbers ends no fit: it stays at its limit", async () => {
  const options = await savedOptions(new PMF({ schedules: { beta: exponential({ gamma: 1e200 }) } }));
  assert.is(options["beta"], 1e4);
});

test("the best weights come back, and are saved, with what they were at their epoch", async () => {
  const model = sequential({ inputShape: [2], layers: [linear({ units: 9 }), linear({ units: 3 })] });
  // The mode is the same in every epoch, so that the first one is the best; beta moves the posterior away from it.
  const optimizer = new PMF({ beta: 0.1, learningRate: 0, schedules: { beta: exponential({ gamma: 10 }) } });
  const trainer = new Trainer({ model, optimizer, threads: 1 });
  const first: unknown[] = [];
  const onEpochEnd = async () => void first.push(await trainer.evaluate(data, { samples: 20 }));
  const options = { train: data, validation: data, epochs: 4, batchSize: 8, restoreBest: false };
  const { bestEpoch } = await trainer.fit({ ...options, callbacks: [{ onEpochEnd }] });
  assert.is(bestEpoch, 1);
  assert.not.equal(first[3], first[0]);
  const path = join(temporaryFolder(), "best.safetensors");
  await trainer.saveBest(path);
  assert.equal(await trainer.evaluate(data, { samples: 20 }), first[3], "saving changes nothing");
  await trainer.restoreBest();
  assert.equal(await trainer.evaluate(data, { samples: 20 }), first[0]);
  await using loaded = await Model.load(path);
  assert.equal(await loaded.evaluate(data, { samples: 20 }), first[0]);
  trainer.dispose();
});

test.run();
