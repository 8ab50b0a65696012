// Flips of a call of train: binary weights whose mode changed, counted anew from the state around each step.
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { NativeSession } from "../../lib/native/contract.js";
import {
  adam,
  bayesbinn,
  chain,
  everything,
  labelled,
  openSession,
  parametersOf,
  type SessionParts,
  stateOf,
  trainCall,
} from "./support/specs.js";

const test = suite("flips");

const data = labelled(35, [2, 2, 3], 4);

/** Signs of all binary weights, 0 as +1. */
async function modes(session: NativeSession, names: readonly string[]): Promise<boolean[]> {
  const state = await stateOf(session, "model");
  return names.flatMap((name) => Array.from(state.get(name)!.data, (latent) => latent >= 0));
}

/** Networks whose weights flip often: lambda begins near 0 and moves in large steps. */
const restless = { initialLambda: 0, initialLambdaSpread: 0.3, learningRate: 0.05 };
const networks: Readonly<Record<string, SessionParts>> = {
  "weights as values, two samples a step": everything({ binary: bayesbinn({ ...restless, samples: 2 }) }),
  "weights as bits": everything({ binary: bayesbinn({ ...restless, temperature: 1e-8, learningRate: 2 }) }),
  "more weights than a block": {
    inputShape: [2, 2, 3],
    layers: chain(["flatten"], ["linear", { units: 67, bias: "binary" }], ["tanh"], ["linear", { units: 4 }]),
    binary: bayesbinn({ ...restless, momentum: 0, keepMomentum: false }),
  },
};

for (const [name, parts] of Object.entries(networks)) {
  for (const threads of [1, 3]) {
    test(`${name}: as many as the states around each step tell, with ${threads} threads`, async () => {
      const [single, whole] = [openSession({ ...parts, threads }), openSession({ ...parts, threads })];
      const [dataset, other] = [single.addDataset(data), whole.addDataset(data)];
      const binary = parametersOf(parts.layers).binary;
      let total = 0;
      for (let step = 0; step < 5; step++) {
        const before = await modes(single, binary);
        const { flips } = await single.train(trainCall(dataset, { firstBatch: step }));
        const after = await modes(single, binary);
        assert.is(flips, after.filter((mode, weight) => mode !== before[weight]).length, `step ${step}`);
        total += flips;
      }
      assert.ok(total > 20, `only ${total} flips in five steps`);
      assert.is((await whole.train(trainCall(other, { batches: 5 }))).flips, total, "five steps in one call");
      for (const session of [single, whole]) session.dispose();
    });
  }
}

test("real weights flip none", async () => {
  const layers = chain(["flatten"], ["linear", { units: 4, weights: "real", bias: "real" }]);
  const session = openSession({ inputShape: [2, 2, 3], layers, real: adam({ learningRate: 1 }) });
  const dataset = session.addDataset(data);
  assert.is((await session.train(trainCall(dataset, { batches: 5 }))).flips, 0);
  session.dispose();
});

test.run();
