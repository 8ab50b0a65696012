/** Memory of the device and of the host: what is where, and how it gets there. */
import { setTimeout } from "node:timers/promises";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { NativeSession } from "../../lib/native/contract.js";
import { sameBits } from "../native/support/compare.js";
import { randomFloats } from "../native/support/random.js";
import { refusedBy } from "../native/support/refused.js";
import { sameState } from "../native/support/same-state.js";
import { bits, chain, labelled, openSession, type SessionParts, trainCall } from "../native/support/specs.js";
import { cudaDefaults } from "../support/cuda-defaults.mjs";
import { emulated } from "./support/on-device.js";

const test = suite("memory on CUDA");

const parts = bits({ maxBatch: 128, inputShape: [2, 5, 6] });

const open = (memoryLimit = 0, more: Partial<SessionParts> = {}) =>
  openSession({ ...parts, ...more, device: "cuda", cuda: { ...cudaDefaults, memoryLimit } });

test("a session tells what it has of the device's memory, and the CPU nothing", async () => {
  const session = open();
  const before = session.describe().deviceMemory!;
  assert.ok(before.inUse > 4 * (60 * 33 + 33 * 4), `${before.inUse} bytes`);
  assert.is(before.samplesOnHost, 0);
  const dataset = session.addDataset(labelled(1000, parts.inputShape!, 4));
  const withData = session.describe().deviceMemory!;
  assert.ok(withData.inUse >= before.inUse + 1000 * 61 * 4 && withData.mostInUse >= withData.inUse);
  session.removeDataset(dataset);
  const after = session.describe().deviceMemory!;
  assert.is(after.inUse, before.inUse);
  assert.is(after.mostInUse, withData.mostInUse);
  assert.ok(after.cached >= 1000 * 61 * 4);
  session.addDataset(labelled(1000, parts.inputShape!, 4));
  const again = session.describe().deviceMemory!;
  assert.is(again.allocations, after.allocations);
  assert.ok(again.reuses > after.reuses);
  assert.is(openSession(parts).describe().deviceMemory, undefined);
});

test("a session takes no more memory than its limit", async () => {
  const large = { layers: chain(["flatten"], ["linear", { units: 2000 }], ["linear", { units: 2000 }]) };
  await refusedBy(() => open(2 ** 20, large), "ERR_OUT_OF_MEMORY", /\d+ bytes asked for, \d+ free/);
  const small = open(2 ** 24);
  const dataset = small.addDataset(labelled(14, parts.inputShape!, 4));
  assert.is((await small.train(trainCall(dataset, { batches: 2 }))).steps, 2);
});

const augmentations = [
  [],
  [
    { type: "randomCrop", padding: 1, fill: "mean" },
    { type: "randomFlip", horizontal: 0.5, vertical: 0 },
  ],
] as const;

for (const augmentation of augmentations) {
  test(`data for which there is no room is read from the host: the same bits, ${augmentation.length} changes`, async () => {
    const pixels = 60 * 20_000;
    const byteTable = randomFloats(256, 5);
    const floats = labelled(20_000, parts.inputShape!, 4);
    const bytes = { ...floats, inputs: Uint8Array.from({ length: pixels }, (_, i) => (i * 97) % 251), byteTable };
    for (const data of augmentation.length > 0 ? [bytes] : [bytes, floats]) {
      const [here, there] = [open(), open(2 ** 21)];
      for (const session of [here, there]) {
        const dataset = session.addDataset(data);
        await session.train(trainCall(dataset, { batches: 9, batchSize: 37, augmentation }));
      }
      await sameState(there, here, "samples on the host");
      assert.is(here.describe().deviceMemory!.samplesOnHost, 0);
      assert.ok(there.describe().deviceMemory!.samplesOnHost >= data.inputs.byteLength);
      for (const session of [here, there])
        session.addSubset(
          1,
          Uint32Array.from({ length: 150 }, (_, i) => 131 * i),
        );
      const call = { dataset: 2, batchSize: 100, samples: 0, draw: 0 };
      assert.equal(await there.evaluate(call), await here.evaluate(call));
      there.removeDataset(2);
      there.removeDataset(1);
      assert.is(there.describe().deviceMemory!.samplesOnHost, 0);
    }
  });
}

test("predictions do not depend on the batches that rows come in", async () => {
  const session = open();
  const predict = async (inputs: Float32Array, batchSize: number, samples = 0) =>
    (await session.predict({ inputs, batchSize, samples, draw: 1, output: "logits" })).values;
  // Larger batches after small ones want more room, smaller ones leave some.
  for (const [rows, samples] of [
    [23, 0],
    [50, 3],
    [7, 0],
  ] as const) {
    const inputs = randomFloats(60 * rows, rows);
    const whole = await predict(inputs, rows, samples);
    for (const batchSize of [4, 5, 16]) sameBits(await predict(inputs, batchSize, samples), whole, `by ${batchSize}`);
  }
});

test("batches for which there is no room leave room for smaller ones", async () => {
  const maxBatch = 4096;
  const inputs = randomFloats(60 * maxBatch, 3);
  const predict = (session: NativeSession, batchSize: number) =>
    session.predict({ inputs, batchSize, samples: 0, draw: 0, output: "logits" });
  const free = open(0, { maxBatch });
  const expected = (await predict(free, 64)).values;
  const scarce = open(free.describe().deviceMemory!.mostInUse + 2 ** 16, { maxBatch });
  for (let i = 0; i < 2; i++) {
    sameBits((await predict(scarce, 64)).values, expected, "by 64");
    await refusedBy(() => predict(scarce, maxBatch), "ERR_OUT_OF_MEMORY");
  }
});

test("a prediction that was cancelled leaves nothing to the next one", async () => {
  const session = open();
  const [first, second] = [randomFloats(60 * 50, 1), randomFloats(60 * 10, 2)];
  const call = { batchSize: 3, samples: 2, draw: 0, output: "logits" as const };
  const expected = (await session.predict({ ...call, inputs: second })).values;
  let halfway = 0;
  // Waits of all kinds, again where the machine is so busy that none of them fell within a call.
  for (let tries = 0; tries < 7 || (emulated && halfway === 0 && tries < 70); tries++) {
    const wait = [0, 1, 2, 4, 8, 16, 32][tries % 7]!;
    const running = session.predict({ ...call, inputs: first });
    await setTimeout(wait);
    session.cancel();
    const { cancelled, values } = await running;
    if (cancelled && values.some((value) => value !== 0)) halfway++;
    sameBits((await session.predict({ ...call, inputs: second })).values, expected, `cancelled after ${wait} ms`);
  }
  // A real device may be faster than all of the waits.
  if (emulated) assert.ok(halfway > 0);
});

test.run();
