import { BayesBinnError } from "../native/errors.js";

/**
 * Area under the receiver operating characteristic (ROC) of a score that is to be larger for positives: the probability
 * that a positive drawn at random scores above a negative, `P(p > n) + P(p = n) / 2`. 1/2 tells nothing, 1 everything.
 *
 * It is the statistic of Mann and Whitney, 1947, over the number of pairs, found by sorting: `O(n log n)`.
 *
 * @example
 * const [known, foreign] = [await model.predict(test, { samples: 10 }), await model.predict(other, { samples: 10 })];
 * const detection = auroc(known.entropy, foreign.entropy);
 *
 * Shapes: one score an entry; neither array is changed.
 *
 * @throws BayesBinnError `ERR_SHAPE_MISMATCH` for no negatives or no positives, `ERR_NUMERIC` for scores that are NaN
 */
export function auroc(negatives: ArrayLike<number>, positives: ArrayLike<number>): number {
  const [low, high] = [sorted("negatives", negatives), sorted("positives", positives)];
  // Negatives below the positive at hand, and those that are not above it.
  let [below, notAbove, pairs] = [0, 0, 0];
  for (const score of high) {
    while (below < low.length && low[below]! < score) below++;
    while (notAbove < low.length && low[notAbove]! <= score) notAbove++;
    pairs += (below + notAbove) / 2;
  }
  return pairs / (low.length * high.length);
}

function sorted(name: string, scores: ArrayLike<number>): Float64Array {
  if (!(scores.length > 0)) {
    throw new BayesBinnError("ERR_SHAPE_MISMATCH", `auroc: no ${name}, accepted: one score or more`, { name });
  }
  const copy = Float64Array.from(scores);
  const wrong = copy.findIndex(Number.isNaN);
  if (wrong < 0) return copy.sort();
  throw new BayesBinnError("ERR_NUMERIC", `auroc: ${name}[${wrong}] is NaN, accepted: numbers`, { name, index: wrong });
}
