import { suite } from "uvu";
import * as assert from "uvu/assert";
import { batchNorm } from "../../../lib/layers/batch-norm.js";
import { concatenate } from "../../../lib/layers/concatenate.js";
import { conv2d } from "../../../lib/layers/conv2d.js";
import { flatten } from "../../../lib/layers/flatten.js";
import { linear } from "../../../lib/layers/linear.js";
import { maxPool2d } from "../../../lib/layers/max-pool2d.js";
import { relu } from "../../../lib/layers/relu.js";
import { functional, input, merge } from "../../../lib/model/functional.js";

const test = suite("summary");

test("two paths, parameters of both kinds", () => {
  const images = input([3, 32, 32]);
  const first = images.apply(conv2d({ channels: 16, kernelSize: 3, padding: "same", name: "stem" }), batchNorm());
  const second = first.apply(relu(), conv2d({ channels: 8, kernelSize: 1, weights: "real", bias: "real" }));
  const output = merge(concatenate(), first, second).apply(
    maxPool2d({ size: 2 }),
    flatten(),
    linear({ units: 10 }),
    batchNorm({ affine: true }),
  );
  const rule = "-".repeat(105);
  // By hand: 3 * 16 * 9 = 432 weights, once for each of 32 * 32 pixels; 432 bits are 54 bytes, 4 * 432 bytes are 1.7 KiB;
  // 16 * 8 weights and 8 biases; 24 * 16 * 16 values to 10 outputs.
  assert.is(
    functional({ input: images, output }).summary(),
    [
      "layer         type         reads                output         1-bit  32-bit   packed      float     MACs",
      rule,
      "input                                           [3, 32, 32]",
      "stem          conv2d       .                    [16, 32, 32]     432       -     54 B    1.7 KiB  442,368",
      "batchNorm1    batchNorm    .                    [16, 32, 32]       -       -        -          -        -",
      "relu1         relu         .                    [16, 32, 32]       -       -        -          -        -",
      "conv2d2       conv2d       .                    [8, 32, 32]        -     136    544 B      544 B  131,072",
      "concatenate1  concatenate  batchNorm1, conv2d2  [24, 32, 32]       -       -        -          -        -",
      "maxPool2d1    maxPool2d    .                    [24, 16, 16]       -       -        -          -        -",
      "flatten1      flatten      .                    [6144]             -       -        -          -        -",
      "linear1       linear       .                    [10]          61,440       -  7.5 KiB  240.0 KiB   61,440",
      "batchNorm2    batchNorm    .                    [10]               -      20     80 B       80 B        -",
      rule,
      "total                                                         61,872     156  8.2 KiB  242.3 KiB  634,880",
    ].join("\n"),
  );
});

test.run();
