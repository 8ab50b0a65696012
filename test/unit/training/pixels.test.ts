// Fits of networks that predict a class of each pixel: what they record, and what augmentation does to masks.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { unet } from "../../../lib/architectures/unet.js";
import type { Augmentation } from "../../../lib/augmentation/augmentation.js";
import { randomCrop } from "../../../lib/augmentation/random-crop.js";
import { randomElastic } from "../../../lib/augmentation/random-elastic.js";
import { randomFlip } from "../../../lib/augmentation/random-flip.js";
import { randomQuarterTurn } from "../../../lib/augmentation/random-quarter-turn.js";
import { randomRotation } from "../../../lib/augmentation/random-rotation.js";
import { subset } from "../../../lib/data/subset.js";
import { tileDataset } from "../../../lib/data/tiles/tile-dataset.js";
import { csvLogger } from "../../../lib/loggers/csv-logger.js";
import { tensorBoard } from "../../../lib/loggers/tensor-board.js";
import { BayesBiNN } from "../../../lib/optimizers/bayesbinn.js";
import type { Optimizer } from "../../../lib/optimizers/optimizer.js";
import { STE } from "../../../lib/optimizers/ste.js";
import { cosine } from "../../../lib/schedules/cosine.js";
import type { FitOptions } from "../../../lib/training/fit-options.js";
import { splitDataset } from "../../../lib/training/split.js";
import { Trainer } from "../../../lib/training/trainer.js";
import { refused } from "../../support/refused.js";
import { temporaryFolder } from "../../support/temporary-folder.js";
import { toyDiscs } from "../../support/toy-masks.js";
import { readEvents } from "../loggers/event-file.js";
import { file, outcome } from "./resumable.js";

const test = suite("fits of pixels");

/** Tiles of which valid convolutions leave 6x6 pixels, 30 of each image. */
const tile = { size: [22, 22], margin: 8 } as const;
const [train, validation] = splitDataset(tileDataset(toyDiscs(4, 1), tile), { fraction: 0.25, seed: 1 });
const unseen = tileDataset(toyDiscs(2, 2), tile);

const bayesbinn = () => new BayesBiNN({ learningRate: 1e-2, temperature: 0.5, initialLambda: 1 });

function open(optimizer: Optimizer = bayesbinn()): Trainer {
  const model = unet({ inputShape: [1, 22, 22], outputs: 2, depth: 2, width: 4 });
  return new Trainer({ model, optimizer, threads: 1 });
}

const options = {
  train,
  validation,
  test: unseen,
  testEveryEpoch: true,
  epochs: 3,
  batchSize: 32,
} satisfies FitOptions;

test("records, tables and TensorBoard have the mean IoU of whole images", async () => {
  await using trainer = open();
  const folder = temporaryFolder();
  const [path, logs] = [join(folder, "history.csv"), join(folder, "logs")];
  const found: unknown[] = [];
  const onEpochEnd = async () => {
    const [onValidation, onTest] = [await trainer.evaluate(validation), await trainer.evaluate(unseen)];
    assert.is(onTest.segmentation!.meanIou, onTest.meanIou);
    const metrics = [onValidation, onTest].map(({ loss, accuracy, meanIou }) => ({ loss, accuracy, meanIou }));
    found.push({ validation: metrics[0], test: metrics[1] });
  };
  const callbacks = [{ onEpochEnd }, csvLogger({ path }), tensorBoard({ folder: logs })];
  const { epochs, bestEpoch, test: last } = await trainer.fit({ ...options, callbacks });
  assert.equal(
    epochs.map((record) => ({ validation: record.validation, test: record.test })),
    found,
  );
  assert.equal(Object.keys(epochs[0]!.train), ["loss", "accuracy"]);
  assert.equal(last, epochs[bestEpoch - 1]!.test);
  assert.not.equal(epochs[0]!.validation, epochs[2]!.validation);

  const [header, ...rows] = readFileSync(path, "utf8")
    .trim()
    .split("\n")
    .map((line) => line.split(","));
  for (const part of ["validation", "test"] as const) {
    const column = header!.indexOf(`${part}.meanIou`);
    assert.equal(
      rows.map((row) => Number(row[column])),
      epochs.map((record) => record[part]!.meanIou),
    );
  }
  const [events] = readdirSync(logs).map((name) => readEvents(readFileSync(join(logs, name))));
  assert.equal(
    events!.slice(-3).map(({ scalars }) => [scalars["validation/mean_iou"], scalars["test/mean_iou"]]),
    epochs.map((record) => [Math.fround(record.validation!.meanIou!), Math.fround(record.test!.meanIou!)]),
  );
});

test("a fit with mean IoU resumes after any epoch", async () => {
  const folder = temporaryFolder();
  const end = async (more: Partial<FitOptions>) => {
    await using trainer = open();
    return await outcome(trainer, await trainer.fit({ ...options, ...more }));
  };
  const expected = await end({ checkpoints: { folder, keep: 100 } });
  for (const epoch of [1, 3]) assert.equal(await end({ resumeFrom: file(folder, epoch) }), expected, `after ${epoch}`);
});

/** Images of one kind each: bright where the mask has class 1, so that a mask that is moved apart from its image shows. */
const clear = (() => {
  const discs = toyDiscs(8, 3);
  const inputs = Float32Array.from(discs.targets);
  return tileDataset({ ...discs, inputs }, tile);
})();

for (const [what, augmentation] of [
  ["flips", [randomFlip({ vertical: 0.5 })]],
  ["quarter turns", [randomQuarterTurn()]],
  ["rotations, mirrored beyond the edges", [randomRotation({ degrees: 90, fill: "reflect" })]],
  ["elastic deformations, mirrored beyond the edges", [randomElastic({ std: 3, fill: "reflect" })]],
  ["crops, mirrored beyond the edges", [randomCrop({ padding: 5, fill: "reflect" })]],
] as const satisfies readonly (readonly [string, readonly Augmentation[]])[]) {
  test(`${what} move masks of the tile's size with their images`, async () => {
    const ste = () => new STE({ learningRate: 1e-2, gradientClip: 1, schedules: { learningRate: cosine() } });
    await using trainer = open(ste());
    const fit = { train: clear, epochs: 9, batchSize: 30 };
    const { epochs } = await trainer.fit({ ...fit, augmentation });
    await using plain = open(ste());
    const { epochs: still } = await plain.fit(fit);
    assert.not.equal(
      epochs.map((record) => record.train.loss),
      still.map((record) => record.train.loss),
      "something moved",
    );
    // The constant answer has 0.78; masks that stay where they are leave little more.
    const { accuracy } = await trainer.evaluate(clear);
    assert.ok(accuracy! > 0.92, `accuracy ${accuracy}`);
  });
}

test("masks of the output's size have nothing to come in from beyond its edges", async () => {
  await using trainer = open();
  const size = 36;
  const centre = {
    ...clear,
    targets: new Int32Array(clear.length * size),
    targetWidth: size,
    targetShape: [6, 6] as const,
  };
  const fit = { train: subset(centre, [0, 1, 2]), epochs: 1 };
  await refused(
    () => trainer.fit({ ...fit, augmentation: [randomRotation({ degrees: 9, fill: "reflect" })] }),
    "ERR_SHAPE_MISMATCH",
  );
  await trainer.fit({ ...fit, augmentation: [randomFlip({ vertical: 0.5 })] });
});

test.run();
