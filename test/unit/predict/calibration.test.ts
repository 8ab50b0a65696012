import { suite } from "uvu";
import * as assert from "uvu/assert";
import { calibration } from "../../../lib/predict/calibration.js";
import { confusionMatrix } from "../../../lib/predict/confusion-matrix.js";
import { refused } from "../../support/refused.js";

const test = suite("calibration");

/** Sums of a handful of float64 numbers of order 1: some units of 1.1e-16 each. */
const near = (actual: number, expected: number, what: string) =>
  assert.ok(Math.abs(actual - expected) <= 1e-14, `${what}: ${actual}, expected ${expected}`);

/** Four rows of three classes, in numbers that float64 has exactly but for the logarithms. */
const probabilities = Float64Array.of(0.5, 0.25, 0.25, 0.125, 0.75, 0.125, 0, 0, 1, 0.25, 0.375, 0.375);
const labels = Int32Array.of(0, 2, 2, 1);

test("scores and bins of a few rows, by hand", () => {
  const found = calibration(probabilities, labels, { classes: 3, bins: 4 });
  assert.is(found.accuracy, 3 / 4);
  const surprise = Math.log(2) + Math.log(8) + 0 - Math.log(0.375);
  near(found.negativeLogLikelihood, surprise / 4, "NLL");
  const squares = [0.25 + 2 * 0.0625, 0.015625 + 0.5625 + 0.765625, 0, 0.0625 + 0.390625 + 0.140625];
  near(found.brierScore, squares.reduce((sum, value) => sum + value) / 4, "Brier score");
  // A probability on an edge belongs to the bin below it: 0.5 to the second, 0.75 to the third.
  assert.equal(found.reliability, [
    { low: 0, high: 0.25, count: 0, confidence: 0, accuracy: 0 },
    { low: 0.25, high: 0.5, count: 2, confidence: (0.5 + 0.375) / 2, accuracy: 1 },
    { low: 0.5, high: 0.75, count: 1, confidence: 0.75, accuracy: 0 },
    { low: 0.75, high: 1, count: 1, confidence: 1, accuracy: 1 },
  ]);
  near(found.expectedCalibrationError, (2 / 4) * (1 - 0.4375) + (1 / 4) * 0.75, "ECE");
  assert.equal(confusionMatrix(probabilities, labels, { classes: 3 }), [
    [1, 0, 0],
    [0, 1, 0],
    [0, 1, 1],
  ]);
});

test("15 bins if nothing is said; every edge of every number of bins belongs to the bin below it", () => {
  assert.is(calibration(Float32Array.of(0.5, 0.5), [0], { classes: 2 }).reliability.length, 15);
  for (const bins of [1, 2, 3, 7, 10, 15, 49, 100]) {
    for (let b = 1; b <= bins; b++) {
      // Of a thousand classes every edge can be the largest; the others share what is left.
      const row = new Float64Array(1000).fill((1 - b / bins) / 999);
      row[7] = b / bins;
      if (row[7] <= row[0]!) continue;
      const { reliability } = calibration(row, [7], { classes: 1000, bins });
      assert.is(
        reliability.findIndex(({ count }) => count === 1),
        b - 1,
        `${b} / ${bins}`,
      );
    }
  }
});

test("a certain error costs the logarithm of the smallest normal float32; ties go to the first class", () => {
  const { negativeLogLikelihood, accuracy } = calibration(Float32Array.of(1, 0), [1], { classes: 2 });
  near(negativeLogLikelihood, 126 * Math.log(2), "NLL");
  assert.is(accuracy, 0);
  assert.equal(confusionMatrix(Float32Array.of(0.5, 0.5), [1], { classes: 2 }), [
    [0, 0],
    [1, 0],
  ]);
});

test("a mean of float32 shares may round beyond 1", () => {
  const { reliability } = calibration(Float32Array.of(1.0000001, 0), [0], { classes: 2, bins: 3 });
  assert.equal(reliability[2], { low: 2 / 3, high: 1, count: 1, confidence: 1, accuracy: 1 });
});

test("what is no probabilities with labels is refused", async () => {
  const rows = Float32Array.of(0.5, 0.5);
  for (const [name, call] of [
    ["calibration", calibration],
    ["confusionMatrix", confusionMatrix],
  ] as const) {
    const refuse = (p: Float32Array, l: number[], classes: number, code: string, ...texts: string[]) =>
      refused(async () => call(p, l, { classes }), code as never, name, ...texts);
    await refuse(rows, [0], 3, "ERR_SHAPE_MISMATCH", "2 probabilities", "3 probabilities for each");
    await refuse(rows.subarray(0, 0), [], 2, "ERR_SHAPE_MISMATCH", "0 labels");
    await refuse(rows, [2], 2, "ERR_OPTION_RANGE", "labels[0]: 2", "<= 1");
    await refuse(rows, [0.5], 2, "ERR_OPTION_RANGE", "labels[0]: 0.5");
    await refuse(Float32Array.of(0.5, Number.NaN), [0], 2, "ERR_OPTION_RANGE", "probabilities[1]: NaN");
    await refuse(Float32Array.of(-0.25, 1.25), [0], 2, "ERR_OPTION_RANGE", "probabilities[0]: -0.25");
    await refuse(rows, [0, 1], 1, "ERR_OPTION_RANGE", "classes: 1");
  }
  for (const bins of [0, 2 ** 16 + 1]) {
    await refused(async () => calibration(rows, [0], { classes: 2, bins }), "ERR_OPTION_RANGE", "calibration.bins");
  }
  await refused(async () => calibration(rows, [0], { classes: 2, bin: 3 } as never), "ERR_OPTION_UNKNOWN", "bins");
});

test.run();
