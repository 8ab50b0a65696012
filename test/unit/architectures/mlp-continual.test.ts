import { suite } from "uvu";
import * as assert from "uvu/assert";
import { mlpContinual } from "../../../lib/architectures/mlp-continual.js";

const test = suite("mlpContinual");

test("784-100-100-10 without dropout: 89,400 weights", () => {
  const model = mlpContinual({ inputShape: [1, 28, 28], outputs: 10 });
  const block = ["linear", "batchNorm"];
  assert.equal(
    model.layers.map(({ type }) => type),
    [...block, "relu", ...block, "relu", ...block],
  );
  const weights = model.parameters().reduce((sum, { shape }) => sum + shape[0]! * shape[1]!, 0);
  assert.is(weights, 89_400);
});

test.run();
