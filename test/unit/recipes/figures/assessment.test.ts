import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Model } from "../../../../lib/model/model.js";
import { confusionOf, reliabilityOf } from "../../../../lib/recipes/figures/assessment.js";
import { drawsOf, hasPosterior } from "../../../../lib/recipes/figures/predictions.js";

const test = suite("what figures compute of predictions");

/** Of three classes; every number is exact in float32. */
const probabilities = Float32Array.from([
  ...[0.5, 0.25, 0.25],
  ...[0.125, 0.75, 0.125],
  ...[0, 0, 1],
  ...[0.625, 0.25, 0.125],
  ...[0.375, 0.25, 0.375],
]);
const labels = [0, 1, 2, 2, 2];

test("reliability: counts, mean confidence and accuracy of each part; a boundary counts below", () => {
  // 0.375 and 0.5 lie in (0.25, 0.5], 0.625 and 0.75 in (0.5, 0.75], 1 in (0.75, 1].
  assert.equal(reliabilityOf(probabilities, labels, { classes: 3, bins: 4 }), [
    { low: 0, high: 0.25, count: 0, confidence: 0, accuracy: 0 },
    { low: 0.25, high: 0.5, count: 2, confidence: 0.4375, accuracy: 0.5 },
    { low: 0.5, high: 0.75, count: 2, confidence: 0.6875, accuracy: 0.5 },
    { low: 0.75, high: 1, count: 1, confidence: 1, accuracy: 1 },
  ]);
});

test("confusion: rows are labels, columns predictions; of equal ones the first", () => {
  assert.equal(confusionOf(probabilities, labels, 3), [
    [1, 0, 0],
    [0, 1, 0],
    [2, 0, 1],
  ]);
});

/** A model whose draw k predicts `mode + spread * k` for each input. */
function modelOf(spread: number): Model {
  const predict = async (inputs: Float32Array, { samples = 0, draw = 0 } = {}) =>
    inputs.map((value) => value + (samples === 0 ? 0 : spread * draw));
  return { predict } as unknown as Model;
}

test("mean and standard deviation over draws are those of the numbers 0 to n - 1", async () => {
  const draws = await drawsOf(modelOf(2), Float32Array.of(0, -3), { samples: 7 });
  assert.equal([...draws.mode], [0, -3]);
  assert.equal([...draws.mean], [6, 3]);
  // Of 0..n-1 the variance is (n^2 - 1) / 12 = 4; rounded to float32 it is exact.
  assert.equal([...draws.std], [4, 4]);
  assert.ok(hasPosterior(draws));
  assert.not.ok(hasPosterior(await drawsOf(modelOf(0), Float32Array.of(0.1), { samples: 3 })));
});

test.run();
