/** Evaluations and predictions by every loss, of single networks and of means over several. */
import "./support/unfused.js";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { PredictResult } from "../../lib/native/contract.js";
import { addon } from "../native/support/addon.js";
import { close } from "../native/support/compare.js";
import { randomFloats, randomLabels } from "../native/support/random.js";
import { bayesbinn, chain, openSession, type SessionParts } from "../native/support/specs.js";
import { closeToLargest, layerTolerance } from "./support/parity.js";

const test = suite("evaluation on CUDA");

const [count, outputs] = [61, 5];

/** What each loss takes: class labels, or a row of numbers. */
const targets: Readonly<Record<string, Int32Array | Float32Array>> = {
  softmaxCrossEntropy: randomLabels(count, outputs, 4),
  squaredHinge: randomLabels(count, outputs, 4),
  binaryCrossEntropy: randomFloats(count * outputs, 4, 0, 1),
  meanSquaredError: randomFloats(count * outputs, 4),
};

test("there is a row for every loss", () => assert.equal(Object.keys(targets).sort(), addon.registry().losses.sort()));

const weighted = { classWeights: [1.3, 0, 0.2, 2.45, 0.7] };
const rows = [
  ...Object.entries(targets).map(([loss, values]) => ({ what: loss, loss, lossOptions: {}, values })),
  {
    what: "softmaxCrossEntropy with weights",
    loss: "softmaxCrossEntropy",
    lossOptions: weighted,
    values: targets["softmaxCrossEntropy"]!,
  },
];

for (const { what, loss, lossOptions, values } of rows) {
  test(`${what}: the mode, and means over 3 networks`, async () => {
    const parts: SessionParts = {
      inputShape: [7],
      layers: chain(["linear", { units: outputs, bias: "real" }]),
      binary: bayesbinn(),
      loss,
      lossOptions,
    };
    const [cuda, cpu] = [openSession({ ...parts, device: "cuda" }), openSession(parts)];
    const inputs = randomFloats(7 * count, 3);
    const data = {
      name: loss,
      inputs,
      sampleShape: [7],
      scale: Float32Array.of(1),
      shift: Float32Array.of(0),
      targets: values,
      targetWidth: values.length / count,
    };
    for (const samples of [0, 3]) {
      const choice = { samples, draw: 2, batchSize: 16 };
      const [left, right] = [
        await cuda.evaluate({ ...choice, dataset: cuda.addDataset(data) }),
        await cpu.evaluate({ ...choice, dataset: cpu.addDataset(data) }),
      ];
      close([left.lossSum], [right.lossSum], layerTolerance * right.lossSum, `${samples} samples`);
      assert.equal([left.correct, left.count], [right.correct, count]);
      for (const output of ["logits", "probabilities"] as const) {
        const call = { ...choice, inputs, output };
        const [here, there] = [await cuda.predict(call), await cpu.predict(call)];
        closeToLargest(here.values, there.values, `${output}, ${samples} samples`);
      }
    }
  });
}

test("how draws differ, with statistics of batch norm of each draw, of a data set and of inputs", async () => {
  const parts: SessionParts = {
    inputShape: [7],
    layers: chain(["linear", { units: 9 }], ["batchNorm", {}], ["linear", { units: outputs }]),
    binary: bayesbinn({ initialLambda: 0.5 }),
  };
  const [cuda, cpu] = [openSession({ ...parts, device: "cuda" }), openSession(parts)];
  const inputs = randomFloats(7 * count, 3);
  const data = {
    name: "classes",
    inputs,
    sampleShape: [7],
    scale: Float32Array.of(1),
    shift: Float32Array.of(0),
    targets: targets["softmaxCrossEntropy"]!,
    targetWidth: 1,
  };
  const results = [];
  for (const session of [cuda, cpu]) {
    const dataset = session.addDataset(data);
    const batchNorm = { dataset, batchSize: 17 };
    const choice = { samples: 3, draw: 2, batchSize: 16, output: "probabilities", batchNorm } as const;
    const asked = { ...choice, statistics: "classes", logits: true } as const;
    const [whole, arrays] = [await session.predict({ ...asked, dataset }), await session.predict({ ...asked, inputs })];
    const { predictions } = await session.evaluate({ ...choice, dataset, predictions: true });
    assert.equal(arrays, whole);
    assert.equal(predictions, whole.values);
    results.push(whole);
  }
  const [here, there] = results as [PredictResult, PredictResult];
  assert.ok(Math.max(...there.mutualInformation!) > 0.05, "the draws differ");
  for (const key of ["values", "entropy", "mutualInformation", "logits"] as const) {
    closeToLargest(here[key]!, there[key]!, key);
  }
});

test.run();
