import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { tensorBoard } from "../../../lib/loggers/tensor-board.js";
import { recordOf } from "../../../lib/loggers/tensorboard/record.js";
import { temporaryFolder } from "../../support/temporary-folder.js";
import { crc32c, readEvents, readRecords } from "./event-file.js";
import { bareRecord, fitWith, fullRecord } from "./fit-records.js";

const test = suite("TensorBoard");

const eventsOf = (folder: string) =>
  readdirSync(folder)
    .sort()
    .map((file) => readEvents(readFileSync(join(folder, file))));

test("the reader of these tests has the checksum of RFC 3720", () => {
  assert.is(crc32c(Buffer.from("123456789")), 0xe3069283);
  assert.is(crc32c(Buffer.alloc(32)), 0x8a9136aa);
});

test("entries hold data of any length", () => {
  const data = [0, 1, 7, 255, 70_001].map((length) => Buffer.alloc(length, 211));
  assert.equal(readRecords(Buffer.concat(data.map(recordOf))), data);
});

test("a fit is one file with the scalars and the histogram of each epoch", async () => {
  const folder = join(temporaryFolder(), "logs", "first");
  const before = Date.now() / 1000;
  await fitWith(tensorBoard({ folder }), [fullRecord(1), fullRecord(2)]);
  assert.match(readdirSync(folder)[0]!, /^events\.out\.tfevents\.\d{10}\./);
  const [events, ...others] = eventsOf(folder);
  assert.equal(others, []);
  const [version, start, ...epochs] = events!;
  assert.is(version!.version, "brain.Event:2");
  assert.equal([start!.step, start!.sessionStatus], [1, 1]);
  assert.ok(events!.every(({ wallTime }) => wallTime >= before && wallTime <= Date.now() / 1000));
  assert.equal(
    epochs.map(({ step }) => step),
    [1, 2],
  );
  // Scalars are float32.
  assert.equal(epochs[1]!.scalars, {
    "train/loss": 2.25,
    "train/accuracy": 0.5,
    "validation/loss": 2.5,
    "validation/accuracy": 0.625,
    "test/loss": 2.75,
    "test/accuracy": 0.75,
    learning_rate: Math.fround(1e-4 / 2),
    flip_ratio: 0.25,
    "hyperparameters/bayesbinn.learningRate": Math.fround(1e-4 / 2),
    "hyperparameters/bayesbinn.temperature": 0.5,
    "seconds/train": 1.5,
    "seconds/evaluate": 0.25,
    steps_per_second: Math.fround(4 / 1.5),
  });
  // Middles 0.125, 0.375, 0.625, 0.875 of the counts 5, 0, 2, 1.
  assert.equal(epochs[1]!.histograms, {
    "weights/probability": {
      min: 0,
      max: 1,
      num: 8,
      sum: 5 * 0.125 + 2 * 0.625 + 0.875,
      sumSquares: 5 * 0.125 ** 2 + 2 * 0.625 ** 2 + 0.875 ** 2,
      limits: [0.25, 0.5, 0.75, 1],
      counts: [5, 0, 2, 1],
    },
  });
});

test("what an epoch lacks has no value, and latent weights have their range", async () => {
  const folder = temporaryFolder();
  const latent = { quantity: "latent", low: -1, high: 1, counts: [1, 3] } as const;
  await fitWith(tensorBoard({ folder }), [{ ...bareRecord(1), distribution: latent }]);
  const { scalars, histograms } = eventsOf(folder)[0]!.at(-1)!;
  assert.equal(Object.keys(scalars), ["train/loss", "seconds/train", "seconds/evaluate", "steps_per_second"]);
  const { limits, min, max, sum } = histograms["weights/latent"]!;
  assert.equal([limits, min, max, sum], [[0, 1], -1, 1, 1]);
});

test("a fit that resumes writes a new file, from whose first epoch on older ones do not count", async () => {
  const folder = temporaryFolder();
  await fitWith(tensorBoard({ folder }), [fullRecord(1), fullRecord(2), fullRecord(3)]);
  await fitWith(tensorBoard({ folder }), [fullRecord(3), fullRecord(4)]);
  const [first, second] = eventsOf(folder);
  assert.is(first!.length, 5);
  assert.equal(
    second!.map(({ step, sessionStatus }) => [step, sessionStatus]),
    [
      [0, undefined],
      [3, 1],
      [3, undefined],
      [4, undefined],
    ],
  );
});

test.run();
