import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { DatasetSpec, NativeSession } from "../../lib/native/contract.js";
import type { ErrorCode } from "../../lib/native/errors.js";
import { refusedBy } from "./support/refused.js";
import { chain, labelled, openSession, trainCall } from "./support/specs.js";

const test = suite("bad input: datasets");

const sampleShape = [2, 3];
const layers = chain(["flatten"], ["linear", { units: 4 }]);
const open = (loss?: string) => openSession({ layers, inputShape: sampleShape, ...(loss && { loss }) });

/** Five samples with labels, of floats or of bytes. */
const floats = labelled(5, sampleShape, 4);
const bytes: DatasetSpec = {
  name: "bytes",
  inputs: new Uint8Array(30),
  sampleShape,
  byteTable: new Float32Array(256),
  targets: new Int32Array(5),
  targetWidth: 1,
};
/** Five samples with rows of four numbers. */
const rows: DatasetSpec = { ...floats, targets: new Float32Array(20).fill(0.5), targetWidth: 4 };

const { inputs, targets } = floats;
const filled = (length: number, at: number, value: number) => new Float32Array(length).fill(1).fill(value, at, at + 1);
const labels = (...values: number[]) => Int32Array.from(values);
const without = (spec: object, key: string) =>
  Object.fromEntries(Object.entries(spec).filter(([name]) => name !== key));

type Row = readonly [name: string, spec: unknown, code: ErrorCode, ...patterns: RegExp[]];

const refusals: readonly Row[] = [
  ["no samples", { ...floats, inputs: new Float32Array(0), targets: labels() }, "ERR_SHAPE_MISMATCH", /no samples/],
  ["a value too few", { ...floats, inputs: inputs.slice(1) }, "ERR_SHAPE_MISMATCH", /29 .* 6/],
  ["samples of another size", { ...floats, sampleShape: [7] }, "ERR_SHAPE_MISMATCH", /\[7\].* 6 /],
  ["an empty shape", { ...floats, sampleShape: [] }, "ERR_OPTION_TYPE", /sampleShape/],
  ["a dimension of 0", { ...floats, sampleShape: [6, 0] }, "ERR_OPTION_TYPE", /sampleShape/],
  ["a dimension of 1.5", { ...floats, sampleShape: [4, 1.5] }, "ERR_OPTION_TYPE", /sampleShape/],
  ["a shape of texts", { ...floats, sampleShape: ["6"] }, "ERR_OPTION_TYPE", /sampleShape/],
  ["dimensions beyond counting", { ...floats, sampleShape: [2 ** 31, 2 ** 31, 2 ** 31] }, "ERR_SHAPE_MISMATCH"],
  ["a label too few", { ...floats, targets: targets.slice(1) }, "ERR_SHAPE_MISMATCH", /4 .* 5 samples/],
  ["a label too many", { ...floats, targets: new Int32Array(6) }, "ERR_SHAPE_MISMATCH", /6 .* 5 samples/],
  [
    "a label of the class after the last",
    { ...floats, targets: labels(0, 1, 4, 0, 0) },
    "ERR_OPTION_RANGE",
    /label 4 of sample 2, accepted: 0 to 3/,
  ],
  ["a negative label", { ...floats, targets: labels(0, 1, 2, 3, -1) }, "ERR_OPTION_RANGE", /label -1 of sample 4/],
  ["a label far away", { ...floats, targets: labels(-(2 ** 31), 0, 0, 0, 0) }, "ERR_OPTION_RANGE", /-2147483648/],
  ["labels two wide", { ...floats, targetWidth: 2 }, "ERR_SHAPE_MISMATCH", /width 2/],
  ["a width of 0", { ...floats, targetWidth: 0 }, "ERR_OPTION_RANGE", /targetWidth/],
  ["NaN among the inputs", { ...floats, inputs: filled(30, 13, Number.NaN) }, "ERR_NUMERIC", /input 1 of sample 2/],
  ["infinity among the inputs", { ...floats, inputs: filled(30, 29, -Infinity) }, "ERR_NUMERIC", /input 5 of sample 4/],
  ["NaN as a factor", { ...floats, scale: filled(1, 0, Number.NaN) }, "ERR_NUMERIC", /scale/],
  ["infinity as an offset", { ...floats, shift: filled(1, 0, Infinity) }, "ERR_NUMERIC", /shift/],
  ["NaN in the byte table", { ...bytes, byteTable: filled(256, 7, Number.NaN) }, "ERR_NUMERIC", /byteTable/],
  [
    "three factors for two channels",
    { ...floats, scale: new Float32Array(3), shift: new Float32Array(3) },
    "ERR_SHAPE_MISMATCH",
    /3 .* 2 channels/,
  ],
  ["no factor", { ...floats, scale: new Float32Array(0), shift: new Float32Array(0) }, "ERR_SHAPE_MISMATCH", /0 /],
  ["two factors and one offset", { ...floats, scale: new Float32Array(2) }, "ERR_SHAPE_MISMATCH", /normalisation/],
  ["half a byte table", { ...bytes, byteTable: new Float32Array(128) }, "ERR_SHAPE_MISMATCH", /normalisation/],
  ["one and a half byte tables", { ...bytes, byteTable: new Float32Array(384) }, "ERR_SHAPE_MISMATCH", /normalisation/],
  ["three byte tables for two channels", { ...bytes, byteTable: new Float32Array(768) }, "ERR_SHAPE_MISMATCH", /3 /],
  ["inputs of doubles", { ...floats, inputs: Float64Array.from(inputs) }, "ERR_OPTION_TYPE", /inputs.*Float32Array/],
  ["inputs in a plain array", { ...floats, inputs: [...inputs] }, "ERR_OPTION_TYPE", /inputs/],
  ["inputs in a view of bytes", { ...floats, inputs: new DataView(new ArrayBuffer(120)) }, "ERR_OPTION_TYPE", /inputs/],
  ["inputs of clamped bytes", { ...bytes, inputs: new Uint8ClampedArray(30) }, "ERR_OPTION_TYPE", /inputs/],
  ["labels of bytes", { ...floats, targets: new Uint8Array(5) }, "ERR_OPTION_TYPE", /targets/],
  ["unsigned labels", { ...floats, targets: new Uint32Array(5) }, "ERR_OPTION_TYPE", /targets/],
  ["numbers in place of labels", rows, "ERR_SHAPE_MISMATCH", /class labels/],
];

