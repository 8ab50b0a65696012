// Evaluations of networks that predict a class of each pixel, against their own predictions.
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { centreLabels } from "../../../lib/data/centre-labels.js";
import type { Dataset } from "../../../lib/data/dataset.js";
import { fromArrays } from "../../../lib/data/from-arrays.js";
import { subset } from "../../../lib/data/subset.js";
import { tileDataset } from "../../../lib/data/tiles/tile-dataset.js";
import { conv2d } from "../../../lib/layers/conv2d.js";
import { binaryCrossEntropy } from "../../../lib/losses/binary-cross-entropy.js";
import type { Loss } from "../../../lib/losses/loss.js";
import { softmaxCrossEntropy } from "../../../lib/losses/softmax-cross-entropy.js";
import { squaredHinge } from "../../../lib/losses/squared-hinge.js";
import type { Evaluation } from "../../../lib/model/evaluate.js";
import { sequential } from "../../../lib/model/sequential.js";
import { BayesBiNN } from "../../../lib/optimizers/bayesbinn.js";
import { calibration } from "../../../lib/predict/calibration.js";
import { segmentationScores } from "../../../lib/predict/segmentation-scores.js";
import { Trainer } from "../../../lib/training/trainer.js";
import { randomLabels } from "../../native/support/random.js";
import { refused } from "../../support/refused.js";
import { discImage, toyDiscs } from "../../support/toy-masks.js";

const test = suite("evaluation of pixels");

/** A convolution that takes 4 rows and 2 columns away. */
function opened(inputShape: readonly number[], { channels = 2, loss = softmaxCrossEntropy() as Loss } = {}): Trainer {
  const model = sequential({ inputShape, layers: [conv2d({ channels, kernelSize: [5, 3] })] });
  return new Trainer({
    model,
    optimizer: new BayesBiNN({ temperature: 1, initialLambda: 0.5 }),
    loss,
    threads: 1,
    maxBatch: 16,
  });
}

/** Rows of class probabilities, from `[samples, classes, pixels]`. */
function rowsOf(mean: Float32Array, pixels: number, classes = 2): Float32Array {
  return Float32Array.from(mean, (_, at) => {
    const [row, k] = [Math.floor(at / classes), at % classes];
    return mean[(Math.floor(row / pixels) * classes + k) * pixels + (row % pixels)]!;
  });
}

function confusionOf(rows: Float32Array, labels: ArrayLike<number>, classes = 2): number[][] {
  const confusion = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  for (let row = 0; row < labels.length; row++) {
    const values = [...rows.subarray(row * classes, (row + 1) * classes)];
    confusion[labels[row]!]![values.indexOf(Math.max(...values))]! += 1;
  }
  return confusion;
}

const discs = toyDiscs(7, 1);

test("of whole images: scores are those of the predictions and the masks' centres", async () => {
  await using trainer = opened([1, ...discImage]);
  const output = [28, 26] as const;
  for (const data of [discs, subset(discs, [6, 2, 2])]) {
    const labels = centreLabels(data, output);
    for (const samples of [0, 3]) {
      const found = await trainer.evaluate(data, { samples, batchSize: 3 });
      const { mean } = await trainer.predict(data, { samples });
      const rows = rowsOf(mean, output[0] * output[1]);
      const segmentation = segmentationScores(confusionOf(rows, labels));
      assert.equal(Object.keys(found), ["loss", "accuracy", "meanIou", "samples", "segmentation"]);
      assert.equal(found.segmentation, segmentation);
      assert.equal([found.accuracy, found.meanIou], [segmentation.pixelAccuracy, segmentation.meanIou]);
      const surprise = labels.reduce((sum, label, row) => sum - Math.log(rows[2 * row + label]!), 0) / labels.length;
      // Probabilities are float32, and the loss of the mode is taken from logits.
      assert.ok(Math.abs(found.loss - surprise) < 1e-5 * surprise, `${found.loss} ${surprise}`);
    }
  }
});

