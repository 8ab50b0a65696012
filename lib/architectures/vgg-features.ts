import { z } from "zod";

import type { Layer, ParameterKind } from "../layers/layer.js";
import { relu } from "../layers/relu.js";
import { type BatchNormSettings, convBlock } from "./blocks.js";

/** Option `width` of networks that begin with {@link vggFeatures}. */
export const widthOption = z
  .int()
  .min(1)
  .max(2 ** 16)
  .default(128)
  .describe("Channels of the first convolutions; those after them have two and four times as many");

export interface VggFeatures {
  readonly width: number;
  readonly weights: ParameterKind;
  readonly batchNorm: BatchNormSettings;
}

/**
 * 2 x `width` C3 - MP2 - 2 x `2 width` C3 - MP2 - 2 x `4 width` C3 - MP2: pairs of 3x3 convolutions, batch norm and ReLU
 * behind each, and a maximum of 2x2 pixels between the second convolution of a pair and its batch norm.
 */
export function vggFeatures({ width, weights, batchNorm }: VggFeatures): Layer[] {
  return [1, 2, 4].flatMap((times) =>
    [false, true].flatMap((pool) => {
      const channels = times * width;
      return [...convBlock({ channels, kernelSize: 3, padding: "same", weights, pool, batchNorm }), relu()];
    }),
  );
}
