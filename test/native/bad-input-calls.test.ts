import { suite } from "uvu";
import type { NamedTensor, NativeSession } from "../../lib/native/contract.js";
import { refusedBy } from "./support/refused.js";
import { sameState } from "./support/same-state.js";
import { chain, everything, labelled, openSession, trainCall } from "./support/specs.js";
import {
  notFlag,
  notFloats,
  notNumbers,
  notWhole,
  refusals,
  type Wrong,
  type WrongCall,
  wrongAugmentation,
} from "./support/wrong-arguments.js";

const test = suite("bad input: calls of a session");

/** `[2, 2, 3]` to 4 classes, at most 32 samples a batch, two weight samples a step, two optimizers. */
const [session, untouched] = [openSession(everything()), openSession(everything())];
const set = labelled(21, [2, 2, 3], 4);
const dataset = session.addDataset(set);
const inputs = set.inputs as Float32Array;
const [binary, real] = [36 + 12 + 2 + 17 * 12 + 17 + 4 * 9, 2 + 2 + 3 + 9 * 17 + 9 + 4];

const [nan, infinity] = [Number.NaN, Number.POSITIVE_INFINITY];
const none = undefined;
const uint32 = 2 ** 32 - 1;
const floats = (count: number, value = 0.5) => new Float32Array(count).fill(value);

const prediction = { inputs, batchSize: 7, output: "logits", samples: 0, draw: 0 };
const step = { inputs, targets: set.targets, batch: 21, phase: "train", commit: false };

/** A call by name, whatever its arguments. */
const invoke = (name: keyof NativeSession, ...args: readonly unknown[]) =>
  (session[name] as (...all: readonly unknown[]) => unknown)(...args);

/** The same of the samples for statistics. */
const inBatchNorm = ([key, values, code]: Wrong): Wrong => [
  "batchNorm",
  values.map((value) => ({ dataset, batchSize: 7, [key]: value })),
  code,
];

