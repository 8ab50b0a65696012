import { z } from "zod";

import type { LayerParameter, ParameterKind, Shape } from "./layer.js";
import { type Pair, pairSchema } from "./pair.js";
import { sizeOf } from "./shape.js";

/** Options that {@link conv2d} and {@link convTranspose2d} share. */
export const convolutionFields = {
  channels: z
    .int()
    .min(1)
    .max(2 ** 24)
    .describe("Channels of the output"),
  kernelSize: pairSchema(1).describe("Rows and columns of the kernel"),
  stride: pairSchema(1).default([1, 1]).describe("Pixels from one place of the kernel to the next"),
  weights: z.enum(["binary", "real"]).default("binary").describe("Whether the weights are +-1 or real numbers"),
  bias: z
    .enum(["none", "real", "binary"])
    .default("none")
    .describe("Whether a bias is added to each output channel, and of which kind"),
};

/** Whether samples of this shape are images. */
export function isImage(shape: Shape): shape is readonly [channels: number, rows: number, columns: number] {
  return shape.length === 3;
}

/** What layers of images say that they accept. */
export const images = "images [channels, rows, columns]";

/** The parameters of both layers. `ends`: channels of the weights, whose order differs. */
export function convolutionParameters(
  options: { channels: number; kernelSize: Pair; weights: ParameterKind; bias: ParameterKind | "none" },
  ends: readonly [number, number],
): LayerParameter[] {
  const { channels, kernelSize, weights, bias } = options;
  return [
    { name: "weight", shape: [...ends, ...kernelSize], kind: weights },
    ...(bias === "none" ? [] : [{ name: "bias", shape: [channels], kind: bias }]),
  ];
}

/** A product for each pair of channels and tap, at each pixel of `image` (`[channels, rows, columns]`). */
export function convolutionProducts(channels: number, kernelSize: Pair, image: Shape): number {
  return sizeOf(image) * channels * sizeOf(kernelSize);
}
