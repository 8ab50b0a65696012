import { suite } from "uvu";
import * as assert from "uvu/assert";
import { auroc } from "../../../lib/predict/auroc.js";
import { refused } from "../../support/refused.js";

const test = suite("area under the ROC");

/** The definition, pair by pair. Numbers of pairs and halves are exact in float64. */
function pairByPair(negatives: readonly number[], positives: readonly number[]): number {
  const points = positives.flatMap((p) => negatives.map((n) => (p > n ? 1 : p === n ? 0.5 : 0)));
  return points.reduce((sum: number, value) => sum + value, 0) / points.length;
}

test("by hand: apart, mixed, tied", () => {
  assert.is(auroc([0, 1], [2, 3]), 1);
  assert.is(auroc([2, 3], [0, 1]), 0);
  assert.is(auroc([5], [5]), 1 / 2);
  assert.is(auroc([1, 3], [2]), 1 / 2);
  assert.is(auroc([1, 2, 2, 4], [2, 3]), (1 + 1 + 3) / 8);
  assert.is(auroc([-0, Number.NEGATIVE_INFINITY], [0, Number.POSITIVE_INFINITY]), (0.5 + 1 + 1 + 1) / 4);
});

test("as pair by pair, with few and with many ties, and no array changes", () => {
  for (const values of [3, 17, 1e9]) {
    for (const [n, p] of [
      [1, 31],
      [53, 1],
      [101, 67],
    ] as const) {
      const scores = (count: number, shift: number) =>
        Array.from({ length: count }, (_, i) => Math.floor(values * ((i * 0.618034 + shift) % 1)) - values / 2);
      const [negatives, positives] = [scores(n, 0.3), scores(p, 0.4)];
      const before = [[...negatives], [...positives]];
      assert.is(auroc(negatives, positives), pairByPair(negatives, positives), `${values} values, ${n} and ${p}`);
      assert.is(auroc(Float32Array.from(negatives), negatives.map(Math.fround)), 1 / 2, "against itself");
      assert.equal([negatives, positives], before);
    }
  }
});

test("no scores, and no numbers, are refused", async () => {
  await refused(async () => auroc([], [1]), "ERR_SHAPE_MISMATCH", "no negatives");
  await refused(async () => auroc([1], []), "ERR_SHAPE_MISMATCH", "no positives");
  await refused(async () => auroc([1], [2, Number.NaN]), "ERR_NUMERIC", "positives[1] is NaN");
});

test.run();
