/** Training, evaluation and prediction of small networks, beside the CPU. */
import "./support/unfused.js";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { NativeSession } from "../../lib/native/contract.js";
import { close } from "../native/support/compare.js";
import { randomFloats } from "../native/support/random.js";
import { sameState } from "../native/support/same-state.js";
import { chain, everything, labelled, openSession, type SessionParts, trainCall } from "../native/support/specs.js";
import { batchSize, classes, closeLosses, compare, count, methods, networks, trained } from "./support/twins.js";

const test = suite("training on CUDA");

for (const { name, kind, method } of methods) {
  const parts = networks(kind)["vectors"]!;
  test(`${name}: twenty steps, predictions and evaluations as on the CPU`, () =>
    compare({ ...parts, [kind]: method }, labelled(count, parts.inputShape!, classes)));
}

test("weights of classes, one of which counts for nothing: recorded steps and evaluations as on the CPU", async () => {
  const { vectors: parts } = networks("binary");
  const lossOptions = { classWeights: [1.3, 0, 2.45] };
  await compare({ ...parts!, lossOptions }, labelled(count, parts!.inputShape!, classes));
});

test("bytes and their table are the inputs of the CPU", async () => {
  const { images: parts } = networks("binary");
  const { name, sampleShape, targets, targetWidth } = labelled(count, parts!.inputShape!, classes);
  const bytes = Uint8Array.from({ length: count * 30 }, (_, i) => (i * i) % 251);
  const byteTable = Float32Array.from({ length: 2 * 256 }, (_, i) => ((i % 256) - 128) / (i < 256 ? 64 : 100));
  for (const inputs of [bytes, new Uint8Array(new SharedArrayBuffer(bytes.length))]) {
    inputs.set(bytes);
    await compare(parts!, { name, inputs, byteTable, sampleShape, targets, targetWidth });
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
  closeLosses(losses[0]!, losses[1]!);
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
  closeLosses(losses, expected);
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
