/** Every layer, loss and kind of network, one step of each, against the CPU. */
import { sizeOf } from "../../lib/layers/shape.js";
import "./support/unfused.js";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { ReplayCall } from "../../lib/native/contract.js";
import { sameBits } from "../native/support/compare.js";
import { deep, type LayerRow, layerRows, openRow } from "../native/support/layer-rows.js";
import { randomFloats, randomLabels } from "../native/support/random.js";
import { randomGraph } from "../native/support/random-graph.js";
import {
  bayesbinn,
  branches,
  chain,
  everything,
  node,
  openSession,
  type SessionParts,
} from "../native/support/specs.js";
import { closeStates, closeToLargest, replayBoth } from "./support/parity.js";

const test = suite("layers on CUDA");

async function check(row: LayerRow): Promise<void> {
  const [cuda, cpu] = [await openRow(row, { device: "cuda" }), await openRow(row)];
  await replayBoth(cuda.session, cpu.session, cpu.call, row.name);
  for (const { session } of [cuda, cpu]) session.dispose();
}

for (const row of layerRows) test(`${row.type}, ${row.name}`, () => check(row));

test("a deep network", () =>
  check({ type: "", name: "", parts: deep, batch: 5, targets: Int32Array.of(3, 0, 1, 2, 2) }));

function callOf(parts: SessionParts, batch: number, classes: number, commit: boolean): ReplayCall {
  return {
    inputs: randomFloats(batch * sizeOf(parts.inputShape!), 3, -2, 2),
    targets: randomLabels(batch, classes, 4),
    batch,
    phase: "train",
    commit,
  };
}

/** Images and vectors whose widths are no multiples of anything, with weights as values and, at low temperatures, as bits. */
const networks: Readonly<Record<string, SessionParts>> = {
  "every layer of a chain": everything(),
  "every layer of a graph": branches(),
  "weights as bits, vectors": {
    inputShape: [37],
    layers: chain(
      ["linear", { units: 67, bias: "binary" }],
      ["batchNorm", { affine: true }],
      ["relu"],
      ["linear", { units: 4, bias: "real" }],
    ),
    binary: bayesbinn({ temperature: 1e-8, samples: 2 }),
  },
  "weights as bits, images": {
    inputShape: [3, 5, 7],
    layers: chain(
      ["conv2d", { channels: 17, padding: [1, 1] }],
      ["batchNorm"],
      ["relu"],
      ["maxPool2d", { padding: [1, 1] }],
      ["conv2d", { channels: 5, stride: [2, 2], padding: [1, 1], bias: "binary" }],
      ["tanh"],
      ["convTranspose2d", { channels: 3, bias: "binary" }],
      ["flatten"],
      ["linear", { units: 4 }],
    ),
    binary: bayesbinn({ temperature: 1e-8, samples: 2 }),
  },
};

for (const [name, parts] of Object.entries(networks)) {
  test(`${name}: drawn weights and masks, results, and the state after two steps`, async () => {
    for (const batch of [1, 13, 32]) {
      // A single vector has no spread to normalise by.
      if (batch === 1 && name.includes("vectors")) continue;
      const [cuda, cpu] = [openSession({ ...parts, device: "cuda" }), openSession(parts)];
      for (const [i, commit] of [false, true, true].entries())
        await replayBoth(cuda, cpu, callOf(parts, batch, 4, commit), `batch of ${batch}, replay ${i}`, i === 2);
      await closeStates(cuda, cpu, `batch of ${batch}`);
      assert.equal(cuda.counters(), cpu.counters());
      for (const session of [cuda, cpu]) session.dispose();
    }
  });
}

