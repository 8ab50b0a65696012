import { suite } from "uvu";
import * as assert from "uvu/assert";
import { kernels } from "./support/addon.js";
import { refusedBy } from "./support/refused.js";
import { adam, bayesbinn } from "./support/specs.js";
import {
  floats,
  notDevice,
  notFloats,
  notWhole,
  refusals,
  type WrongCall,
  wrongAugmentation,
  wrongLength,
} from "./support/wrong-arguments.js";
import { wrongProducts } from "./support/wrong-products.js";

const test = suite("bad input: kernels");

const uint32 = 2 ** 32 - 1;
const address = { seed: 1, stream: "weights", step: 0, sample: 0 };
const wrongAddress = [
  ...notWhole("seed", 0, 2 ** 53 - 1),
  ...notWhole("step", 0, uint32),
  ...notWhole("sample", 0, uint32),
  ["stream", ["", "Weights", "noise", "weights\0"], "ERR_OPTION_RANGE"],
  ["stream", [null, undefined, 0], "ERR_OPTION_TYPE"],
] as const;

/** Options of a method that native code must not take. */
const wrongOptimizer = [
  ["optimizer", [null, undefined, "bayesbinn", [], 3], "ERR_OPTION_TYPE"],
  ["optimizer", [{}, { ...bayesbinn(), epsilon: undefined }, { ...adam(), beta1: "0.9" }], "ERR_OPTION_TYPE"],
  ["optimizer", [{ ...adam(), type: "madam" }, bayesbinn({ temperature: 0 }), adam({ beta2: 1 })], "ERR_OPTION_RANGE"],
  [
    "optimizer",
    [
      { ...adam(), temperature: 1 },
      { ...bayesbinn(), parameters: [] },
    ],
    "ERR_OPTION_UNKNOWN",
  ],
] as const;

const update = {
  optimizer: bayesbinn({ samples: 2, staleMu: true }),
  latent: floats(7),
  state: { momentum: floats(7), previous_lambda: floats(7) },
  noise: [floats(7), floats(7)],
  gradients: [floats(7), floats(7)],
  t: 1,
  threads: 1,
};
/** One array a weight sample, each of seven floats. */
const wrongLists = (["noise", "gradients"] as const).flatMap(
  (key) =>
    [
      [key, [null, undefined, 3, "text", {}, floats(7), [floats(7), null], [floats(7), [0.5]]], "ERR_OPTION_TYPE"],
      [
        key,
        [[], [floats(7)], new Array(3).fill(floats(7)), [floats(7), floats(8)], new Array(uint32)],
        "ERR_SHAPE_MISMATCH",
      ],
    ] as const,
);

/** Two images of 3 x 4 x 5 with masks. */
const augment = {
  images: new Uint8Array(120),
  shape: [2, 3, 4, 5],
  byteTable: floats(256),
  augmentation: [{ type: "randomCrop", padding: 1, fill: "reflect" }],
  seed: 1,
  epoch: 0,
  first: 0,
  masks: floats(40),
  maskShape: [4, 5],
  output: floats(120),
  maskOutput: floats(40),
  threads: 1,
};
const blackCrop = { type: "randomCrop", padding: 1, fill: "black" };

