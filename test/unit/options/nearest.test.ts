import { suite } from "uvu";
import * as assert from "uvu/assert";
import { editDistance, nearest, nearestWord } from "../../../lib/options/nearest.js";

const test = suite("nearest name");

test("distances count insertions, deletions, replacements and swaps", () => {
  assert.is(editDistance("", "abc"), 3);
  assert.is(editDistance("abc", ""), 3);
  assert.is(editDistance("abc", "abc"), 0);
  assert.is(editDistance("kitten", "sitting"), 3);
  assert.is(editDistance("tanh", "tahn"), 1, "a swap of neighbours is one mistake");
});

test("finds what was meant, whatever the case", () => {
  const names = ["learningRate", "momentum", "temperature"];
  assert.is(nearest("learningrat", names), "learningRate");
  assert.is(nearest("LEARNINGRATE", names), "learningRate");
  assert.is(nearest("temprature", names), "temperature");
});

test("says nothing rather than something far off", () => {
  assert.is(nearest("zzz", ["units", "bias"]), undefined);
  assert.is(nearest("x", []), undefined);
});

test("in a short list of words only a slip counts", () => {
  assert.is(nearestWord("gpu", ["auto", "cpu", "cuda"]), undefined);
  assert.is(nearestWord("tets", ["test", "validation", "train"]), "test");
  assert.is(nearestWord("CPU", ["auto", "cpu", "cuda"]), "cpu");
});

test("takes the closest, and the first of equals", () => {
  assert.is(nearest("beta", ["beta1", "beta2", "betas"]), "beta1");
  assert.is(nearest("betas", ["beta1", "beta", "betas"]), "betas");
});

test.run();
