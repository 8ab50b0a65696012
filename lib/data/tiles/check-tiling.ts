import { z } from "zod";

import { BayesBinnError } from "../../native/errors.js";
import { checkOptions, outOfRange } from "../../options/check.js";
import type { Tiling } from "./tiling.js";

const size = z.int().positive();

/** A tiling as data sets hold it. */
const tilingSchema = z.object({
  images: z.array(z.object({ rows: size, columns: size, name: z.string().optional() })).readonly(),
  tiles: z.array(z.object({ image: z.int().nonnegative(), row: z.int(), column: z.int() })).readonly(),
});

/**
 * Checks that every stored sample is a tile of an image.
 *
 * @param name of the data set, for messages
 * @throws BayesBinnError `ERR_SHAPE_MISMATCH`, `ERR_OPTION_TYPE`, `ERR_OPTION_RANGE`
 */
export function checkTiling(name: string, tiling: Tiling, samples: number): void {
  checkOptions(tilingSchema, tiling, `${name}.tiling`);
  const { images, tiles } = tiling;
  const path = `${name}.tiling.tiles`;
  if (tiles.length !== samples) {
    const message = `${path}: ${tiles.length} tiles; accepted: one for each of the ${samples} samples`;
    throw new BayesBinnError("ERR_SHAPE_MISMATCH", message, { path, value: tiles.length });
  }
  const wrong = tiles.findIndex(({ image }) => image >= images.length);
  if (wrong < 0) return;
  throw outOfRange(`${path}[${wrong}].image`, tiles[wrong]!.image, `integers in 0 to ${images.length - 1}`);
}
