import { suite } from "uvu";
import * as assert from "uvu/assert";
import { seedList } from "../../../lib/cli/seeds.js";
import { failure } from "../recipes/failure.js";

const seeds = suite("lists of seeds");
const read = seedList("--seeds");

seeds("ranges, lists and both", () => {
  assert.equal(read("1..5"), [1, 2, 3, 4, 5]);
  assert.equal(read("1,3,7"), [1, 3, 7]);
  assert.equal(read("8, 0..2"), [8, 0, 1, 2]);
  assert.equal(read("4..4"), [4]);
});

for (const text of ["", "a", "1,", "-1", "1.5", "5..1", "1...3", "1..", "99999999999999999999"]) {
  seeds(`"${text}" is none`, async () => {
    await failure(() => read(text), "ERR_OPTION_TYPE", "--seeds", "1..5 or 1,3,7");
  });
}

seeds("a seed twice, and too many", async () => {
  await failure(() => read("1..3,2"), "ERR_OPTION_RANGE", "once");
  await failure(() => read("1..1001"), "ERR_OPTION_RANGE", "at most 1000");
  await failure(() => read("1..1000,2001"), "ERR_OPTION_RANGE", "at most 1000");
  await failure(() => read("1..500,1001..1501"), "ERR_OPTION_RANGE", "at most 1000");
  await failure(() => read("0..9007199254740991"), "ERR_OPTION_RANGE", "at most 1000");
  assert.is(read("1..999,2001").length, 1000);
  assert.is(read("1..1000").length, 1000);
});

seeds.run();
