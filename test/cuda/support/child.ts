// `node --import tsx child.ts <addon> <what>`: a process with another device, or none. Says what it found as a line of
// JSON, the last of its output.
import { createHash } from "node:crypto";
import * as assert from "uvu/assert";
import type { NativeSession } from "../../../lib/native/contract.js";
import { addon, kernels } from "../../native/support/addon.js";
import {
  bayesbinn,
  branches,
  chain,
  everything,
  labelled,
  openSession,
  trainCall,
} from "../../native/support/specs.js";

const what = process.argv[3];

/** Losses of a few steps, evaluations, predictions and the state after them. */
async function numbersOf(session: NativeSession, sampleShape: readonly number[]): Promise<Float64Array[]> {
  const data = labelled(21, sampleShape, 4);
  const dataset = session.addDataset(data);
  const { stepLosses } = await session.train(trainCall(dataset, { batches: 3 }));
  const choice = { samples: 2, draw: 1, batchSize: 5 };
  const { lossSum, correct } = await session.evaluate({ ...choice, dataset });
  const inputs = data.inputs as Float32Array;
  const { values } = await session.predict({ ...choice, inputs, output: "probabilities" });
  const state = await session.getState("training");
  return [stepLosses, [lossSum, correct], values, ...state.map((tensor) => tensor.data)].map((list) =>
    Float64Array.from(list),
  );
}

const networks = {
  everything: everything(),
  branches: branches(),
  bits: {
    inputShape: [2, 2, 3],
    layers: chain(
      ["conv2d", { channels: 7, padding: [1, 1] }],
      ["batchNorm"],
      ["relu"],
      ["flatten"],
      ["linear", { units: 4 }],
    ),
    binary: bayesbinn({ temperature: 1e-8, samples: 2 }),
  },
};

async function numbers(device: "cpu" | "cuda"): Promise<Float64Array[]> {
  const lists: Float64Array[] = [];
  for (const parts of Object.values(networks)) {
    const session = openSession({ ...parts, device });
    lists.push(...(await numbersOf(session, [2, 2, 3])));
    session.dispose();
  }
  return lists;
}

/** Every bit of all results. */
async function digest(): Promise<string> {
  const hash = createHash("sha256");
  for (const list of await numbers("cuda")) hash.update(list);
  return hash.digest("hex");
}

/** Largest difference of a list from that of the CPU, of the size of the largest entry: finite, as all numbers have to be. */
async function difference(): Promise<number> {
  const [cuda, cpu] = [await numbers("cuda"), await numbers("cpu")];
  const lengths = (lists: readonly Float64Array[]) => lists.map(({ length }) => length);
  assert.equal(lengths(cuda), lengths(cpu));
  // JSON has neither NaN nor infinities, and would make them null.
  for (const list of [...cuda, ...cpu]) assert.ok(list.every(Number.isFinite), `${list}`);
  const ofList = (list: Float64Array, i: number) => {
    const largest = list.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
    return Math.max(...list.map((value, at) => Math.abs(value - cuda[i]![at]!))) / largest;
  };
  return Math.max(...cpu.map(ofList));
}

async function failure(call: () => unknown): Promise<{ code?: unknown; message?: unknown }> {
  try {
    await call();
  } catch (error) {
    const { code, message } = error as { code?: unknown; message?: unknown };
    return { code, message };
  }
  return {};
}

const address = { seed: 1, stream: "weights", step: 0, sample: 0 } as const;
const draw = (count: number) => kernels.uniform(address, new Float32Array(count), "cuda");

/** A device of 64 MiB. */
async function memory(): Promise<object> {
  const large = { inputShape: [4096], layers: chain(["linear", { units: 4096 }]), loss: "meanSquaredError" };
  const session = await failure(() => openSession({ ...large, device: "cuda" }));
  const kernel = await failure(() => draw(2 ** 25));
  draw(1000);
  const before = await numbersOf(openSession(everything()), [2, 2, 3]);
  const after = await numbersOf(openSession(everything({ device: "cuda" })), [2, 2, 3]);
  return { session, kernel, steps: [before[0]!.length, after[0]!.length] };
}

/** No device. */
async function missing(): Promise<object> {
  const session = await failure(() => openSession(everything({ device: "cuda" })));
  const kernel = await failure(() => draw(7));
  const automatic = openSession(everything({ device: "auto" }));
  const { device, deviceReason } = automatic.describe();
  const steps = (await numbersOf(automatic, [2, 2, 3]))[0]!.length;
  return { session, kernel, device, deviceReason, steps, cuda: addon.systemInfo().cuda };
}

const found: Readonly<Record<string, () => Promise<unknown>>> = { digest, difference, memory, missing };
console.log(JSON.stringify(await found[what!]!()));