for (const [name, spec, code, ...patterns] of refusals) {
  test(`${name}: ${code}`, async () => {
    await refusedBy(() => open().addDataset(spec as DatasetSpec), code, ...patterns);
  });
}

for (const spec of [floats, bytes]) {
  test(`every key of a dataset of ${spec.name} is needed, and of its type`, async () => {
    const session = open();
    session.addDataset(spec);
    for (const key of Object.keys(spec)) {
      await refusedBy(() => session.addDataset(without(spec, key) as unknown as DatasetSpec), "ERR_OPTION_TYPE", key);
      for (const value of [null, "text", 3, {}, [], new ArrayBuffer(8)]) {
        if (typeof value === typeof spec[key as keyof DatasetSpec] && typeof value !== "object") continue;
        await refusedBy(() => session.addDataset({ ...spec, [key]: value }), "ERR_OPTION_TYPE", key);
      }
    }
  });
}

for (const [name, loss, values, code] of [
  ["labels in place of numbers", "meanSquaredError", floats, "ERR_SHAPE_MISMATCH"],
  ["NaN among the targets", "meanSquaredError", { ...rows, targets: filled(20, 9, Number.NaN) }, "ERR_NUMERIC"],
  ["infinity among the targets", "binaryCrossEntropy", { ...rows, targets: filled(20, 9, Infinity) }, "ERR_NUMERIC"],
  ["a probability above 1", "binaryCrossEntropy", { ...rows, targets: filled(20, 9, 1.01) }, "ERR_OPTION_RANGE"],
  ["a probability below 0", "binaryCrossEntropy", { ...rows, targets: filled(20, 9, -0.01) }, "ERR_OPTION_RANGE"],
  [
    "too narrow rows",
    "meanSquaredError",
    { ...rows, targets: new Float32Array(15), targetWidth: 3 },
    "ERR_SHAPE_MISMATCH",
  ],
  ["a row too few", "meanSquaredError", { ...rows, targets: new Float32Array(16) }, "ERR_SHAPE_MISMATCH"],
] as const) {
  test(`${loss}, ${name}: ${code}`, async () => {
    const session = open(loss);
    await refusedBy(() => session.addDataset(values), code, /dataset "random"/);
    session.addDataset(rows);
  });
}

/** Fails unless the dataset of this number is there, or is not. */
async function trains(session: NativeSession, dataset: number, there: boolean): Promise<void> {
  const call = () => session.train(trainCall(dataset, { batchSize: 5 }));
  if (there) assert.is((await call()).steps, 1);
  else await refusedBy(call, "ERR_OPTION_RANGE", /dataset/);
}

test("numbers of datasets are whole, and only those given out are known", async () => {
  const session = open();
  const [kept, removed] = [session.addDataset(floats), session.addDataset(floats)];
  session.removeDataset(removed);
  for (const wrong of [removed, 0, -1, 99, 1.5, 0.5, -0.5, 2 ** 32 + kept, 2 ** 53, 1e300, Number.NaN, Infinity]) {
    const code = ["ERR_OPTION_RANGE", "ERR_OPTION_TYPE"] as const;
    await refusedBy(() => session.removeDataset(wrong), code);
    await refusedBy(() => session.addSubset(wrong, Uint32Array.of(0)), code);
    await refusedBy(() => session.train(trainCall(wrong)), code);
    await refusedBy(() => session.evaluate({ dataset: wrong, batchSize: 1, samples: 0, draw: 0 }), code);
  }
  await trains(session, kept, true);
  await trains(session, removed, false);
});

test("subsets: indices beyond the data, none, and of another type", async () => {
  const session = open();
  const base = session.addDataset(floats);
  await refusedBy(() => session.addSubset(base, Uint32Array.of(0, 5)), "ERR_OPTION_RANGE", /index 5, accepted: 0 to 4/);
  await refusedBy(() => session.addSubset(base, Uint32Array.of(2 ** 32 - 1)), "ERR_OPTION_RANGE", /4294967295/);
  await refusedBy(() => session.addSubset(base, new Uint32Array(0)), "ERR_SHAPE_MISMATCH", /without samples/);
  for (const wrong of [Int32Array.of(0), [0], undefined, null, "0", Float32Array.of(0)]) {
    await refusedBy(() => session.addSubset(base, wrong as never), "ERR_OPTION_TYPE", /indices|addSubset/);
  }
  const subset = session.addSubset(base, Uint32Array.of(4, 4, 0));
  await refusedBy(() => session.addSubset(subset, Uint32Array.of(3)), "ERR_OPTION_RANGE", /index 3, accepted: 0 to 2/);
  // A subset lives on without its base.
  session.removeDataset(base);
  assert.is((await session.train(trainCall(subset, { batchSize: 2, batches: 2 }))).count, 3);
  await trains(session, base, false);
});

test.run();
