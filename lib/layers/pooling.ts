import { z } from "zod";

import { isImage } from "./convolution.js";
import type { Shape } from "./layer.js";
import { pairSchema } from "./pair.js";
import { showShape } from "./shape.js";

/** Options that the pooling layers with a moving window share. */
export const windowOptions = z
  .strictObject({
    size: pairSchema(1).describe("Rows and columns of a window"),
    stride: pairSchema(1).optional().describe("Rows and columns from one window to the next; default: the size"),
    padding: pairSchema(0).default([0, 0]).describe("Rows and columns around the image, at most half the size"),
  })
  // With more padding a window could hold no pixel at all.
  .check(({ value: { size, padding }, issues }) => {
    const most = size.map((pixels) => Math.floor(pixels / 2));
    if (most.every((half, axis) => padding[axis]! <= half)) return;
    const message = `at most half the size, ${showShape(most)}`;
    issues.push({ code: "custom", path: ["padding"], message, input: padding, params: { code: "ERR_OPTION_RANGE" } });
  })
  // Native code takes every option, and a model file holds them, in this order.
  .overwrite(({ size, stride = size, ...others }) => ({ size, stride, ...others }));

/** Shape of what windows give of an image, or in words what they accept. */
export function pooledShape(
  { size, stride = size, padding }: z.output<typeof windowOptions>,
  input: Shape,
): Shape | string {
  const least = size.map((pixels, axis) => Math.max(1, pixels - 2 * padding[axis]!));
  if (!isImage(input) || least.some((pixels, axis) => input[axis + 1]! < pixels)) {
    return `[channels, rows, columns] with rows >= ${least[0]} and columns >= ${least[1]}`;
  }
  const places = (axis: 0 | 1) => Math.floor((input[axis + 1]! + 2 * padding[axis] - size[axis]) / stride[axis]) + 1;
  return [input[0], places(0), places(1)];
}

/** Shape of what a pooling layer gives whose window is the whole image. */
export function globallyPooledShape(input: Shape): Shape | string {
  return input.length === 3 ? [input[0]!] : "[channels, rows, columns]";
}
