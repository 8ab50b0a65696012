// Maps of whole images, against float64 arithmetic on the outputs of every draw for every tile.
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Dataset } from "../../../lib/data/dataset.js";
import { fromArrays } from "../../../lib/data/from-arrays.js";
import { subset } from "../../../lib/data/subset.js";
import { tileDataset } from "../../../lib/data/tiles/tile-dataset.js";
import { batchNorm } from "../../../lib/layers/batch-norm.js";
import { conv2d } from "../../../lib/layers/conv2d.js";
import { linear } from "../../../lib/layers/linear.js";
import { tanh } from "../../../lib/layers/tanh.js";
import { squaredHinge } from "../../../lib/losses/squared-hinge.js";
import type { Model } from "../../../lib/model/model.js";
import type { SegmentedImage, SegmentOptions } from "../../../lib/model/segmentation/segment.js";
import { sequential } from "../../../lib/model/sequential.js";
import { BayesBiNN } from "../../../lib/optimizers/bayesbinn.js";
import { Trainer } from "../../../lib/training/trainer.js";
import { refused, rejection } from "../../support/refused.js";

const test = suite("segmentation of whole images");

const [rows, columns, classes] = [17, 13, 3];
const names = ["b", "a", "c"];

/** Three images of two channels, each pixel another value. */
const images: Dataset = {
  ...fromArrays({
    name: "images",
    inputs: Uint8Array.from({ length: names.length * 2 * rows * columns }, (_, i) => 128 + 127 * Math.sin(i * i)),
    sampleShape: [2, rows, columns],
    targets: Int32Array.from({ length: names.length * rows * columns }, (_, i) => (i * i) % classes),
    targetShape: [rows, columns],
    classes,
    normalization: { scale: 1 / 255, mean: [0.4, 0.5], std: [0.3, 0.2] },
  }),
  tiling: {
    images: names.map((name) => ({ rows, columns, name })),
    tiles: names.map((_, image) => ({ image, row: 0, column: 0 })),
  },
};

/** Tiles of 12x12 whose 8x8 middles overlap by two pixels or more. */
const tiles = tileDataset(images, { size: [12, 12], margin: 2, overlap: 2 });

/** Takes two pixels away on each side; a posterior that is wide. */
function opened(inputShape: readonly number[] = [2, 12, 12], maxBatch = 16): Trainer {
  const layers = [
    conv2d({ channels: 5, kernelSize: 3 }),
    batchNorm(),
    tanh(),
    conv2d({ channels: classes, kernelSize: 3 }),
    batchNorm(),
  ];
  const model = sequential({ inputShape, seed: 6, layers });
  const optimizer = new BayesBiNN({ temperature: 1, initialLambda: 0.5 });
  return new Trainer({ model, optimizer, threads: 1, maxBatch, device: "cpu" });
}

async function all(generator: AsyncIterable<SegmentedImage>): Promise<SegmentedImage[]> {
  const found: SegmentedImage[] = [];
  for await (const image of generator) found.push(image);
  return found;
}

const surprise = (p: number) => (p === 0 ? 0 : -p * Math.log(p));
const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
const meanOf = (values: readonly number[]) => sum(values) / values.length;

/** The maps of image `number` in float64, pixel by pixel, from the tiles that say something about it. */
async function reference(trainer: Trainer, number: number, options: SegmentOptions) {
  const { logits } = await trainer.predict(tiles, { ...options, logits: true });
  const draws = Math.max(1, options.samples ?? 0);
  const pixels = Array.from({ length: rows * columns }, (_, pixel) => {
    const [row, column] = [Math.floor(pixel / columns), pixel % columns];
    const each = tiles.tiling!.tiles.flatMap((tile, sample) => {
      const [r, c] = [row - tile.row - 2, column - tile.column - 2];
      if (tile.image !== number || r < 0 || c < 0 || r >= 8 || c >= 8) return [];
      const ofDraws = Array.from({ length: draws }, (_, draw) => {
        const at = (draw * tiles.length + sample) * classes * 64 + r * 8 + c;
        const powers = Array.from({ length: classes }, (_, k) => Math.exp(logits![at + k * 64]!));
        return powers.map((power) => power / sum(powers));
      });
      const mean = Array.from({ length: classes }, (_, k) => meanOf(ofDraws.map((p) => p[k]!)));
      const information = sum(mean.map(surprise)) - meanOf(ofDraws.map((p) => sum(p.map(surprise))));
      return [{ mean, information }];
    });
    const mean = Array.from({ length: classes }, (_, k) => meanOf(each.map(({ mean }) => mean[k]!)));
    return {
      mean,
      covering: each.length,
      entropy: sum(mean.map(surprise)),
      information: meanOf(each.map(({ information }) => information)),
    };
  });
  return pixels;
}

