// Whole images from predictions of their tiles, against a reference that asks for every pixel which tiles say something of it.
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Dataset } from "../../../lib/data/dataset.js";
import { fromArrays } from "../../../lib/data/from-arrays.js";
import { subset } from "../../../lib/data/subset.js";
import { type TileOptions, tileDataset } from "../../../lib/data/tiles/tile-dataset.js";
import { likeliestClasses, scoreImages } from "../../../lib/model/segmentation/score-images.js";
import { stitch, wholeImages } from "../../../lib/model/segmentation/whole-images.js";
import { segmentationScores } from "../../../lib/predict/segmentation-scores.js";
import { generator, randomLabels } from "../../native/support/random.js";
import { refused } from "../../support/refused.js";

const test = suite("whole images");

const [count, rows, columns, classes] = [3, 11, 13, 3];
const whole = fromArrays({
  name: "cells",
  inputs: new Uint8Array(count * rows * columns),
  sampleShape: [1, rows, columns],
  targets: randomLabels(count * rows * columns, classes, 1),
  targetShape: [rows, columns],
  classes,
});

/** Probabilities for each pixel of the outputs; multiples of 1/64, so that sums of few are exact. */
function predictionsFor({ length }: Dataset, [height, width]: readonly [number, number]): Float32Array {
  const next = generator(7);
  return Float32Array.from({ length: length * classes * height * width }, () => Math.floor(next() * 64) / 64);
}

type Output = readonly [rows: number, columns: number];
const storedOf = ({ indices }: Dataset, sample: number) => indices?.[sample] ?? sample;

/** Mean predictions `[classes]` of a pixel of image `image` of the tiling, or nothing where no output lies. */
function meanAt(data: Dataset, output: Output, predictions: Float32Array, image: number, row: number, column: number) {
  const [, tileRows, tileColumns] = data.sampleShape as [number, number, number];
  const sums = new Array<number>(classes).fill(0);
  let tiles = 0;
  for (let sample = 0; sample < data.length; sample++) {
    const tile = data.tiling!.tiles[storedOf(data, sample)]!;
    const r = row - tile.row - (tileRows - output[0]) / 2;
    const c = column - tile.column - (tileColumns - output[1]) / 2;
    if (tile.image !== image || r < 0 || c < 0 || r >= output[0] || c >= output[1]) continue;
    tiles++;
    for (let k = 0; k < classes; k++) {
      sums[k]! += predictions[((sample * classes + k) * output[0] + r) * output[1] + c]!;
    }
  }
  return tiles === 0 ? undefined : sums.map((sum) => Math.fround(sum / tiles));
}

/** The confusion matrix of the pixels that outputs cover. */
function reference(data: Dataset, output: Output, predictions: Float32Array): number[][] {
  const confusion = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  for (let image = 0; image < count; image++) {
    for (let pixel = 0; pixel < rows * columns; pixel++) {
      const mean = meanAt(data, output, predictions, image, Math.floor(pixel / columns), pixel % columns);
      if (mean === undefined) continue;
      confusion[whole.targets[image * rows * columns + pixel]!]![mean.indexOf(Math.max(...mean))]! += 1;
    }
  }
  return confusion;
}

const tilings: readonly (readonly [what: string, options: TileOptions, output: Output])[] = [
  ["tiles that are their output", { size: [5, 7] }, [5, 7]],
  ["tiles with margins that the network takes away", { size: [7, 9], margin: 2 }, [3, 5]],
  ["tiles with margins that the network says something about", { size: [7, 9], margin: 1 }, [7, 9]],
  ["tiles that overlap", { size: [7, 7], margin: 1, overlap: 3 }, [5, 5]],
  ["tiles that are larger than the image", { size: [17, 19], margin: 1 }, [15, 17]],
  ["outputs of a pixel", { size: [3, 3], margin: 1 }, [1, 1]],
];

for (const [what, options, output] of tilings) {
  test(`${what}: every pixel counts once`, () => {
    const data = tileDataset(whole, options);
    const predictions = predictionsFor(data, output);
    const confusion = reference(data, output, predictions);
    assert.is(
      confusion.flat().reduce((sum, pixels) => sum + pixels),
      count * rows * columns,
    );
    assert.equal(scoreImages(data, [classes, ...output], predictions), segmentationScores(confusion));
  });

  test(`${what}: in any order, some of them, and twice`, () => {
    const data = tileDataset(whole, options);
    const order = Array.from(randomLabels(data.length, data.length, 3));
    for (const positions of [order, [...order, ...order.slice(1)], [data.length - 1]]) {
      const view = subset(data, positions);
      const predictions = predictionsFor(view, output);
      const expected = segmentationScores(reference(view, output, predictions));
      assert.equal(scoreImages(view, [classes, ...output], predictions), expected);
    }
  });
}