/** Every call that takes an object. */
const calls: readonly (Omit<WrongCall, "call"> & { readonly name: keyof NativeSession })[] = [
  {
    name: "train",
    right: { ...trainCall(dataset) },
    wrong: [
      ...notWhole("dataset", 0, 2 ** 31 - 1),
      ...notWhole("epoch", 0, uint32),
      ...notWhole("batchSize", 1, 32),
      ["batchSize", [33], "ERR_OPTION_RANGE"],
      ...notWhole("firstBatch", 0, 2 ** 53),
      ["firstBatch", [3, 4, 2 ** 53], "ERR_OPTION_RANGE"],
      ...notWhole("batches", 0, 2 ** 53),
      ["batches", [4, 2 ** 53], "ERR_OPTION_RANGE"],
      notFlag("shuffle"),
      ["budgetMilliseconds", notNumbers, "ERR_OPTION_TYPE"],
      ["budgetMilliseconds", [nan, -1, -infinity], "ERR_OPTION_RANGE"],
      ...wrongAugmentation(),
      ["augmentation", [[{ type: "randomQuarterTurn" }]], "ERR_SHAPE_MISMATCH"],
    ],
  },
  {
    name: "evaluate",
    right: { dataset, batchSize: 7, samples: 0, draw: 0 },
    wrong: [
      ...notWhole("dataset", 0, 2 ** 31 - 1),
      ...notWhole("batchSize", 1, 32),
      ["batchSize", [33], "ERR_OPTION_RANGE"],
      ...notWhole("samples", 0, 2 ** 20),
      ...notWhole("draw", 0, uint32),
      ["batchNorm", [3, "1", true, [], [1], new Float32Array(2), () => 1, {}, { dataset }], "ERR_OPTION_TYPE"],
      ...notWhole("dataset", 0, 2 ** 31 - 1).map(inBatchNorm),
      inBatchNorm(["dataset", [99], "ERR_OPTION_RANGE"]),
      ...notWhole("batchSize", 1, 32).map(inBatchNorm),
      ["predictions", [0, 1, "true", {}], "ERR_OPTION_TYPE"],
    ],
  },
  {
    name: "predict",
    right: prediction,
    wrong: [
      notFloats("inputs"),
      ["inputs", [floats(11), floats(13)], "ERR_SHAPE_MISMATCH"],
      ...notWhole("batchSize", 1, 32),
      ...notWhole("samples", 0, 2 ** 20),
      ...notWhole("draw", 0, uint32),
      ["output", ["", "Logits", "logits\0"], "ERR_OPTION_RANGE"],
      ["output", [null, undefined, 1], "ERR_OPTION_TYPE"],
      ["dataset", [-1, 99, 2 ** 31, 0.5], "ERR_OPTION_RANGE"],
      inBatchNorm(["dataset", [99], "ERR_OPTION_RANGE"]),
      ...notWhole("batchSize", 1, 32).map(inBatchNorm),
      ["statistics", ["", "entropy", "classes\0"], "ERR_OPTION_RANGE"],
      ["statistics", [1, {}], "ERR_OPTION_TYPE"],
      ["logits", [0, 1, "true", {}], "ERR_OPTION_TYPE"],
    ],
  },
  {
    name: "replay",
    right: step,
    wrong: [
      notFloats("inputs"),
      ["inputs", [floats(0), floats(21 * 12 - 1), floats(22 * 12)], "ERR_SHAPE_MISMATCH"],
      ["targets", [null, undefined, [1], floats(21), new Uint8Array(21)], "ERR_OPTION_TYPE"],
      ["targets", [new Int32Array(20), new Int32Array(22), new Int32Array(0)], "ERR_SHAPE_MISMATCH"],
      ["targets", [new Int32Array(21).fill(4), new Int32Array(21).fill(-1)], "ERR_OPTION_RANGE"],
      ...notWhole("batch", 1, 32),
      ["phase", ["test", ""], "ERR_OPTION_RANGE"],
      ["phase", [null, undefined, 1], "ERR_OPTION_TYPE"],
      notFlag("commit"),
      [
        "noise",
        [[], [floats(2 * binary)], [floats(binary), none], [floats(0), none], new Array(3)],
        "ERR_SHAPE_MISMATCH",
      ],
      ["noise", [0, 1, -1, nan].map((value) => [floats(2 * binary, value), none]), "ERR_OPTION_RANGE"],
      ["noise", [3, "text", [null, none], [3, none], [[0.5], none], [new Float64Array(2), none]], "ERR_OPTION_TYPE"],
      [
        "weights",
        [[], [none], [none, floats(real)], [floats(2 * binary + 1), none], [floats(0), none]],
        "ERR_SHAPE_MISMATCH",
      ],
      ["weights", [true, [null, none], [new Int32Array(2 * binary), none]], "ERR_OPTION_TYPE"],
      [
        "outputGradients",
        [[floats(84)], [floats(84), floats(83)], [floats(84), floats(84), floats(84)]],
        "ERR_SHAPE_MISMATCH",
      ],
      ["outputGradients", [4, [84], [floats(84), null]], "ERR_OPTION_TYPE"],
      ["dropoutKeep", [3, "dropout5", { dropout5: floats(252) }, { dropout5: null }], "ERR_OPTION_TYPE"],
      ["dropoutKeep", [{ dropout5: new Uint8Array(251) }, { dropout5: new Uint8Array(0) }], "ERR_SHAPE_MISMATCH"],
      ["dropoutKeep", [{ nowhere: new Uint8Array(252) }, { tanh8: new Uint8Array(2 * 21 * 17) }], "ERR_OPTION_RANGE"],
    ],
  },
  {
    name: "setCounters",
    right: { step: 0, updates: [0, 0] },
    wrong: [
      ...notWhole("step", 0, uint32),
      ["updates", [null, undefined, 1, {}, "00", new Float32Array(2)], "ERR_OPTION_TYPE"],
      [
        "updates",
        [
          [0, -1],
          [0.5, 0],
          [nan, 0],
          [0, infinity],
          [0, 1e300],
          ["0", 0],
        ],
        ["ERR_OPTION_RANGE", "ERR_OPTION_TYPE"],
      ],
      ["updates", [[], [0], [0, 0, 0]], "ERR_CHECKPOINT_MISMATCH"],
    ],
  },
];

for (const each of calls) {
  const call = (argument: unknown) => invoke(each.name, argument);
  for (const [name, refusal] of refusals({ ...each, call })) test(name, refusal);
}

test("a replay of phase eval is not committed", async () => {
  await refusedBy(() => invoke("replay", { ...step, phase: "eval", commit: true }), "ERR_OPTION_RANGE", /commit/);
});

test("a committed replay without a finite loss: ERR_NUMERIC", async () => {
  // Adam's weights of 1e38 overflow in the sum over 17 of them.
  const huge = { ...step, batch: 1, inputs: floats(12), targets: set.targets.slice(0, 1), commit: true };
  const weights = [undefined, floats(2 * real, 1e38)];
  await refusedBy(() => invoke("replay", { ...huge, weights }), "ERR_NUMERIC");
});

