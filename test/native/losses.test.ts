import { suite } from "uvu";
import * as assert from "uvu/assert";
import { addon } from "./support/addon.js";
import { chain, openSession } from "./support/specs.js";

const test = suite("losses");

const targetsOf: Readonly<Record<string, Int32Array | Float32Array>> = {
  softmaxCrossEntropy: Int32Array.of(2),
  squaredHinge: Int32Array.of(2),
  binaryCrossEntropy: Float32Array.of(0, 1, 0.5),
  meanSquaredError: Float32Array.of(0, 1, 0.5),
};

for (const loss of addon.registry().losses) {
  test(`${loss}: an output that is NaN gives a loss that is NaN, wherever it stands`, async () => {
    const session = openSession({ layers: chain(["dropout", { rate: 0 }]), inputShape: [3], loss });
    for (let at = 0; at < 3; at++) {
      const inputs = Float32Array.of(0.5, -0.5, 0.25);
      inputs[at] = Number.NaN;
      const call = { inputs, targets: targetsOf[loss]!, batch: 1, phase: "eval", commit: false } as const;
      assert.ok(Number.isNaN((await session.replay(call)).losses[0]), `output ${at}`);
    }
    session.dispose();
  });
}

test.run();
