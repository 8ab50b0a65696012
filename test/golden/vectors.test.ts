import { suite } from "uvu";
import * as assert from "uvu/assert";
import { replayed } from "./cases.js";
import { goldenPaths, readGolden } from "./read-golden.js";

const test = suite("golden vectors");

test("every file is the one that was recorded", () => {
  const paths = goldenPaths();
  assert.is(paths.length, 51);
  for (const path of paths) readGolden(path);
});

test("every case is replayed, once", () => {
  assert.equal(Object.values(replayed).flat().sort(), goldenPaths());
});

test("the reader refuses what is not there", () => {
  const golden = readGolden("layers/relu");
  assert.is(golden.f32("x", 5).length, 9);
  assert.throws(() => golden.f32("y"), /relu has no array y/);
  assert.throws(() => golden.f64("x"), /x is f32, not f64/);
  assert.throws(() => golden.f32("x", 6), /x has 6 entries on axis 0/);
  assert.throws(() => readGolden("layers/none"), /no such file/);
});

test.run();