test("calibration and confusion matrix are those of all pixels", async () => {
  await using trainer = opened([1, ...discImage]);
  const output = [28, 26] as const;
  for (const samples of [0, 3]) {
    const found = await trainer.evaluate(discs, { samples, calibrationBins: 7 });
    const { mean } = await trainer.predict(discs, { samples });
    const [rows, labels] = [rowsOf(mean, output[0] * output[1]), centreLabels(discs, output)];
    assert.equal(found.confusion, confusionOf(rows, labels));
    assert.equal(found.calibration, calibration(rows, labels, { classes: 2, bins: 7 }));
    assert.is(found.calibration!.accuracy, found.accuracy);
    const { calibration: _, confusion: __, ...plain } = found;
    assert.equal(plain, await trainer.evaluate(discs, { samples }));
  }
});

test("of tiles that are cut as the network needs them, scores are those of the whole images", async () => {
  // Rows are taken away twice as often as columns: margins of 2 and 1 pixels lie within one of 2.
  const tiles = tileDataset(discs, { size: [12, 12], margin: 2 });
  await using trainer = opened([1, 12, 12]);
  for (const samples of [0, 3]) {
    const found = await trainer.evaluate(tiles, { samples, calibrationBins: 5 });
    const { mean } = await trainer.predict(tiles, { samples });
    // Every output by itself, into sums and counts of the pixel that it belongs to.
    const [rows, columns] = discImage;
    const size = rows * columns;
    const sums = new Float64Array(7 * size * 2);
    const counts = new Float64Array(7 * size);
    tiles.tiling!.tiles.forEach(({ image, row, column }, sample) => {
      for (let place = 0; place < 80; place++) {
        const [r, c] = [row + 2 + Math.floor(place / 10), column + 1 + (place % 10)];
        if (r < 0 || c < 0 || r >= rows || c >= columns) continue;
        const pixel = image * size + r * columns + c;
        counts[pixel]! += 1;
        for (const k of [0, 1]) sums[2 * pixel + k]! += mean[(2 * sample + k) * 80 + place]!;
      }
    });
    assert.ok(counts.every((count) => count > 0) && counts.some((count) => count > 1));
    const means = Float32Array.from(sums, (sum, at) => sum / counts[at >> 1]!);
    const confusion = confusionOf(means, discs.targets);
    assert.equal(found.confusion, confusion);
    assert.equal(found.segmentation, segmentationScores(confusion));
    assert.equal([found.accuracy, found.meanIou], [found.segmentation!.pixelAccuracy, found.segmentation!.meanIou]);
    assert.is(found.calibration!.accuracy, found.accuracy);
    const expected = calibration(means, discs.targets, { classes: 2, bins: 5 });
    // Sums of float32.
    assert.ok(Math.abs(found.calibration!.brierScore - expected.brierScore) < 1e-6);
    assert.equal(
      found.calibration!.reliability.reduce((sum, { count }) => sum + count, 0),
      7 * size,
    );
  }
});

test("gaps between tiles are refused before anything is computed", async () => {
  const tiles = tileDataset(discs, { size: [12, 10], margin: 0 });
  await using trainer = opened([1, 12, 10]);
  const bad = (action: () => unknown) => refused(action, "ERR_SHAPE_MISMATCH", "discs: no output of 8x8 pixels covers");
  await bad(() => trainer.evaluate(tiles));
  let steps = 0;
  const options = { epochs: 1, batchSize: 16, callbacks: [{ onBatchEnd: () => void steps++ }] };
  const train = subset(tiles, [0, 1]);
  await bad(() => trainer.fit({ train, test: tiles, ...options }));
  await bad(() => trainer.fit({ train, validation: tiles, ...options }));
  assert.is(steps, 0);
  // Training needs no whole images.
  await trainer.fit({ train: tiles, ...options });
  assert.ok(steps > 0);
});

test("scores of squared hinge are those of its likeliest classes as well", async () => {
  await using trainer = opened([1, ...discImage], { loss: squaredHinge() });
  const found = await trainer.evaluate(discs);
  const { mean } = await trainer.predict(discs);
  const confusion = confusionOf(rowsOf(mean, 28 * 26), centreLabels(discs, [28, 26]));
  assert.equal(found.segmentation, segmentationScores(confusion));
});

