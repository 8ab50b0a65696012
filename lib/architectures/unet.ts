import { z } from "zod";

import { batchNorm, batchNormOptions } from "../layers/batch-norm.js";
import { centerCrop2d } from "../layers/center-crop2d.js";
import { concatenate } from "../layers/concatenate.js";
import { convTranspose2d } from "../layers/conv-transpose2d.js";
import { conv2d } from "../layers/conv2d.js";
import { dropout2d, dropout2dOptions } from "../layers/dropout2d.js";
import type { Layer, ParameterKind } from "../layers/layer.js";
import { maxPool2d } from "../layers/max-pool2d.js";
import { relu } from "../layers/relu.js";
import { functional, input, merge, type SymbolicTensor } from "../model/functional.js";
import type { Model } from "../model/model.js";
import { type ArchitectureOptions, architecture, buildArchitecture } from "./architecture.js";
import { batchNormSettings, convBlock, weightsOption } from "./blocks.js";
import { checkUnetSizes, unetSizeOptions } from "./unet-sizes.js";

const options = z.strictObject({
  depth: unetSizeOptions.shape.depth,
  width: z
    .int()
    .min(1)
    .max(2 ** 16)
    .default(64)
    .describe("Channels of the first level; each level below has twice as many"),
  padding: unetSizeOptions.shape.padding,
  dropout: dropout2dOptions.shape.rate.removeDefault().default(0.05).describe("Rate at which channels are dropped"),
  batchNorm: batchNormSettings(0.2, 1e-5).describe("Every batch norm"),
  weights: weightsOption,
  outerWeights: weightsOption
    .removeDefault()
    .optional()
    .describe("Weights of the first and of the last convolution; default: as `weights`"),
  outputAffine: batchNormOptions.shape.affine.describe(
    "Whether the batch norm of the output has a real-valued gain and bias, one a class; the others have none",
  ),
});

type UnetOptions = z.output<typeof options>;

export const unetArchitecture = architecture({
  name: "unet",
  description: "U-Net for the segmentation of images",
  options,
  build(given, { inputShape, outputs, seed }) {
    checkUnetSizes(inputShape, given);
    const images = input(inputShape);
    const skips: SymbolicTensor[] = [];
    let tensor = images.apply(...convolutions(given, 0, given.outerWeights));
    for (let level = 1; level < given.depth; level++) {
      skips.push(tensor);
      tensor = tensor.apply(maxPool2d({ size: 2 }), ...dropped(given), ...convolutions(given, level));
    }
    for (let level = given.depth - 2; level >= 0; level--) {
      const up = tensor.apply(
        convTranspose2d({ channels: channelsOf(given, level), kernelSize: 2, stride: 2, weights: given.weights }),
        batchNorm(given.batchNorm),
      );
      const [, rows, columns] = up.shape as [number, number, number];
      const skip = skips[level]!;
      const cropped = given.padding === "valid" ? skip.apply(centerCrop2d({ size: [rows, columns] })) : skip;
      const [first, ...rest] = [...dropped(given), ...convolutions(given, level)] as [Layer, ...Layer[]];
      tensor = merge(concatenate(), cropped, up).apply(first, ...rest);
    }
    const output = tensor.apply(
      conv2d({ channels: outputs, kernelSize: 1, weights: given.outerWeights ?? given.weights }),
      batchNorm({ ...given.batchNorm, affine: given.outputAffine }),
    );
    return functional({ input: images, output, seed });
  },
});

/**
 * U-Net: a path of pairs of 3x3 convolutions down to small images of many channels, and one back up, each level of which
 * also reads what its counterpart on the way down gave. Batch norm stands behind every convolution, without gain and bias
 * unless `outputAffine` says otherwise of the last one, and ReLU behind each of them but the transposed and the last one.
 *
 * With `"valid"` padding the output belongs to the centre of the image: 5 levels make 388 x 388 of 572 x 572. Which sizes
 * there are, {@link unetInputSizes} and {@link unetOutputSize} say.
 *
 * @example unet({ inputShape: [1, 572, 572], outputs: 2 })
 * @example unet({ inputShape: [1, 64, 64], outputs: 2, depth: 3, width: 16, padding: "same" })
 * @example unet({ inputShape: [1, 572, 572], outputs: 2, outerWeights: "real", outputAffine: true })
 *
 * Options:
 * - `inputShape`: `[channels, rows, columns]`. Required.
 * - `outputs`: number of classes of a pixel. Required.
 * - `depth`: number of levels, an integer in 1..8. Default `5`.
 * - `width`: channels of the first level; each level below has twice as many. Default `64`.
 * - `padding`: of the 3x3 convolutions, `"valid"` or `"same"`. Default `"valid"`.
 * - `dropout`: rate at which whole channels are dropped before each level but the first, >= 0 and < 1. Default `0.05`.
 * - `batchNorm`: `{ momentum, epsilon }` of each batch norm. Default `{ momentum: 0.2, epsilon: 1e-5 }`.
 * - `weights`: `"binary"`, or `"real"` for the network at full precision. Default `"binary"`.
 * - `outerWeights`: of the first convolution, which reads the image, and of the last one, which gives the classes, `"binary"`
 *   or `"real"`. Default: as `weights`.
 * - `outputAffine`: whether the batch norm of the output has a real-valued gain and bias, one a class. Without them every
 *   output has unit variance over the pixels, so that even a perfect answer stays uncertain. Default `false`.
 * - `seed`: of the first weights and of the draws of a mean prediction, an integer >= 0. Default `1`.
 *
 * Shapes: `[channels, rows, columns]` to `[outputs, rows, columns]`, smaller ones with `"valid"` padding. Real-valued
 * parameters beside binary ones, as `outerWeights` and `outputAffine` make them, need an optimizer of their own.
 * Source: Ronneberger, Fischer, Brox, "U-Net: Convolutional Networks for Biomedical Image Segmentation", MICCAI 2015.
 *
 * @throws BayesBinnError `ERR_SHAPE_MISMATCH` for an input that is no image, or whose rows or columns are too few or odd at some
 *   level, naming near sizes that fit; `ERR_OPTION_UNKNOWN`, `ERR_OPTION_TYPE`, `ERR_OPTION_RANGE`
 */
export function unet(options: ArchitectureOptions<(typeof unetArchitecture)["options"]>): Model {
  return buildArchitecture(unetArchitecture, options);
}

const channelsOf = ({ width }: UnetOptions, level: number) => width * 2 ** level;

/** The two of a level, of which the first may have weights of its own. */
function convolutions(given: UnetOptions, level: number, first = given.weights): [Layer, ...Layer[]] {
  const { padding, batchNorm } = given;
  const channels = channelsOf(given, level);
  const block = (weights: ParameterKind) => [
    ...convBlock({ channels, kernelSize: 3, padding, weights, batchNorm }),
    relu(),
  ];
  return [...block(first), ...block(given.weights)] as [Layer, ...Layer[]];
}

function dropped({ dropout }: UnetOptions): Layer[] {
  return dropout > 0 ? [dropout2d({ rate: dropout })] : [];
}