test("the mean of the tiles at each pixel, and NaN where there is none", () => {
  const output: Output = [5, 5];
  const data = subset(tileDataset(whole, { size: [7, 7], margin: 1, overlap: 2 }), [0, 1, 4, 9, 30]);
  const predictions = predictionsFor(data, output);
  for (const one of wholeImages(data, output)) {
    const planes = stitch(one, output, predictions, classes);
    assert.is(planes.length, classes * rows * columns);
    for (let pixel = 0; pixel < rows * columns; pixel++) {
      const place = [Math.floor(pixel / columns), pixel % columns] as const;
      const mean = meanAt(data, output, predictions, one.number, ...place) ?? new Array(classes).fill(Number.NaN);
      assert.equal(
        [0, 1, 2].map((k) => planes[k * rows * columns + pixel]),
        mean,
      );
    }
  }
});

test("samples that are no tiles are images of the size of the output", () => {
  const output: Output = [7, 11];
  const data = subset(whole, [2, 0]);
  const predictions = predictionsFor(data, output);
  const images = wholeImages(data, output);
  assert.equal(
    images.map(({ image, number }) => [image, number]),
    [0, 1].map((number) => [{ rows: 7, columns: 11 }, number]),
  );
  const confusion = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  [2, 0].forEach((stored, sample) => {
    for (let pixel = 0; pixel < 77; pixel++) {
      const [row, column] = [2 + Math.floor(pixel / 11), 1 + (pixel % 11)];
      const values = [0, 1, 2].map((k) => predictions[(sample * classes + k) * 77 + pixel]!);
      const label = whole.targets[(stored * rows + row) * columns + column]!;
      confusion[label]![values.indexOf(Math.max(...values))]! += 1;
    }
  });
  assert.equal(scoreImages(data, [classes, ...output], predictions), segmentationScores(confusion));
});

test("the first of equally likely classes", () => {
  const half = Float32Array.of(0.5, 0.25, 0.2, 0.5, 0.25, 0.4, 0, 0.5, 0.4);
  assert.equal([...likeliestClasses(half, 3)], [0, 2, 1]);
});

test("outputs that leave gaps are refused, with the first pixel that none covers", async () => {
  const data = tileDataset(whole, { size: [7, 9], margin: 1 });
  // Of the 5 rows and 7 columns within the margin the network gives the inner 3 and 5: the first begin at 1.
  await refused(
    () => wholeImages(data, [3, 5]),
    "ERR_SHAPE_MISMATCH",
    "cells: no output of 3x5 pixels covers row 0, column 0 of an image; accepted: all tiles of an image, with the margin",
  );
  // Tiles of an image that is not there as a whole can leave gaps, also where as many samples are there as it has tiles.
  const { length } = data.tiling!.tiles.filter(({ image }) => image === 0);
  wholeImages(
    subset(
      data,
      Array.from({ length: length - 1 }, (_, at) => at),
    ),
    [3, 5],
  );
  wholeImages(subset(data, new Array(length).fill(0)), [3, 5]);
});

test("outputs between pixels, and places that are none", async () => {
  const data = tileDataset(whole, { size: [7, 9] });
  await refused(
    () => wholeImages(data, [4, 5]),
    "ERR_SHAPE_MISMATCH",
    "cells: tiles have shape 1x7x9, accepted: [channels, rows, columns], as large as the model's output, 4x5",
  );
  await refused(() => wholeImages({ ...data, sampleShape: [63] }, [7, 9]), "ERR_SHAPE_MISMATCH", "tiles have shape 63");
  const { tiles } = data.tiling!;
  const images = [{ rows, columns }];
  await refused(
    () => wholeImages({ ...data, tiling: { images, tiles } }, [7, 9]),
    "ERR_OPTION_RANGE",
    "cells.tiling.tiles[4].image: 1",
  );
  const few = { ...data, tiling: { ...data.tiling!, tiles: tiles.slice(0, 5) } };
  await refused(() => wholeImages(few, [7, 9]), "ERR_OPTION_RANGE", "cells: sample 5: 5", "0 to 4");
  await refused(() => wholeImages({ ...data, tiling: {} as never }, [7, 9]), "ERR_OPTION_TYPE", "cells.tiling.images");
});

test("of whole images that were not cut, the middle that the network sees counts", async () => {
  const images = Array.from({ length: count }, () => ({ rows, columns }));
  const named = { ...whole, tiling: { images, tiles: images.map((_, image) => ({ image, row: 0, column: 0 })) } };
  const output: Output = [7, 9];
  const predictions = predictionsFor(named, output);
  const scores = scoreImages(named, [classes, ...output], predictions);
  assert.equal(scores, segmentationScores(reference(named, output, predictions)));
  await refused(() => wholeImages(named, output, "refused"), "ERR_SHAPE_MISMATCH");
});

test("tiles as large as their image may leave no gaps either", async () => {
  const tiles = tileDataset(whole, { size: [rows, columns], margin: 2 });
  assert.ok(tiles.length > count);
  await refused(() => wholeImages(tiles, [3, 5]), "ERR_SHAPE_MISMATCH", "no output of 3x5 pixels covers");
});

test.run();
