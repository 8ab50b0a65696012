// Buffers that are detached, shared or resized, and arguments that change while they are read.
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { kernels } from "./support/addon.js";
import { sameBits } from "./support/compare.js";
import { randomFloats } from "./support/random.js";
import { refusedBy } from "./support/refused.js";
import { runChild } from "./support/run-child.js";
import { bayesbinn, chain, labelled, openSession, stateOf, trainCall } from "./support/specs.js";

const test = suite("bad input: memory");

/** Resizable buffers, which the library's version of TypeScript does not know yet. */
interface ResizableBuffer extends ArrayBuffer {
  resize(bytes: number): void;
}
const Resizable = ArrayBuffer as unknown as new (bytes: number, options: { maxByteLength: number }) => ResizableBuffer;

/** The same numbers in memory that threads share. */
function shared(values: Float32Array): Float32Array {
  const copy = new Float32Array(new SharedArrayBuffer(values.byteLength));
  copy.set(values);
  return copy;
}

/** The same array without memory, as after handing it to a worker. */
function detached<T extends Float32Array | Int32Array>(array: T): T {
  const copy = array.slice() as T;
  structuredClone(copy.buffer, { transfer: [copy.buffer as ArrayBuffer] });
  assert.is(copy.length, 0);
  return copy;
}

const [batch, inFeatures, outFeatures] = [3, 17, 5];
const problem = {
  batch,
  inFeatures,
  outFeatures,
  input: randomFloats(batch * inFeatures, 1),
  weights: randomFloats(outFeatures * inFeatures, 2),
  threads: 1,
};
const product = (call: Partial<typeof problem> & { output?: Float32Array } = {}) => {
  const output = call.output ?? new Float32Array(batch * outFeatures);
  kernels.linear({ ...problem, ...call, output });
  return output;
};
const expected = product();

const layers = chain(["linear", { units: 4 }]);
const open = () => openSession({ layers });
const set = labelled(6, [5], 4);
const inputs = set.inputs as Float32Array;
const prediction = { inputs, batchSize: 4, output: "logits" as const, samples: 0, draw: 0 };

test("arrays in shared memory work", async () => {
  const { input, weights } = problem;
  sameBits(product({ input: shared(input), weights: shared(weights) }), expected, "linear");
  sameBits(product({ output: shared(new Float32Array(batch * outFeatures)) }), expected, "shared output");
  const session = open();
  const plain = await session.predict(prediction);
  sameBits((await session.predict({ ...prediction, inputs: shared(inputs) })).values, plain.values, "prediction");
  const call = { batchSize: 4, samples: 0, draw: 0 };
  const usual = await session.evaluate({ ...call, dataset: session.addDataset(set) });
  const other = session.addDataset({ ...set, inputs: shared(inputs) });
  assert.equal(await session.evaluate({ ...call, dataset: other }), usual);
});

test("detached arrays are refused", async () => {
  const transferred = "ERR_OPTION_TYPE" as const;
  await refusedBy(() => product({ input: detached(problem.input) }), transferred, /^input: .*transferred/);
  await refusedBy(() => product({ output: detached(expected) }), transferred, /^output: .*transferred/);
  const session = open();
  const targets = set.targets as Int32Array;
  for (const change of [
    { inputs: detached(inputs) },
    { targets: detached(targets) },
    { scale: detached(set.scale!) },
  ]) {
    await refusedBy(() => session.addDataset({ ...set, ...change }), transferred);
  }
  const step = { inputs, targets, batch: 6, phase: "train" as const, commit: false };
  await refusedBy(() => session.replay({ ...step, inputs: detached(inputs) }), transferred);
  await refusedBy(() => session.replay({ ...step, targets: detached(targets) }), transferred);
  await refusedBy(() => session.replay({ ...step, noise: [detached(new Float32Array(20))] }), transferred);
  await refusedBy(() => session.replay({ ...step, weights: [detached(new Float32Array(20))] }), transferred);
  const [tensor] = await session.getState("model");
  const state = [{ ...tensor!, data: detached(tensor!.data) }];
  await refusedBy(() => session.setState("model", state), transferred);
});

