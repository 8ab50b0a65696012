import { suite } from "uvu";
import * as assert from "uvu/assert";
import { kernels } from "./support/addon.js";
import { refusedBy } from "./support/refused.js";
import { adam, bayesbinn } from "./support/specs.js";
import { notFloats, notWhole, refusals, type WrongCall, wrongAugmentation } from "./support/wrong-arguments.js";

const test = suite("bad input: kernels");

const uint32 = 2 ** 32 - 1;
const floats = (count: number, value = 0.5) => new Float32Array(count).fill(value);
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
  ["optimizer", [{ ...adam(), type: "sgd" }, bayesbinn({ temperature: 0 }), adam({ beta2: 1 })], "ERR_OPTION_RANGE"],
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

const linear = {
  input: floats(6),
  weights: floats(12),
  bias: floats(4),
  output: floats(8),
  batch: 2,
  inFeatures: 3,
  outFeatures: 4,
  threads: 1,
};
const wrongShape = [
  ...notWhole("batch", 1, 2 ** 24),
  ...notWhole("inFeatures", 1, 2 ** 24),
  ...notWhole("outFeatures", 1, 2 ** 24),
  ...notWhole("threads", 1, 256),
  ["batch", [1, 3, 2 ** 24], "ERR_SHAPE_MISMATCH"],
  ["inFeatures", [2, 4, 2 ** 24], "ERR_SHAPE_MISMATCH"],
  ["outFeatures", [3, 5, 2 ** 24], "ERR_SHAPE_MISMATCH"],
] as const;
const wrongLength = (key: string, length: number) =>
  [key, [0, length - 1, length + 1].map((each) => floats(each)), "ERR_SHAPE_MISMATCH"] as const;

const packedFlag = ["packed", [1, 0, "true", {}], "ERR_OPTION_TYPE"] as const;
const halves = ["weights", [floats(12)], "ERR_OPTION_RANGE"] as const;

const conv = {
  input: floats(2 * 3 * 4 * 5),
  weights: floats(2 * 3 * 2 * 3),
  bias: floats(2),
  output: floats(2 * 2 * 3 * 3),
  batch: 2,
  inChannels: 3,
  outChannels: 2,
  height: 4,
  width: 5,
  kernelHeight: 2,
  kernelWidth: 3,
  strideHeight: 1,
  strideWidth: 1,
  paddingHeight: 0,
  paddingWidth: 0,
  threads: 1,
};
const convSizes = ["batch", "inChannels", "outChannels", "height", "width", "kernelHeight", "kernelWidth"];
const wrongConvShape = [
  ...[...convSizes, "strideHeight", "strideWidth"].flatMap((key) => notWhole(key, 1, 2 ** 24)),
  ...["paddingHeight", "paddingWidth"].flatMap((key) => notWhole(key, 0, 2 ** 24)),
  ...notWhole("threads", 1, 256),
  ...convSizes.map((key) => [key, [6, 7, 2 ** 24], "ERR_SHAPE_MISMATCH"] as const),
  ...["strideHeight", "strideWidth"].map((key) => [key, [2, 3, 2 ** 24], "ERR_SHAPE_MISMATCH"] as const),
  ...["paddingHeight", "paddingWidth"].map((key) => [key, [1, 2 ** 24], "ERR_SHAPE_MISMATCH"] as const),
  packedFlag,
];

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
    ],
  },
  {
    name: "linear",
    call: (argument) => kernels.linear(argument as never),
    right: linear,
    wrong: [
      ...wrongShape,
      packedFlag,
      ...["input", "weights", "output"].map((key) => notFloats(key)),
      notFloats("bias", false),
      ...(
        [
          ["input", 6],
          ["weights", 12],
          ["output", 8],
          ["bias", 4],
        ] as const
      ).map(([key, length]) => wrongLength(key, length)),
    ],
    optional: ["bias"],
  },
  {
    name: "linearGradients",
    call: (argument) => kernels.linearGradients(argument as never),
    right: {
      ...linear,
      outputGradient: floats(8),
      inputGradient: floats(6),
      weightGradient: floats(12),
      biasGradient: floats(4),
    },
    wrong: [
      ...wrongShape,
      packedFlag,
      ...["input", "weights", "outputGradient"].map((key) => notFloats(key)),
      ...["inputGradient", "weightGradient", "biasGradient"].map((key) => notFloats(key, false)),
      ...(
        [
          ["input", 6],
          ["weights", 12],
          ["outputGradient", 8],
        ] as const
      ).map(([key, length]) => wrongLength(key, length)),
      ...(
        [
          ["inputGradient", 6],
          ["weightGradient", 12],
          ["biasGradient", 4],
        ] as const
      ).map(([key, length]) => wrongLength(key, length)),
    ],
    optional: ["bias", "output", "inputGradient", "weightGradient", "biasGradient"],
  },
  {
    name: "linear packed",
    call: (argument) => kernels.linear(argument as never),
    right: { ...linear, weights: floats(12, 1), packed: true },
    wrong: [halves],
    optional: ["bias", "packed"],
  },
  {
    name: "conv2d",
    call: (argument) => kernels.conv2d(argument as never),
    right: conv,
    wrong: [
      ...wrongConvShape,
      ...["input", "weights", "output"].map((key) => notFloats(key)),
      notFloats("bias", false),
      wrongLength("input", 120),
      wrongLength("weights", 36),
      wrongLength("output", 36),
      wrongLength("bias", 2),
    ],
    optional: ["bias"],
  },
  {
    name: "conv2dGradients",
    call: (argument) => kernels.conv2dGradients(argument as never),
    right: {
      ...conv,
      outputGradient: floats(36),
      inputGradient: floats(120),
      weightGradient: floats(36),
      biasGradient: floats(2),
    },
    wrong: [
      ...wrongConvShape,
      ...["input", "weights", "outputGradient"].map((key) => notFloats(key)),
      ...["inputGradient", "weightGradient", "biasGradient"].map((key) => notFloats(key, false)),
      wrongLength("input", 120),
      wrongLength("weights", 36),
      wrongLength("outputGradient", 36),
      wrongLength("inputGradient", 120),
      wrongLength("weightGradient", 36),
      wrongLength("biasGradient", 2),
    ],
    optional: ["bias", "output", "inputGradient", "weightGradient", "biasGradient"],
  },
];

for (const each of calls) {
  for (const [name, refusal] of refusals(each)) test(name, refusal);
}

test("every kernel is in the table", () => {
  const others = ["philox", "stateNames"];
  assert.equal(
    [...new Set([...calls.map(({ name }) => name.split(" ")[0]!), ...others])].sort(),
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
});

test("a refused update changes nothing", async () => {
  const call = { ...update, latent: floats(7), state: { momentum: floats(7), previous_lambda: floats(7) } };
  for (const wrong of [{ t: 0 }, { threads: 0 }, { noise: [floats(7), floats(7, 2)] }, { gradients: [floats(7)] }]) {
    await refusedBy(() => kernels.update({ ...call, ...wrong } as never), ["ERR_OPTION_RANGE", "ERR_SHAPE_MISMATCH"]);
  }
  for (const array of [call.latent, call.state.momentum, call.state.previous_lambda]) assert.equal(array, floats(7));
});

test.run();
