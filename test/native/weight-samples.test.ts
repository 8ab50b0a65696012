import { suite } from "uvu";
import * as assert from "uvu/assert";
import { close, epsilon32 } from "./support/compare.js";
import { randomFloats } from "./support/random.js";
import { adam, bayesbinn, chain, labelled, openSession, sgd, stateOf, trainCall } from "./support/specs.js";

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

const [samples, units, batch] = [3, 7, 2];

for (const [real, moments] of [
  [sgd({ learningRate: 1 }), {}],
  // An epsilon at which the size of the gradient shows in the step.
  [
    adam({ learningRate: 1, epsilon: 0.5, beta1: 0.75, beta2: 0.875 }),
    { first_moment: (g: number) => 0.25 * g, second_moment: (g: number) => 0.125 * g ** 2 },
  ],
] as const) {
  test(`${real.type}: real parameters take the mean of the samples' gradients`, async () => {
    const layers = chain(["linear", { units, bias: "real" }]);
    const session = openSession({ layers, binary: bayesbinn({ samples }), real });
    const before = (await stateOf(session)).get("linear1.bias")!.data;
    const { gradients } = await session.replay({
      inputs: randomFloats(batch * 5, 1),
      batch,
      phase: "train",
      commit: true,
      outputGradients: Array.from({ length: samples }, (_, s) => randomFloats(batch * units, 2 + s)),
    });
    const after = await stateOf(session);
    const given = gradients[1]!;
    const mean = Array.from(before, (_, i) => (given[i]! + given[units + i]! + given[2 * units + i]!) / samples);
    const change = (g: number) => (real.type === "sgd" ? g : g / (Math.abs(g) + 0.5));
    // Of numbers below 4, after some ten roundings.
    const tolerance = 40 * epsilon32;
    const expected = mean.map((g, i) => before[i]! - change(g));
    close(after.get("linear1.bias")!.data, expected, tolerance, "bias");
    for (const [name, moment] of Object.entries(moments)) {
      close(after.get(`linear1.bias/${name}`)!.data, mean.map(moment), tolerance, name);
    }
    assert.ok(Math.max(...mean.map(Math.abs)) > 0.1, "gradients that show");
    session.dispose();
  });
}

test.run();
