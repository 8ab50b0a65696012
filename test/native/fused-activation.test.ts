// A ReLU right behind a batch norm is done by it. With a flatten layer in between it is not: same bits.
import { suite } from "uvu";
import { sizeOf } from "../../lib/layers/shape.js";
import { sameBits } from "./support/compare.js";
import { randomFloats } from "./support/random.js";
import { adam, bayesbinn, chain, openSession, type SessionParts } from "./support/specs.js";

const test = suite("fused activation");

const norm = ["batchNorm", { affine: true }] as const;
const [flatten, relu] = [["flatten"], ["relu"]] as const;
const inputShape = [3, 2, 5];
const batch = 19;

function open(layers: SessionParts["layers"]) {
  return openSession({
    inputShape,
    layers,
    maxBatch: batch,
    loss: "meanSquaredError",
    binary: bayesbinn(),
    real: adam(),
  });
}

for (const [where, fused, apart] of [
  [
    "in the middle",
    chain(norm, relu, flatten, ["linear", { units: 7 }]),
    chain(norm, flatten, relu, ["linear", { units: 7 }]),
  ],
  ["as the output", chain(flatten, norm, relu), chain(flatten, norm, flatten, relu)],
  ["before another", chain(flatten, norm, relu, relu), chain(flatten, norm, flatten, relu)],
] as const) {
  for (const phase of ["train", "eval"] as const) {
    test(`${where}, ${phase}`, async () => {
      const [one, other] = [open(fused), open(apart)];
      const inputs = randomFloats(batch * 30, 3);
      const width = sizeOf(one.describe().outputShape);
      const call = { inputs, batch, phase, commit: false, outputGradients: [randomFloats(batch * width, 4)] };
      const [expected, actual] = [await other.replay(call), await one.replay(call)];
      for (const key of ["outputs", "inputGradients", "gradients"] as const) {
        for (const [i, values] of expected[key].entries()) sameBits(actual[key][i]!, values, `${key}[${i}]`);
      }
    });
  }
}

test.run();
