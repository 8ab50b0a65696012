/** Training of small networks on the device and on the CPU at once. */
import * as assert from "uvu/assert";
import { sizeOf } from "../../../lib/layers/shape.js";
import type { DatasetSpec, NativeSession, WeightChoice } from "../../../lib/native/contract.js";
import { close } from "../../native/support/compare.js";
import { namedMethods } from "../../native/support/method-rows.js";
import { randomFloats } from "../../native/support/random.js";
import { chain, openSession, type SessionParts, trainCall } from "../../native/support/specs.js";
import { closeStates, closeToLargest, layerTolerance } from "./parity.js";

export const [count, classes, batchSize, steps] = [65, 3, 13, 20];

/** Nothing of which the gradient is zero but for roundings, such as a bias that batch norm takes away: Adam would grow it. */
export const networks = (kind: "binary" | "real"): Readonly<Record<string, SessionParts>> => ({
  vectors: {
    inputShape: [7],
    layers: chain(
      ["dropout", { rate: 0.1 }],
      ["linear", { units: 17, weights: kind }],
      ["batchNorm", { affine: kind === "real" }],
      ["tanh"],
      ["linear", { units: classes, weights: kind }],
    ),
  },
  images: {
    inputShape: [2, 5, 3],
    layers: chain(
      ["conv2d", { channels: 5, padding: [1, 1], weights: kind }],
      ["batchNorm"],
      ["relu"],
      ["maxPool2d", { stride: [2, 1] }],
      ["conv2d", { channels: 3, kernelSize: [2, 2], weights: kind }],
      ["tanh"],
      ["flatten"],
      ["linear", { units: classes, weights: kind }],
    ),
  },
});

const regime = { trainSetSize: count, learningRate: 1e-3 };
export const methods = namedMethods([
  ["soft weights, two samples", { ...regime, samples: 2 }],
  ["signs", { ...regime, temperature: 1e-8 }],
  ["signs, three samples", { ...regime, temperature: 1e-8, samples: 3, staleMu: true, perWeightPrior: true }],
]);

/** Steps of an epoch each of five batches, and what they say. */
export async function trained(session: NativeSession, data: DatasetSpec, from = 0, to = steps): Promise<number[]> {
  const dataset = session.addDataset(data);
  const losses: number[] = [];
  for (let epoch = from / 5; epoch < to / 5; epoch++) {
    const result = await session.train(trainCall(dataset, { epoch, batchSize, batches: 5 }));
    assert.is(result.steps, 5);
    assert.is(result.count, count);
    losses.push(...result.stepLosses);
  }
  return losses;
}

/**
 * Of the size of what is compared. Two dozen roundings a step, 1e-6 of a result, move the next step's weights, and so on for
 * twenty steps, through which an error grows by a hundred; a wrong term would show in the first step already. A state is
 * taken to be of size 1 at least, as latent weights and activations are: a momentum near zero has the errors of its parts.
 */
export const tolerance = 1e-4;

/** Fails unless the losses of steps are close. */
export const closeLosses = (actual: readonly number[], expected: readonly number[]): void =>
  close(
    actual,
    expected,
    expected.map((loss) => tolerance * (1 + loss)),
    "losses of steps",
  );

/**
 * Samples whose two likeliest classes are equally likely but for what both probabilities may differ by between the devices,
 * as happens with signs for weights.
 */
async function undecided(session: NativeSession, data: DatasetSpec, choice: WeightChoice): Promise<number> {
  const { byteTable: table, sampleShape } = data;
  const [channels = 1, pixels] = [sampleShape[0], sizeOf(sampleShape.slice(1))];
  const input = (value: number, i: number) => table?.[256 * (Math.floor(i / pixels) % channels) + value] ?? value;
  const call = { ...choice, inputs: Float32Array.from(data.inputs, input), batchSize: 32 };
  const { values } = await session.predict({ ...call, output: "probabilities" });
  return Array.from({ length: count }, (_, b) => {
    const [first, second] = [...values.subarray(b * classes, (b + 1) * classes)].sort((one, other) => other - one);
    return first! - second! <= 2 * layerTolerance;
  }).filter(Boolean).length;
}

/** Losses of steps, the state after them, and what it predicts. */
export async function compare(parts: SessionParts, data: DatasetSpec): Promise<void> {
  const [cuda, cpu] = [openSession({ ...parts, device: "cuda" }), openSession(parts)];
  assert.is(cuda.describe().device, "cuda");
  const [actual, expected] = [await trained(cuda, data), await trained(cpu, data)];
  closeLosses(actual, expected);
  await closeStates(cuda, cpu, "state", { tolerance, floor: 1 });
  assert.equal(cuda.counters(), cpu.counters());
  for (const samples of [0, 3]) {
    const choice = { samples, draw: 2, batchSize: 11 };
    // The same weights on both: what differs by training has no part in it.
    await cuda.setState("training", await cpu.getState("training"));
    for (const output of ["logits", "probabilities"] as const) {
      const call = { ...choice, inputs: randomFloats((17 * data.inputs.length) / count, 8), output };
      const [left, right] = [await cuda.predict(call), await cpu.predict(call)];
      closeToLargest(left.values, right.values, `${output}, ${samples} samples`);
    }
    for (const batchNorm of [undefined, { dataset: 1, batchSize: 20 }]) {
      const call = { ...choice, dataset: 1, ...(batchNorm && { batchNorm }) };
      const [left, right] = [await cuda.evaluate(call), await cpu.evaluate(call)];
      close([left.lossSum], [right.lossSum], layerTolerance * (1 + right.lossSum), `loss, ${samples} samples`);
      assert.is(left.count, right.count);
      // Which samples are undecided then is not known: predictions take the running statistics only.
      if (batchNorm) continue;
      const difference = Math.abs(left.correct - right.correct);
      assert.ok(difference <= (await undecided(cpu, data, choice)), `${left.correct} and ${right.correct} are right`);
    }
  }
  for (const session of [cuda, cpu]) session.dispose();
}
