import { suite } from "uvu";
import * as assert from "uvu/assert";
import { batchNorm } from "../../../lib/layers/batch-norm.js";
import { flatten } from "../../../lib/layers/flatten.js";
import { linear } from "../../../lib/layers/linear.js";
import { relu } from "../../../lib/layers/relu.js";
import { sequential } from "../../../lib/model/sequential.js";
import { PMF } from "../../../lib/optimizers/pmf.js";
import { staircase } from "../../../lib/schedules/staircase.js";
import type { Callback } from "../../../lib/training/callback.js";
import type { FitOptions } from "../../../lib/training/fit-options.js";
import type { EpochRecord } from "../../../lib/training/history.js";
import { Trainer } from "../../../lib/training/trainer.js";
import { refused } from "../../support/refused.js";
import { temporaryFolder } from "../../support/temporary-folder.js";

import { file, open, options, outcome, shape, train, uninterrupted, validation } from "./resumable.js";

const test = suite("resuming a fit");

test("a fit resumed after any epoch ends as the one that went on, whatever the threads", async () => {
  const { folder, expected } = await uninterrupted();
  for (const epoch of [1, 2, 3, 4, 5, 6]) {
    await using trainer = open({ threads: 1 + (epoch % 2) });
    const history = await trainer.fit({ ...options, resumeFrom: file(folder, epoch) });
    assert.equal(await outcome(trainer, history), expected, `after epoch ${epoch}`);
  }
});

test("schedules by training steps go on within an epoch, and what predictions depend on is as it was", async () => {
  const schedules = {
    learningRate: staircase({ every: 7, factor: 0.8 }),
    beta: staircase({ every: 13, factor: 1.4, maximum: 50 }),
  };
  const openPmf = () => {
    const layers = [flatten(), linear({ units: 17 }), batchNorm(), relu(), linear({ units: 3 })];
    const optimizer = new PMF({ learningRate: 0.05, schedules });
    return new Trainer({ model: sequential({ inputShape: shape, layers }), optimizer, seed: 3, threads: 1 });
  };
  const fit = { train, validation, epochs: 5, batchSize: 17, restoreBest: false };
  const end = async (more: Partial<FitOptions>) => {
    await using trainer = openPmf();
    const all = await outcome(trainer, await trainer.fit({ ...fit, ...more }));
    const last = await trainer.evaluate(train, { samples: 5 });
    await trainer.restoreBest();
    return { all, last, best: await trainer.evaluate(train, { samples: 5 }) };
  };
  const folder = temporaryFolder();
  const expected = await end({ checkpoints: { folder, keep: 100 } });
  for (const epoch of [1, 2, 3, 4, 5]) {
    assert.equal(await end({ resumeFrom: file(folder, epoch) }), expected, `after epoch ${epoch}`);
  }
});

test("writing checkpoints changes nothing, nor does what the trainer did before it resumed", async () => {
  const { folder, expected } = await uninterrupted();
  await using plain = open();
  assert.equal(await outcome(plain, await plain.fit(options)), expected);
  await using used = open();
  await used.fit({ ...options, epochs: 2 });
  assert.equal(await outcome(used, await used.fit({ ...options, resumeFrom: file(folder, 3) })), expected);
});

test("a second fit of a trainer resumes as the second", async () => {
  const run = async (resume: string | undefined, folder?: string) => {
    await using trainer = open();
    if (resume === undefined) await trainer.fit({ ...options, epochs: 2 });
    const history = await trainer.fit({
      ...options,
      ...(folder !== undefined && { checkpoints: { folder } }),
      ...(resume !== undefined && { resumeFrom: resume }),
    });
    return outcome(trainer, history);
  };
  const folder = temporaryFolder();
  const expected = await run(undefined, folder);
  assert.equal(await run(file(folder, 5)), expected);
});

test("a checkpoint resumed with more epochs follows the longer schedule", async () => {
  const folder = temporaryFolder();
  await using short = open();
  await short.fit({ ...options, epochs: 8, stopAfter: 3, checkpoints: { folder } });
  await using long = open();
  const expected = await outcome(long, await long.fit({ ...options, epochs: 8 }));
  await using resumed = open();
  const plans: number[][] = [];
  const watch: Callback = {
    onTrainBegin: ({ firstEpoch, lastEpoch, earlier }) => void plans.push([firstEpoch, lastEpoch, earlier.length]),
  };
  const history = await resumed.fit({ ...options, epochs: 8, resumeFrom: file(folder, 3), callbacks: [watch] });
  assert.equal(await outcome(resumed, history), expected);
  assert.equal(plans, [[4, 8, 3]]);
});

test("early stopping goes on waiting, and a fit that it ended stays ended", async () => {
  // Nothing improves by more than 1, so that the third epoch is the second in vain.
  const earlyStopping = { patience: 2, minDelta: 1 };
  const { folder, expected } = await uninterrupted({ earlyStopping });
  for (const epoch of [1, 2, 3]) {
    await using trainer = open();
    const history = await trainer.fit({ ...options, earlyStopping, resumeFrom: file(folder, epoch) });
    assert.is(history.stopped, "early");
    assert.is(history.epochs.length, 3);
    assert.equal(await outcome(trainer, history), expected, `after epoch ${epoch}`);
  }
});

test("callbacks go on from their state", async () => {
  const folder = temporaryFolder();
  const counter = (name: string) => ({
    name,
    seen: [] as number[],
    onEpochEnd(record: EpochRecord) {
      this.seen.push(record.epoch);
    },
    getState() {
      return { seen: this.seen };
    },
    setState(state: unknown) {
      this.seen = [...(state as { seen: number[] }).seen];
    },
  });
  await using first = open();
  await first.fit({ ...options, stopAfter: 3, checkpoints: { folder }, callbacks: [counter("a"), counter("b")] });
  await using second = open();
  const [known, fresh] = [counter("b"), counter("c")];
  await second.fit({ ...options, resumeFrom: file(folder, 3), callbacks: [known, fresh] });
  assert.equal(known.seen, [1, 2, 3, 4, 5, 6]);
  assert.equal(fresh.seen, [4, 5, 6]);
  await refused(
    () => second.fit({ ...options, callbacks: [counter("a"), counter("a")] }),
    "ERR_OPTION_RANGE",
    /^fit\.callbacks\[1\]\.name: "a"/,
  );
  const { name: _, ...nameless } = counter("a");
  await refused(() => second.fit({ ...options, callbacks: [nameless] }), "ERR_OPTION_RANGE", /callbacks\[0\]\.name/);
});

test.run();