const calls: readonly WrongCall[] = [
  {
    name: "augment",
    call: (argument) => kernels.augment(argument as never),
    right: augment,
    wrong: [
      ["images", [null, undefined, 3, [1], new Int32Array(120), floats(120)], "ERR_OPTION_TYPE"],
      ["images", [0, 119, 121].map((length) => new Uint8Array(length)), "ERR_SHAPE_MISMATCH"],
      ["shape", [null, undefined, 3, "text", [], [2, 3, 4, 0], [2, 3, 4, 0.5], [2, 3, 4, "5"]], "ERR_OPTION_TYPE"],
      ["shape", [[120], [6, 4, 5], [1, 2, 3, 4, 5], [2, 3, 5, 5], [2, 3, 2 ** 20, 2 ** 20]], "ERR_SHAPE_MISMATCH"],
      notFloats("byteTable"),
      ["byteTable", [0, 255, 257, 512, 1024].map((length) => floats(length)), "ERR_SHAPE_MISMATCH"],
      ...wrongAugmentation(),
      ["augmentation", [[{ type: "randomQuarterTurn" }]], "ERR_SHAPE_MISMATCH"],
      ["augmentation", [[blackCrop], [{ ...blackCrop, fill: "mean" }]], "ERR_OPTION_RANGE"],
      ...notWhole("seed", 0, 2 ** 53 - 1),
      ...notWhole("epoch", 0, uint32),
      ...notWhole("first", 0, uint32 - 2),
      notFloats("masks", false),
      wrongLength("masks", 40),
      ["maskShape", [null, undefined, 3, "text", [], [0, 5], [4, "5"]], "ERR_OPTION_TYPE"],
      ["maskShape", [[20], [1, 4, 5], [4, 4], [2 ** 30, 2 ** 30]], "ERR_SHAPE_MISMATCH"],
      // A crop has no meaning for targets of other rows and columns.
      [
        "maskShape",
        [
          [5, 4],
          [2, 10],
          [20, 1],
        ],
        "ERR_SHAPE_MISMATCH",
      ],
      notFloats("output"),
      wrongLength("output", 120),
      notFloats("maskOutput"),
      wrongLength("maskOutput", 40),
      ...notWhole("threads", 1, 256),
      ...notDevice,
    ],
    optional: ["masks", "augmentation"],
  },
  {
    name: "augment floats",
    call: (argument) => kernels.augment(argument as never),
    right: { ...augment, images: floats(120), scale: floats(3), shift: floats(3) },
    wrong: [
      notFloats("scale"),
      notFloats("shift"),
      ["scale", [0, 1, 2, 4].map((length) => floats(length)), "ERR_SHAPE_MISMATCH"],
      wrongLength("shift", 3),
    ],
    optional: ["masks", "augmentation", "byteTable"],
  },
  {
    name: "uniform",
    call: (argument) => kernels.uniform(argument as never, floats(3)),
    right: address,
    wrong: wrongAddress,
  },
  {
    name: "permutation",
    call: (argument) => {
      const { count, seed, epoch } = Object(argument);
      return kernels.permutation(count, seed, epoch);
    },
    right: { count: 3, seed: 1, epoch: 0 },
    wrong: [...notWhole("count", 0, 2 ** 31), ...notWhole("seed", 0, 2 ** 53 - 1), ...notWhole("epoch", 0, uint32)],
  },
  {
    name: "sampleWeights",
    call: (argument) => kernels.sampleWeights(argument as never),
    right: { optimizer: bayesbinn(), latent: floats(7), noise: floats(7), weights: floats(7), threads: 1 },
    wrong: [
      ...wrongOptimizer,
      notFloats("latent"),
      notFloats("weights"),
      notFloats("noise", false),
      wrongLength("weights", 7),
      wrongLength("noise", 7),
      ["noise", [0, 1, -1, 2, Number.NaN].map((value) => floats(7, value)), "ERR_OPTION_RANGE"],
      ...notWhole("threads", 1, 256),
      ...notDevice,
    ],
    optional: ["noise"],
  },
  {
    name: "sampleWeights without noise",
    call: (argument) => kernels.sampleWeights(argument as never),
    right: { optimizer: bayesbinn(), latent: floats(7), address, weights: floats(7), threads: 1 },
    wrong: [
      ["address", [null, undefined, 3, {}, []], "ERR_OPTION_TYPE"],
      ...wrongAddress.map(
        ([key, values, code]) => ["address", values.map((value) => ({ ...address, [key]: value })), code] as const,
      ),
    ],
  },
  {
    name: "update",
    call: (argument) => kernels.update(argument as never),
    right: update,
    wrong: [
      ...wrongOptimizer,
      notFloats("latent"),
      wrongLength("latent", 7),
      [
        "state",
        [null, undefined, 3, {}, { momentum: floats(7) }, { ...update.state, momentum: [0.5] }],
        "ERR_OPTION_TYPE",
      ],
      [
        "state",
        [
          { ...update.state, momentum: floats(6) },
          { ...update.state, previous_lambda: floats(0) },
        ],
        "ERR_SHAPE_MISMATCH",
      ],
      ...wrongLists,
      [
        "noise",
        [
          [floats(7), floats(7, 1)],
          [floats(7, Number.NaN), floats(7)],
        ],
        "ERR_OPTION_RANGE",
      ],
      ...notWhole("t", 1, 2 ** 53 - 1),
      ...notWhole("threads", 1, 256),
      ...notDevice,
    ],
  },
];

for (const each of calls) {
  for (const [name, refusal] of refusals(each)) test(name, refusal);
}

test("every kernel is in the table", () => {
  const others = ["philox", "stateNames"];
  assert.equal(
    [...new Set([...[...calls, ...wrongProducts].map(({ name }) => name.split(" ")[0]!), ...others])].sort(),
    Object.keys(kernels).sort(),
  );
});

test("philox takes four words and two", async () => {
  const words = (count: number) => new Uint32Array(count);
  for (const [counter, key] of [
    [3, 2],
    [5, 2],
    [4, 1],
    [4, 3],
    [0, 0],
  ] as const) {
    await refusedBy(() => kernels.philox(words(counter), words(key)), "ERR_SHAPE_MISMATCH");
  }
  for (const [counter, key] of [[[0, 0, 0, 0], words(2)], [words(4), null], [new Int32Array(4), words(2)], []]) {
    await refusedBy(() => kernels.philox(counter as never, key as never), "ERR_OPTION_TYPE");
  }
});

test("stateNames reads a method, uniform writes to floats", async () => {
  for (const [, values, code] of wrongOptimizer) {
    for (const value of values) await refusedBy(() => kernels.stateNames(value as never), code);
  }
  for (const out of [undefined, null, [], new Float64Array(3), new Uint32Array(3)]) {
    await refusedBy(() => kernels.uniform(address as never, out as never), "ERR_OPTION_TYPE");
  }
  for (const [, values, code] of notDevice) {
    for (const value of values)
      await refusedBy(() => kernels.uniform(address as never, floats(3), value as never), code);
  }
});

test("a refused update changes nothing", async () => {
  const call = { ...update, latent: floats(7), state: { momentum: floats(7), previous_lambda: floats(7) } };
  for (const wrong of [{ t: 0 }, { threads: 0 }, { noise: [floats(7), floats(7, 2)] }, { gradients: [floats(7)] }]) {
    await refusedBy(() => kernels.update({ ...call, ...wrong } as never), ["ERR_OPTION_RANGE", "ERR_SHAPE_MISMATCH"]);
  }
  for (const array of [call.latent, call.state.momentum, call.state.previous_lambda]) assert.equal(array, floats(7));
});

test.run();