for (let seed = 0; seed < 16; seed++) {
  test(`random graph ${seed}`, async () => {
    const { inputShape, layers } = randomGraph(seed);
    const batch = 3 + seed;
    const parts = {
      inputShape,
      layers,
      maxBatch: batch + 1,
      loss: "meanSquaredError",
      binary: bayesbinn({ samples: 2 }),
    };
    const [cuda, cpu] = [openSession({ ...parts, device: "cuda" }), openSession(parts)];
    const outputs = sizeOf(cpu.describe().outputShape);
    const outputGradients = [0, 1].map((sample) => randomFloats(batch * outputs, seed + sample));
    const inputs = randomFloats(batch * sizeOf(inputShape), seed + 9, -2, 2);
    await replayBoth(cuda, cpu, { inputs, outputGradients, batch, phase: "train", commit: false }, "training");
    const evaluation = { inputs, outputGradients: outputGradients.slice(0, 1), batch, commit: false };
    await replayBoth(cuda, cpu, { ...evaluation, phase: "eval" }, "evaluation");
    for (const session of [cuda, cpu]) session.dispose();
  });
}

/** Layers through which single values pass, each with its own way of looking at them. */
const passages = chain(
  ["relu"],
  ["maxPool2d", { stride: [1, 1] }],
  ["averagePool2d", { stride: [1, 1] }],
  ["dropout2d", { rate: 0.5 }],
  ["tanh"],
  ["flatten"],
  ["dropout", { rate: 0.25 }],
);

test("what is no number, or infinite, goes where it goes on the CPU", async () => {
  const [batch, inputShape] = [5, [2, 4, 3]] as const;
  for (let at = 1; at <= passages.length; at++) {
    const layers = passages.slice(0, at);
    const parts = { layers, inputShape: [...inputShape], loss: "meanSquaredError", maxBatch: batch };
    const [cuda, cpu] = [openSession({ ...parts, device: "cuda" }), openSession(parts)];
    const outputs = sizeOf(cpu.describe().outputShape);
    const inputs = randomFloats(batch * 24, 3);
    const targets = randomFloats(batch * outputs, 4);
    for (const [place, value] of [
      [2, Number.NaN],
      [24 + 7, Infinity],
      [48 + 23, -Infinity],
    ] as const) {
      inputs[place] = value;
    }
    for (const phase of ["train", "eval"] as const) {
      const call = { inputs, targets, batch, phase, commit: false };
      const [actual, expected] = [await cuda.replay(call), await cpu.replay(call)];
      const what = `${layers.at(-1)!.type}, ${phase}`;
      const kinds = (values: ArrayLike<number>) => Array.from(values, (value) => (Number.isFinite(value) ? 0 : value));
      assert.equal(kinds(actual.outputs[0]!), kinds(expected.outputs[0]!), `${what}: outputs`);
      assert.equal(kinds(actual.losses), kinds(expected.losses), `${what}: loss`);
      const finite = (values: Float32Array) => values.map((value) => (Number.isFinite(value) ? value : 0));
      closeToLargest(finite(actual.outputs[0]!), finite(expected.outputs[0]!), `${what}: finite outputs`);
    }
    for (const session of [cuda, cpu]) session.dispose();
  }
});

test("a network without weights is the same bits: max pooling, crops, joins and masks move values", async () => {
  const parts = {
    inputShape: [3, 5, 4],
    layers: [
      node("positive", "relu", ["input"]),
      node("some", "dropout2d", ["positive"], { rate: 0.5 }),
      node("largest", "maxPool2d", ["some"], { size: [3, 2], stride: [1, 1], padding: [1, 1] }),
      node("middle", "centerCrop2d", ["largest"], { size: [5, 4] }),
      node("joined", "concatenate", ["middle", "input", "middle"]),
      node("values", "flatten", ["joined"]),
      node("kept", "dropout", ["values"], { rate: 0.25 }),
    ],
    loss: "meanSquaredError",
  };
  const [cuda, cpu] = [openSession({ ...parts, device: "cuda" }), openSession(parts)];
  const inputs = randomFloats(17 * 60, 1);
  const outputGradients = [randomFloats(17 * sizeOf(cpu.describe().outputShape), 2)];
  const call = { inputs, outputGradients, batch: 17, phase: "train" as const, commit: false };
  const [actual, expected] = [await cuda.replay(call), await cpu.replay(call)];
  sameBits(actual.outputs[0]!, expected.outputs[0]!, "outputs");
});

test.run();
