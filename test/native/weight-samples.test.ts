import { suite } from "uvu";
import * as assert from "uvu/assert";
import { bayesbinn, chain, labelled, openSession, stateOf, trainCall } from "./support/specs.js";

// Every weight sample of a step sees the same input, whatever the first layer leaves of it.
const test = suite("weight samples");

const rest = [["linear", { units: 11 }], ["batchNorm"], ["linear", { units: 3 }]] as const;

/** Latent weights after three steps, in the order of the layers. */
async function trained(first: readonly (readonly [string, Readonly<Record<string, unknown>>?])[], samples: number) {
  const session = openSession({ layers: chain(...first, ...rest), binary: bayesbinn({ samples }) });
  const dataset = session.addDataset(labelled(21, [5], 3));
  await session.train(trainCall(dataset, { batches: 3 }));
  const state = [...(await stateOf(session)).values()];
  session.dispose();
  return state.map(({ data }) => [...data]);
}

for (const samples of [1, 2, 5]) {
  for (const [name, first] of [
    ["flatten", ["flatten"]],
    ["dropout that keeps all", ["dropout", { rate: 0 }]],
  ] as const) {
    test(`${samples} samples: a leading ${name} changes nothing`, async () => {
      assert.equal(await trained([first], samples), await trained([], samples));
    });
  }
}

test("the second sample counts", async () => {
  assert.not.equal(await trained([], 2), await trained([], 1));
});

test.run();
