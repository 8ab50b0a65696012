import { z } from "zod";

import { type Layer, type LayerOptions, layerType, makeLayer } from "./layer.js";
import { pairSchema } from "./pair.js";

export const centerCrop2dOptions = z.strictObject({
  size: pairSchema(1).describe("Rows and columns to keep"),
});

export const centerCrop2dType = layerType({
  type: "centerCrop2d",
  options: centerCrop2dOptions,
  outputShape: ({ size }, input) => {
    const [rows, columns] = size;
    if (input.length === 3 && input[1]! >= rows && input[2]! >= columns) return [input[0]!, rows, columns];
    return `[channels, rows, columns] with rows >= ${rows} and columns >= ${columns}`;
  },
  parameters: () => [],
});

/**
 * The middle of an image: `y_crk = x_c,(r + top),(k + left)` with `top = round((rows - size_0) / 2)`, halves to the even
 * number as torchvision's `CenterCrop` rounds them, and `left` likewise.
 *
 * In a U-Net it cuts the image of the way down to the size of the one on the way up, before both are joined.
 *
 * @example merge(concatenate(), skip.apply(centerCrop2d({ size: [up.shape[1]!, up.shape[2]!] })), up)
 *
 * Options:
 * - `size`: rows and columns to keep, an integer in 1..65536 for both or two of them. Required.
 * - `name`: unique in its model; letters, digits, `_` and `-`. Default: the type and a number, such as `centerCrop2d1`.
 *
 * Shapes: `[channels, rows, columns]` to `[channels, size_0, size_1]`. Source: Ronneberger et al., "U-Net", MICCAI 2015.
 */
export function centerCrop2d(options: LayerOptions<typeof centerCrop2dOptions>): Layer {
  return makeLayer(centerCrop2dType, options);
}