/** Largest difference of float32 maps, of values below 1.1, from float64 ones. */
const far = (map: Float32Array, expected: readonly number[]) =>
  Math.max(...expected.map((value, i) => Math.abs(map[i]! - value)));

for (const samples of [0, 5]) {
  test(`${samples === 0 ? "the mode" : "the mean over draws"}, averaged where tiles overlap`, async () => {
    await using trainer = opened();
    const options = { samples, seed: 9 };
    const found = await all(trainer.segment(tiles, options));
    assert.equal(
      found.map(({ name, rows, columns }) => [name, rows, columns]),
      names.map((name) => [name, rows, columns]),
    );
    for (const [number, image] of found.entries()) {
      const pixels = await reference(trainer, number, options);
      assert.equal([...new Set(pixels.map(({ covering }) => covering))].sort(), [1, 2, 4]);
      // Float32 probabilities and sums of up to 4; logits of up to 10 or so are exact to 1e-6, entropies change by |1 + log p|.
      assert.ok(
        far(
          image.probabilities,
          [0, 1, 2].flatMap((k) => pixels.map(({ mean }) => mean[k]!)),
        ) < 2e-6,
      );
      const entropy = pixels.map((pixel) => pixel.entropy);
      const information = pixels.map((pixel) => pixel.information);
      assert.ok(far(image.entropy, entropy) < 1e-5);
      assert.ok(far(image.mutualInformation, information) < 1e-5);
      assert.ok(image.mutualInformation.every((value) => value >= 0));
      assert.is(
        image.mutualInformation.every((value) => value === 0),
        samples === 0,
      );
      assert.ok(image.entropy.every((value) => value >= 0 && value <= Math.log(classes)));
      assert.instance(image.classes, Uint16Array);
      const likeliest = pixels.map(({ mean }) => mean.indexOf(Math.max(...mean)));
      assert.equal([...image.classes], likeliest);
    }
  });
}

test("images in the order of their first samples, whatever the batches; scores are those of evaluate", async () => {
  await using trainer = opened();
  const perImage = tiles.length / names.length;
  const order = [2, 0, 1].flatMap((image) =>
    Array.from({ length: perImage }, (_, tile) => image * perImage + perImage - 1 - tile),
  );
  const shuffled = subset(tiles, order);
  const [straight, turned] = [await all(trainer.segment(tiles)), await all(trainer.model.segment(shuffled))];
  assert.equal(
    turned.map(({ name }) => name),
    ["c", "b", "a"],
  );
  // The order in which four probabilities are added.
  for (const [at, from] of [2, 0, 1].entries()) {
    assert.ok(far(turned[at]!.probabilities, [...straight[from]!.probabilities]) < 1e-6);
    assert.equal(turned[at]!.classes, straight[from]!.classes);
  }
  const single = await all(trainer.segment(tiles, { batchSize: 1 }));
  for (const [at, image] of single.entries()) assert.equal(image.classes, straight[at]!.classes);
  const labels = images.targets as Int32Array;
  const right = straight.flatMap(({ classes }, number) =>
    Array.from(classes, (k, pixel) => Number(k === labels[number * rows * columns + pixel])),
  );
  const { segmentation, accuracy } = await trainer.evaluate(tiles);
  assert.is(accuracy, meanOf(right));
  assert.is(segmentation!.pixelAccuracy, meanOf(right));
});

