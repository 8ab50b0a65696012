import { suite } from "uvu";
import * as assert from "uvu/assert";
import { mlpBinaryConnect } from "../../../lib/architectures/mlp-binary-connect.js";
import { unet } from "../../../lib/architectures/unet.js";
import { vggBinaryConnect } from "../../../lib/architectures/vgg-binary-connect.js";
import { evaluationBatch } from "../../../lib/recipes/evaluation-batch.js";

const test = suite("samples of an evaluation");

test("fewer for layers of large images: 64 MiB a value", () => {
  assert.is(evaluationBatch(mlpBinaryConnect({ inputShape: [784], outputs: 10 })), 1000);
  // 128 * 32 * 32 values are 512 KiB.
  assert.is(evaluationBatch(vggBinaryConnect({ inputShape: [3, 32, 32], outputs: 10 })), 128);
  // 64 * 570 * 570 are 79 MiB.
  assert.is(evaluationBatch(unet({ inputShape: [1, 572, 572], outputs: 2 })), 1);
});

test.run();
