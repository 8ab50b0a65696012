import { z } from "zod";

import { batchNorm, batchNormOptions } from "../layers/batch-norm.js";
import { conv2d } from "../layers/conv2d.js";
import { dropout } from "../layers/dropout.js";
import type { Layer, ParameterKind } from "../layers/layer.js";
import { linear, linearOptions } from "../layers/linear.js";
import { maxPool2d } from "../layers/max-pool2d.js";

/** Batch norm without gain and bias, as every network of the paper has it. */
export interface BatchNormSettings {
  readonly momentum: number;
  readonly epsilon: number;
}

/** What a layer accepts is the layer's business; the defaults are the network's own. */
export function batchNormSettings(momentum: number, epsilon: number) {
  return z
    .strictObject({
      momentum: batchNormOptions.shape.momentum.removeDefault().default(momentum),
      epsilon: batchNormOptions.shape.epsilon.removeDefault().default(epsilon),
    })
    .prefault({});
}

/** Option `weights` of an architecture: real ones make its full-precision counterpart. */
export const weightsOption = linearOptions.shape.weights;

/** Dropout where `rate` is above 0, a linear layer without bias, batch norm. */
export function denseBlock(
  units: number,
  weights: ParameterKind,
  normalization: BatchNormSettings,
  rate = 0,
): [Layer, ...Layer[]] {
  const layers: [Layer, ...Layer[]] = [linear({ units, weights }), batchNorm(normalization)];
  return rate > 0 ? [dropout({ rate }), ...layers] : layers;
}

export interface ConvBlock {
  readonly channels: number;
  readonly kernelSize: number;
  readonly padding: "same" | "valid";
  readonly weights: ParameterKind;
  /** Whether a maximum of 2 x 2 pixels follows the convolution. */
  readonly pool?: boolean;
  readonly batchNorm: BatchNormSettings;
}

/** A convolution without bias, the pooling, batch norm. */
export function convBlock({ channels, kernelSize, padding, weights, pool = false, ...rest }: ConvBlock): Layer[] {
  return [
    conv2d({ channels, kernelSize, padding, weights }),
    ...(pool ? [maxPool2d({ size: 2 })] : []),
    batchNorm(rest.batchNorm),
  ];
}
