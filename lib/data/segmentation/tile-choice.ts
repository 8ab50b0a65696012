import { outOfRange } from "../../options/check.js";
import type { DatasetPair } from "../named-dataset.js";
import { type TileOptions, tileDataset, tileOptions } from "../tiles/tile-dataset.js";

/** Options of data sets whose images can be cut into tiles. */
export const tileChoice = {
  tile: tileOptions.shape.size
    .optional()
    .describe("Rows and columns of the tiles that images are cut into; default: whole images"),
  margin: tileOptions.shape.margin,
  overlap: tileOptions.shape.overlap,
};

/** What these options take. */
export interface TileChoice {
  readonly tile?: readonly [rows: number, columns: number] | undefined;
  readonly margin?: number;
  readonly overlap?: number;
}

/**
 * Refuses what would be forgotten in silence.
 *
 * @param path of the options
 * @throws BayesBinnError `ERR_OPTION_RANGE` for a margin or an overlap of tiles that there are none of
 */
export function checkTileChoice(path: string, { tile, margin = 0, overlap = 0 }: TileChoice): void {
  if (tile !== undefined) return;
  if (margin !== 0) throw outOfRange(`${path}.margin`, margin, "0 for whole images; give the size of tiles, `tile`");
  if (overlap !== 0) throw outOfRange(`${path}.overlap`, overlap, "0 for whole images; give the size of tiles, `tile`");
}

/** Both parts as they are, or in tiles where there is a size of these. */
export function inTiles({ train, test }: DatasetPair, { tile, margin = 0, overlap = 0 }: TileChoice): DatasetPair {
  if (tile === undefined) return { train, test };
  const options: TileOptions = { size: tile, margin, overlap };
  return { train: tileDataset(train, options), test: tileDataset(test, options) };
}