test("setState: missing, unknown, twice, of another shape, too short", async () => {
  for (const scope of ["model", "training"] as const) {
    const state = await session.getState(scope);
    const [first, second] = state as [NamedTensor, NamedTensor];
    const change = (...changed: object[]) => [{ ...first, ...changed[0] }, ...state.slice(1)];
    for (const [tensors, pattern] of [
      [[], /missing/],
      [state.slice(1), new RegExp(`"${first.name}": missing`)],
      [[...state, { ...first, name: "linear6.gain" }], /"linear6.gain"/],
      [[...state, first], new RegExp(`"${first.name}": given twice`)],
      [[first, first, ...state.slice(2)], new RegExp(`"${second.name}"|"${first.name}"`)],
      [change({ shape: [1, 2] }), /shape \[1, 2\] given, accepted: \[2\]/],
      [change({ shape: [3] }), /shape \[3\]/],
      [change({ data: new Float32Array(1) }), new RegExp(`"${first.name}"`)],
      [change({ data: new Float32Array(3) }), new RegExp(`"${first.name}"`)],
    ] as const) {
      await refusedBy(() => session.setState(scope, tensors), "ERR_CHECKPOINT_MISMATCH", pattern);
    }
    for (const tensor of [3, null, "name", {}, { name: 3 }, { ...first, data: [1, 2] }, { ...first, shape: "2" }]) {
      await refusedBy(() => session.setState(scope, [tensor as never]), "ERR_OPTION_TYPE");
    }
  }
  await refusedBy(() => session.setState("model", { length: 1 } as never), "ERR_OPTION_TYPE");
  await refusedBy(() => invoke("setState", "model"), "ERR_OPTION_TYPE");
  for (const scope of ["", "all", undefined, null, 3, {}]) {
    const codes = ["ERR_OPTION_RANGE", "ERR_OPTION_TYPE"] as const;
    await refusedBy(() => invoke("getState", scope), codes, /scope/);
    await refusedBy(() => invoke("setState", scope, []), codes, /scope/);
  }
});

test("setHyperparameters: unknown names, values out of range, optimizers that are not there", async () => {
  for (const name of ["colour", "samples", "estimator", "staleMu", "LearningRate", "", "__proto__x"]) {
    await refusedBy(() => session.setHyperparameters(0, { [name]: 1 }), "ERR_OPTION_UNKNOWN", /learningRate/);
  }
  for (const [name, values] of [
    ["learningRate", [-1, nan, infinity]],
    ["momentum", [1, -0.1, nan]],
    ["temperature", [0, -1, nan]],
    ["saturation", [1, -1]],
    ["trainSetSize", [0, -5]],
  ] as const) {
    for (const value of values) {
      await refusedBy(() => session.setHyperparameters(0, { [name]: value }), "ERR_OPTION_RANGE", new RegExp(name));
    }
    await refusedBy(() => session.setHyperparameters(0, { [name]: "1" as never }), "ERR_OPTION_TYPE", new RegExp(name));
  }
  const ranges = ["ERR_OPTION_RANGE", "ERR_OPTION_TYPE"] as const;
  for (const index of [2, -1, 0.5, nan, infinity, 2 ** 32, "0", undefined, null]) {
    await refusedBy(() => session.setHyperparameters(index as number, { learningRate: 1 }), ranges);
  }
  for (const values of [undefined, null, 3, "text"]) {
    await refusedBy(() => session.setHyperparameters(0, values as never), "ERR_OPTION_TYPE");
  }
});

test("predictions of repeated samples and of many draws, which no memory holds", async () => {
  const wide = openSession({ layers: chain(["linear", { units: 2 ** 20 }]), inputShape: [1], maxBatch: 1 });
  const base = wide.addDataset(labelled(1, [1], 2 ** 20));
  // 2^41 numbers; those of 2^20 draws have more bytes than 64 bits can count.
  const many = wide.addSubset(base, new Uint32Array(2 ** 21));
  const call = { dataset: many, batchSize: 1, samples: 2 ** 20, draw: 0 };
  const draws = { ...call, output: "logits", logits: true } as const;
  const refused = [`predictions: ${2 ** 43} bytes`, "free"] as const;
  await refusedBy(() => wide.predict(draws), "ERR_OUT_OF_MEMORY", ...refused);
  await refusedBy(() => wide.evaluate(call), "ERR_OUT_OF_MEMORY", ...refused);
  await refusedBy(() => wide.evaluate({ ...call, samples: 0, predictions: true }), "ERR_OUT_OF_MEMORY", ...refused);
  const outputs = `outputs of every draw: ${2 ** 42} bytes`;
  await refusedBy(() => wide.predict({ ...draws, dataset: base }), "ERR_OUT_OF_MEMORY", outputs);
  wide.dispose();
});

test("after all this nothing has changed", async () => {
  await sameState(session, untouched, "refused calls");
  const other = untouched.addDataset(set);
  for (const [each, id] of [
    [session, dataset],
    [untouched, other],
  ] as const)
    await each.train(trainCall(id, { batches: 3 }));
  await sameState(session, untouched, "three steps");
});

test.run();