test("arrays of resizable buffers have the length that they have at the call", async () => {
  const length = batch * outFeatures;
  const buffer = new Resizable(4 * length, { maxByteLength: 8 * length });
  const [tracking, fixed] = [new Float32Array(buffer), new Float32Array(buffer, 0, length)];
  for (const output of [tracking, fixed]) sameBits(product({ output }), expected, "before");
  buffer.resize(8 * length);
  await refusedBy(() => product({ output: tracking }), "ERR_SHAPE_MISMATCH", /output: 30 values/);
  sameBits(product({ output: fixed }), expected, "grown");
  buffer.resize(4 * length - 4);
  await refusedBy(() => product({ output: tracking }), "ERR_SHAPE_MISMATCH", /output: 14 values/);
  await refusedBy(() => product({ output: fixed }), "ERR_SHAPE_MISMATCH", /output: 0 values/);
});

test("what a call was given may change or go as soon as it has returned", async () => {
  const [session, quiet] = [open(), open()];
  const copy = { ...set, inputs: inputs.slice(), targets: (set.targets as Int32Array).slice() };
  const dataset = session.addDataset(copy);
  copy.inputs.fill(Number.NaN);
  copy.targets.fill(99);
  const usual = quiet.addDataset(set);
  for (const [each, id] of [
    [session, dataset],
    [quiet, usual],
  ] as const) {
    await each.train(trainCall(id, { batchSize: 6 }));
  }
  const weights = (await stateOf(quiet)).get("linear1.weight")!;
  sameBits((await stateOf(session)).get("linear1.weight")!.data, weights.data, "trained on overwritten data");

  const { values } = await quiet.predict(prediction);
  const moved = inputs.slice();
  const running = session.predict({ ...prediction, inputs: moved });
  structuredClone(moved.buffer, { transfer: [moved.buffer] });
  sameBits((await running).values, values, "prediction of inputs that are gone");

  const data = weights.data.slice();
  const setting = session.setState("model", [{ ...weights, data }]);
  data.fill(Number.NaN);
  await setting;
  sameBits((await stateOf(session)).get("linear1.weight")!.data, weights.data, "state");
});

test("results are the caller's own, to change and to keep", async () => {
  const session = open();
  const [first] = await session.getState("model");
  const kept = first!.data.slice();
  first!.data.fill(0);
  sameBits((await stateOf(session)).get("linear1.weight")!.data, kept, "state");
  const { values } = await session.predict(prediction);
  const before = values.slice();
  session.dispose();
  sameBits(values, before, "prediction of a session that is gone");
});

test("results can be transferred to another thread", async () => {
  const session = open();
  const { values } = await session.predict(prediction);
  const [tensor] = await session.getState("model");
  const step = { inputs, targets: set.targets, batch: 6, phase: "eval" as const, commit: false };
  const { outputs, gradients } = await session.replay(step);
  for (const array of [values, tensor!.data, outputs[0]!, gradients[0]!]) {
    const [before, memory] = [array.slice(), array.buffer as ArrayBuffer];
    const moved = structuredClone(memory, { transfer: [memory] });
    sameBits(new Float32Array(moved), before, "moved");
    assert.is(array.length, 0);
  }
});

test("latent weights and weights may be one array", () => {
  const latent = randomFloats(300, 3);
  const noise = randomFloats(300, 4, 0.01, 0.99);
  const weights = new Float32Array(300);
  const call = { optimizer: bayesbinn(), noise, threads: 1 };
  kernels.sampleWeights({ ...call, latent, weights });
  kernels.sampleWeights({ ...call, latent, weights: latent });
  sameBits(latent, weights, "in place");
});

// Each in a process of its own, which it may take with it.
for (const name of [
  "sampleWeights",
  "update",
  "updateState",
  "linear",
  "linearGradients",
  "augment",
  "uniform",
  "addDataset",
  "sharedBytesCollected",
  "replay",
  "growingLists",
  "disposeWhileReading",
  "disposeWhileAddingData",
  "trainWhileAddingData",
  "disposeWhileSetting",
  "disposeWhileCounting",
]) {
  test(`an argument that takes away memory while it is read: ${name}`, async () => {
    const ending = await runChild({ script: "hostile.mjs", args: [name], nodeOptions: ["--expose-gc"] });
    assert.equal(ending, { code: 0, signal: null, stdout: "alive\n", stderr: "" });
  });
}

test.run();
