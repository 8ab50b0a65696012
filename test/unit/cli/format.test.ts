import { suite } from "uvu";
import * as assert from "uvu/assert";
import { count, metricsText, seconds, table } from "../../../lib/cli/format.js";
import { percentText } from "../../../lib/recipes/percent.js";

const format = suite("texts for people");

format("fractions, counts and durations", () => {
  assert.is(percentText(0.98857), "98.86 %");
  assert.is(percentText(0.98857, 0.00049), "98.86 +- 0.05 %");
  assert.is(metricsText({ loss: 0.44123, accuracy: 0.9626 }), "loss 0.4412 accuracy 96.26 %");
  assert.is(metricsText({ loss: 2 }), "loss 2.0000");
  assert.equal([0, 999, 1000, 12_345, 10_014_720].map(count), ["0", "999", "1 k", "12.3 k", "10 M"]);
  assert.equal([0.004, 9.99, 13.14, 59.94, 59.96, 67, 3599.6, 3900].map(seconds), [
    "0.00 s",
    "9.99 s",
    "13.1 s",
    "59.9 s",
    "1 min 00 s",
    "1 min 07 s",
    "1 h 00 min",
    "1 h 05 min",
  ]);
});

format("a table has columns of equal width and no blanks at the ends of lines", () => {
  assert.is(
    table([
      ["a", "bcd"],
      ["efg", ""],
    ]),
    "a    bcd\nefg\n",
  );
});

format.run();