test("samples that are no tiles are images of the size of the output; targets do not matter", async () => {
  await using trainer = opened([2, rows, columns]);
  const { tiling: _, ...plain } = images;
  const { classes: __, targetShape: ___, ...foreign } = plain;
  const unfit: Dataset = { ...foreign, targets: new Float32Array(names.length).fill(7), targetWidth: 1 };
  const found = await all(trainer.segment(unfit, { samples: 3 }));
  const { mean, entropy, mutualInformation } = await trainer.predict(plain, { samples: 3 });
  assert.is(found.length, names.length);
  for (const [number, image] of found.entries()) {
    assert.not.ok("name" in image);
    assert.equal([image.rows, image.columns], [rows - 4, columns - 4]);
    const size = (rows - 4) * (columns - 4);
    assert.equal(image.probabilities, mean.slice(number * classes * size, (number + 1) * classes * size));
    const part = [number * size, (number + 1) * size] as const;
    assert.equal(image.mutualInformation, mutualInformation!.slice(...part));
    // Entropies of up to 1.1 in float32, from sums in another order.
    assert.ok(far(image.entropy, [...entropy!.slice(...part)]) < 1e-6);
  }
});

test("an image is computed when it is asked for, with the weights of then", async () => {
  await using trainer = opened(undefined, 1);
  const images = trainer.segment(tiles);
  const before = await all(trainer.segment(tiles));
  const { value: first } = await images.next();
  assert.equal(first, before[0]);
  await trainer.fit({ train: tiles, epochs: 1, batchSize: 1 });
  const after = await all(trainer.segment(tiles));
  assert.equal((await images.next()).value, after[1]);
  assert.not.equal(after[1]!.probabilities, before[1]!.probabilities);
});

test("re-estimated statistics of batch norms", async () => {
  await using trainer = opened();
  const options = { samples: 2, reestimateBatchNorm: tiles, reestimationBatchSize: 5 };
  const [plain] = await all(trainer.segment(tiles, { samples: 2 }));
  const [image] = await all(trainer.segment(tiles, options));
  const pixels = await reference(trainer, 0, options);
  // As above.
  assert.ok(
    far(
      image!.probabilities.subarray(0, rows * columns),
      pixels.map(({ mean }) => mean[0]!),
    ) < 2e-6,
  );
  assert.not.equal(image!.probabilities, plain!.probabilities);
});

test("what cannot be segmented is refused", async () => {
  await using trainer = opened();
  const first = (source: Dataset, options: SegmentOptions = {}, by: Trainer | Model = trainer) =>
    by.segment(source, options).next();
  const lacking = subset(tiles, [0, 1, 2]);
  await refused(
    () => first(lacking),
    "ERR_SHAPE_MISMATCH",
    /no output of 8x8 pixels covers row \d+, column \d+/,
    "all tiles",
  );
  const bare = tileDataset(images, { size: [12, 12], margin: 0 });
  await refused(() => first(bare), "ERR_SHAPE_MISMATCH", /no output of 8x8 pixels covers row 0, column 0/);
  await refused(() => first(images), "ERR_SHAPE_MISMATCH", "segment.dataset: samples of images");
  await refused(() => first(tiles, { batchSize: 17 }), "ERR_OPTION_RANGE", "segment.batchSize: 17");
  await refused(() => first(tiles, { samples: -1 }), "ERR_OPTION_RANGE", "segment.samples");
  await refused(() => first(tiles, { logits: true } as SegmentOptions), "ERR_OPTION_UNKNOWN", "segment.logits");
  await refused(() => first(tiles, { reestimationBatchSize: 3 }), "ERR_OPTION_RANGE", "segment.reestimationBatchSize");
  await refused(() => first({} as Dataset), "ERR_OPTION_TYPE", "segment.dataset");
  const flat = sequential({ inputShape: [2], layers: [linear({ units: 3 })] });
  await refused(() => first(tiles, {}, flat), "ERR_SHAPE_MISMATCH", "output [3]", "a class of each pixel");
  const model = sequential({ inputShape: [2, 12, 12], layers: [conv2d({ channels: 3, kernelSize: 3 })] });
  await using hinge = new Trainer({ model, optimizer: new BayesBiNN(), loss: squaredHinge(), maxBatch: 2 });
  await refused(() => first(tiles, {}, hinge), "ERR_SHAPE_MISMATCH", "squaredHinge", "softmaxCrossEntropy");
  // Tiles of 12x12 and an output of 11x11 have no common centre.
  const odd = sequential({ inputShape: [2, 12, 12], layers: [conv2d({ channels: 3, kernelSize: 2 })] });
  await refused(() => first(tiles, {}, odd), "ERR_SHAPE_MISMATCH", "by an even number");
  const reason = new Error("enough");
  assert.is(await rejection(() => first(tiles, { signal: AbortSignal.abort(reason) })), reason);
  flat.dispose();
  odd.dispose();
});

test.run();
