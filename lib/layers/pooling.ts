import { z } from "zod";

import { outOfRange } from "../options/check.js";
import type { Layer, Shape } from "./layer.js";

const largest = 2 ** 24;

/** Options that the pooling layers with a moving window share. */
export const windowOptions = z.strictObject({
  size: z.int().min(1).max(largest).describe("Rows and columns of a window"),
  stride: z
    .int()
    .min(1)
    .max(largest)
    .optional()
    .describe("Rows and columns from one window to the next; default: the size"),
  padding: z
    .int()
    .min(0)
    .max(largest / 2)
    .default(0)
    .describe("Rows and columns around the image, at most half the size"),
});

/** The options of a factory with the stride that they leave open. */
export function withStride<Options extends z.input<typeof windowOptions>>(given: Options): Options {
  return { ...given, stride: given?.stride ?? given?.size };
}

/** `layer`, unless its windows could lie outside the image. */
export function checkPadding(layer: Layer): Layer {
  const { size, padding } = layer.options as z.output<typeof windowOptions>;
  const most = Math.floor(size / 2);
  if (padding <= most) return layer;
  throw outOfRange(`${layer.type}.padding`, padding, `at most half the size, ${most}`);
}

/** Shape of what windows give of an image, or in words what they accept. */
export function pooledShape(
  { size, stride = size, padding }: z.output<typeof windowOptions>,
  input: Shape,
): Shape | string {
  const least = Math.max(1, size - 2 * padding);
  if (input.length !== 3 || input.slice(1).some((pixels) => pixels < least)) {
    return `[channels, rows, columns] with rows and columns >= ${least}`;
  }
  const places = (pixels: number) => Math.floor((pixels + 2 * padding - size) / stride) + 1;
  const [channels, rows, columns] = input as [number, number, number];
  return [channels, places(rows), places(columns)];
}

/** Shape of what a pooling layer gives whose window is the whole image. */
export function globallyPooledShape(input: Shape): Shape | string {
  return input.length === 3 ? [input[0]!] : "[channels, rows, columns]";
}
