import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Model } from "../../../../lib/model/model.js";
import { drawsOf, hasPosterior } from "../../../../lib/recipes/figures/predictions.js";

const test = suite("predictions of figures");

test("one prediction with the mode and one of the mean", async () => {
  const asked: unknown[] = [];
  const predict: Model["predict"] = async (inputs, options) => {
    asked.push({ inputs, ...options });
    return { mean: Float32Array.of(asked.length), epistemicStd: Float32Array.of(asked.length - 1) };
  };
  const [inputs, { signal }] = [Float32Array.of(0.5), new AbortController()];
  assert.equal(await drawsOf({ predict }, inputs, { samples: 7, signal }), {
    mode: Float32Array.of(1),
    drawn: { mean: Float32Array.of(2), epistemicStd: Float32Array.of(1) },
    samples: 7,
  });
  assert.equal(asked, [
    { inputs, samples: 0, signal },
    { inputs, samples: 7, signal },
  ]);
});

test("a posterior is one whose draws differ, in numbers or in probabilities", () => {
  const [none, some] = [Float32Array.of(0, 0, 0), Float32Array.of(0, 0, 1e-6)];
  const has = (spread: object) => hasPosterior({ mode: none, drawn: { mean: none, ...spread }, samples: 3 });
  for (const spread of [{}, { epistemicStd: none }, { mutualInformation: none, entropy: some }])
    assert.not(has(spread));
  for (const spread of [{ epistemicStd: some }, { mutualInformation: some }]) assert.ok(has(spread));
});

test.run();
