/** Channels of more values than one block adds up. */
import "./support/unfused.js";
import { suite } from "uvu";
import { randomFloats } from "../native/support/random.js";
import { chain, openSession, type SessionParts } from "../native/support/specs.js";
import { replayBoth } from "./support/parity.js";

const test = suite("batch norm on CUDA");

for (const [batch, shape] of [
  [13, [3, 33, 17]],
  [2, [2, 61, 101]],
] as const) {
  test(`${batch} images of ${shape.join(" x ")}: forward and gradients`, async () => {
    const parts: SessionParts = {
      inputShape: shape,
      layers: chain(["batchNorm", { affine: true }], ["relu"]),
      loss: "meanSquaredError",
    };
    const [cuda, cpu] = [openSession({ ...parts, device: "cuda" }), openSession(parts)];
    const values = batch * shape[0] * shape[1] * shape[2];
    const call = {
      inputs: randomFloats(values, 1, -2, 3),
      outputGradients: [randomFloats(values, 2)],
      batch,
      phase: "train" as const,
    };
    for (const commit of [false, true]) await replayBoth(cuda, cpu, { ...call, commit }, `commit ${commit}`);
    await replayBoth(cuda, cpu, { ...call, phase: "eval", commit: false }, "running statistics", true);
  });
}

test.run();
