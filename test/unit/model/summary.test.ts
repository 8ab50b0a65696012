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
  assert.is(functional({ input: images, output }).summary(), "?");
});

test.run();