/** Images of 5x3 pixels, of which the network above makes a single one. */
const small = {
  inputs: Float32Array.from({ length: 15 * 31 }, (_, at) => Math.sin(at * at)),
  sampleShape: [1, 5, 3],
};

test("a single output for the pixel in the middle of a mask", async () => {
  const masks = randomLabels(15 * 31, 2, 4);
  const labels = Int32Array.from({ length: 31 }, (_, sample) => masks[15 * sample + 7]!);
  const of = async (data: Dataset, channels: number, loss: Loss): Promise<Evaluation> => {
    await using trainer = opened([1, 5, 3], { channels, loss });
    return await trainer.evaluate(data, { calibrationBins: 4 });
  };
  const classes = { classes: 2 };
  const masked = await of(
    fromArrays({ ...small, targets: masks, targetShape: [5, 3], ...classes }),
    2,
    softmaxCrossEntropy(),
  );
  const { segmentation, meanIou, ...rest } = masked;
  assert.is(segmentation!.meanIou, meanIou);
  // A label a sample is no mask.
  assert.equal(await of(fromArrays({ ...small, targets: labels, ...classes }), 2, softmaxCrossEntropy()), rest);

  const numbers = { targets: Float32Array.from(masks), targetShape: [5, 3] } as const;
  assert.equal(
    await of(fromArrays({ ...small, ...numbers }), 1, binaryCrossEntropy()),
    await of(fromArrays({ ...small, targets: Float32Array.from(labels) }), 1, binaryCrossEntropy()),
  );
  // Only what the network sees is asked to be 0 or 1.
  numbers.targets[15 * 4 + 6] = 0.5;
  await of(fromArrays({ ...small, ...numbers }), 1, binaryCrossEntropy());
  numbers.targets[15 * 4 + 7] = 0.5;
  await refused(
    () => of(fromArrays({ ...small, ...numbers, name: "halves" }), 1, binaryCrossEntropy()),
    "ERR_OPTION_RANGE",
    "evaluate.calibrationBins: target 4 of halves: 0.5",
  );
});

test("predictions do not ask for masks that fit", async () => {
  await using trainer = opened([1, ...discImage]);
  const options = { samples: 2 } as const;
  const expected = await trainer.predict(discs, options);
  const { inputs, sampleShape, normalization } = discs;
  const shared = { inputs, sampleShape, normalization };
  const [rows, columns] = discImage;
  for (const [what, data] of Object.entries({
    "a label a sample": fromArrays({ ...shared, targets: new Int32Array(7), classes: 9 }),
    "a number a sample": fromArrays({ ...shared, targets: new Float32Array(7) }),
    "masks that are too small": fromArrays({ ...shared, targets: new Int32Array(7 * 6), targetShape: [2, 3] }),
    "masks of an odd difference": fromArrays({
      ...shared,
      targets: new Int32Array(7 * 31 * 27),
      targetShape: [31, 27],
    }),
    "masks of other classes": { ...discs, targets: discs.targets.map((label) => 5 * label) as Int32Array, classes: 6 },
    "masks of unknown classes": fromArrays({
      ...shared,
      targets: new Int32Array(7 * rows * columns).fill(17),
      targetShape: discImage,
    }),
  } satisfies Record<string, Dataset>)) {
    assert.equal(await trainer.predict(data, options), expected, what);
    const view = await trainer.predict(subset(data, [5, 1]), options);
    assert.equal(view, await trainer.predict(subset(discs, [5, 1]), options), what);
  }
  const tiles = tileDataset(discs, { size: [32, 28], margin: 5 });
  const { classes: _, targetShape: __, ...bare } = tiles;
  const untold = { ...bare, targets: new Float32Array(tiles.length), targetWidth: 1 };
  assert.equal(await trainer.predict(untold, options), await trainer.predict(tiles, options), "tiles without masks");
});

test.run();
