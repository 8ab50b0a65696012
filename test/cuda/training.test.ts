/** Training, evaluation and prediction of small networks, beside the CPU. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { DatasetSpec, NativeSession } from "../../lib/native/contract.js";
import { close } from "../native/support/compare.js";
import { methodRows } from "../native/support/method-rows.js";
import { randomFloats } from "../native/support/random.js";
import { sameState } from "../native/support/same-state.js";
import {
  bayesbinn,
  chain,
  everything,
  labelled,
  type MethodSpec,
  openSession,
  type SessionParts,
  trainCall,
} from "../native/support/specs.js";
import { closeStates, closeToLargest } from "./support/parity.js";

const test = suite("training on CUDA");

const [count, classes, batchSize, steps] = [65, 3, 13, 20];

/** Nothing of which the gradient is zero but for roundings, such as a bias that batch norm takes away: Adam would grow it. */
const networks = (kind: "binary" | "real"): Readonly<Record<string, SessionParts>> => ({
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

const methods: readonly { readonly name: string; readonly kind: "binary" | "real"; readonly method: MethodSpec }[] = [
  ...methodRows.map(({ kind, method, variant }) => ({
    name: [method.type, variant].filter(Boolean).join(", "),
    kind,
    method,
  })),
  ...[
    { temperature: 1, samples: 2 },
    { temperature: 1e-8 },
    { temperature: 1e-8, samples: 3, staleMu: true, perWeightPrior: true },
  ].map((options) => ({
    name: `bayesbinn ${JSON.stringify(options)}`,
    kind: "binary" as const,
    method: bayesbinn({ ...options, trainSetSize: count, learningRate: 1e-3 }),
  })),
];

/** Steps of an epoch each of five batches, and what they say. */
async function trained(session: NativeSession, data: DatasetSpec, from = 0, to = steps): Promise<number[]> {
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
 * twenty steps, through which an error grows by a hundred; a wrong term would show in the first step already.
 */
const tolerance = 1e-3;

async function compare(parts: SessionParts, data: DatasetSpec): Promise<void> {
  const [cuda, cpu] = [openSession({ ...parts, device: "cuda" }), openSession(parts)];
  assert.is(cuda.describe().device, "cuda");
  const [actual, expected] = [await trained(cuda, data), await trained(cpu, data)];
  close(
    actual,
    expected,
    expected.map((loss) => tolerance * (1 + loss)),
    "losses of steps",
  );
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
    const evaluation = { ...choice, dataset: 1 };
    for (const batchNorm of [undefined, { dataset: 1, batchSize: 20 }]) {
      const call = { ...evaluation, ...(batchNorm && { batchNorm }) };
      const [left, right] = [await cuda.evaluate(call), await cpu.evaluate(call)];
      close([left.lossSum], [right.lossSum], 1e-4 * (1 + right.lossSum), `loss, ${samples} samples`);
      assert.equal([left.correct, left.count], [right.correct, right.count]);
    }
  }
  for (const session of [cuda, cpu]) session.dispose();
}

for (const { name, kind, method } of methods) {
  for (const [network, parts] of Object.entries(networks(kind))) {
    test(`${name}, ${network}: twenty steps, predictions and evaluations as on the CPU`, () =>
      compare({ ...parts, [kind]: method }, labelled(count, parts.inputShape!, classes)));
  }
}

test("bytes and their table are the inputs of the CPU", async () => {
  const { images: parts } = networks("binary");
  const { inputs: _, scale: __, shift: ___, ...rest } = labelled(count, parts!.inputShape!, classes);
  const inputs = Uint8Array.from({ length: count * 30 }, (____, i) => (i * i) % 251);
  const byteTable = Float32Array.from({ length: 2 * 256 }, (____, i) => ((i % 256) - 128) / (i < 256 ? 64 : 100));
  for (const bytes of [inputs, new Uint8Array(new SharedArrayBuffer(inputs.length))]) {
    bytes.set(inputs);
    await compare(parts!, { ...rest, inputs: bytes, byteTable });
  }
});

test("targets that are numbers, and one a pixel with augmentation", async () => {
  const parts: SessionParts = {
    inputShape: [2, 5, 5],
    layers: chain(
      ["conv2d", { channels: 5, padding: [1, 1] }],
      ["tanh"],
      ["conv2d", { channels: 1, kernelSize: [1, 1], bias: "real" }],
    ),
    loss: "meanSquaredError",
  };
  const { targets: _, ...data } = labelled(count, [2, 5, 5], classes);
  const targets = randomFloats(count * 25, 3);
  const augmentation = [
    { type: "randomQuarterTurn" },
    { type: "randomCrop", padding: 2, fill: "reflect" },
    { type: "randomRotation", degrees: 30, fill: "reflect" },
  ];
  const losses: number[][] = [];
  for (const device of ["cuda", "cpu"] as const) {
    const session = openSession({ ...parts, device });
    const dataset = session.addDataset({ ...data, targets, targetWidth: 25 });
    const call = trainCall(dataset, { batchSize, batches: 5, augmentation });
    losses.push([...(await session.train(call)).stepLosses]);
  }
  closeToLargest(losses[0]!, losses[1]!, "losses", { tolerance });
});

test("a state goes from the CPU to the device and back, and training goes on from it", async () => {
  const data = labelled(count, [2, 2, 3], 4);
  const open = (device: "cpu" | "cuda") => openSession(everything({ device }));
  const handOver = async (from: NativeSession, to: NativeSession) => {
    await to.setState("training", await from.getState("training"));
    to.setCounters(from.counters());
    await sameState(to, from, "as handed over");
  };
  const [whole, first, second, third] = [open("cpu"), open("cpu"), open("cuda"), open("cpu")];
  const expected = await trained(whole, data, 0, 15);
  const losses = await trained(first, data, 0, 5);
  await handOver(first, second);
  losses.push(...(await trained(second, data, 5, 10)));
  await handOver(second, third);
  losses.push(...(await trained(third, data, 10, 15)));
  close(
    losses,
    expected,
    expected.map((loss) => tolerance * (1 + loss)),
    "losses of steps",
  );
});

test("first weights are the same bits, and so is a state that is kept and restored", async () => {
  const [cuda, cpu] = [openSession(everything({ device: "cuda" })), openSession(everything())];
  await sameState(cuda, cpu, "first weights");
  await cuda.keepState("best");
  await trained(cuda, labelled(count, [2, 2, 3], 4), 0, 5);
  await cuda.restoreState();
  const [model, first] = [await cuda.getState("model"), await cpu.getState("model")];
  for (const [i, { name, data }] of first.entries()) close(model[i]!.data, data, 0, name);
});

test("distributions of weights are those of the CPU", async () => {
  for (const { method, kind } of methods) {
    const [cuda, cpu] = (["cuda", "cpu"] as const).map((device) =>
      openSession({ ...networks(kind)["vectors"]!, [kind]: method, device }),
    ) as [NativeSession, NativeSession];
    assert.equal(await cuda.distributions(20), await cpu.distributions(20), method.type);
  }
});

test.run();
