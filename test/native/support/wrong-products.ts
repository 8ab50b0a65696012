import { kernels } from "./addon.js";
import { floats, notDevice, notFloats, notWhole, type WrongCall, wrongLength } from "./wrong-arguments.js";

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
  ...notDevice,
  ["batch", [1, 3, 2 ** 24], "ERR_SHAPE_MISMATCH"],
  ["inFeatures", [2, 4, 2 ** 24], "ERR_SHAPE_MISMATCH"],
  ["outFeatures", [3, 5, 2 ** 24], "ERR_SHAPE_MISMATCH"],
] as const;

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
  ...notDevice,
  ...convSizes.map((key) => [key, [6, 7, 2 ** 24], "ERR_SHAPE_MISMATCH"] as const),
  ...["strideHeight", "strideWidth"].map((key) => [key, [2, 3, 2 ** 24], "ERR_SHAPE_MISMATCH"] as const),
  ...["paddingHeight", "paddingWidth"].map((key) => [key, [1, 2 ** 24], "ERR_SHAPE_MISMATCH"] as const),
  packedFlag,
];
/** The products with a layer's weights and their gradients. */
export const wrongProducts: readonly WrongCall[] = [
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
