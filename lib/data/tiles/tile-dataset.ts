import { z } from "zod";

import { BayesBinnError } from "../../native/errors.js";
import { checkOptions, outOfRange } from "../../options/check.js";
import type { Dataset } from "../dataset.js";
import { sharedBytes } from "../shared-bytes.js";
import { validateDataset } from "../validate.js";
import { mirrored } from "./mirrored.js";
import { tileStarts } from "./tile-starts.js";
import type { Tile, Tiling } from "./tiling.js";

const size = z.int().min(1).max(16384);

/** Options of {@link tileDataset}. */
export const tileOptions = z.strictObject({
  size: z.tuple([size, size]).readonly().meta({ accepted: "[rows, columns], each an integer >= 1" }),
  margin: z
    .int()
    .min(0)
    .default(0)
    .describe("Pixels on each side of a tile that the network reads, but says nothing about: (input - output) / 2"),
  overlap: z.int().min(0).default(0).describe("Pixels that neighbouring tiles share at least, without their margins"),
});

export type TileOptions = z.input<typeof tileOptions>;

/**
 * Images and masks cut into tiles of one size that together cover them, with mirrored images in the margins beyond the edges, as
 * the U-Net paper has them (its Figure 2).
 *
 * A tile without its margin is what a network says something about. These parts begin at the first pixel of an image, end
 * at its last one, and share `overlap` pixels or more with their neighbours; evaluations average the predictions there and
 * report of whole images.
 *
 * ```ts
 * // 512x512 images for a network that makes 100x100 of 188x188: 36 tiles each
 * const train = tileDataset(images, { size: [188, 188], margin: 44 });
 * ```
 *
 * Options:
 * - `size`: rows and columns of a tile. Required.
 * - `margin`: pixels on each side of a tile that the network reads, but says nothing about: with `"valid"` convolutions half of
 *   what they take away, (input - output) / 2. With `"same"` ones any number keeps predictions away from the edges of
 *   tiles. An integer >= 0. Default `0`.
 * - `overlap`: pixels that neighbouring tiles share at least, without their margins, an integer >= 0. Default `0`.
 *
 * Shapes: images `[channels, rows, columns]`, masks of the same rows and columns (`targetShape`).
 *
 * Errors: `ERR_OPTION_UNKNOWN`, `ERR_OPTION_TYPE`, `ERR_OPTION_RANGE`, also for a margin or overlap that leaves nothing;
 * `ERR_SHAPE_MISMATCH` for samples that are no images with masks; `ERR_OUT_OF_MEMORY`.
 *
 * Source: Ronneberger, Fischer, Brox, "U-Net: Convolutional Networks for Biomedical Image Segmentation", MICCAI 2015.
 */
export function tileDataset(dataset: Dataset, options: TileOptions): Dataset {
  const { size: tile, margin, overlap } = checkOptions(tileOptions, options, "tileDataset");
  validateDataset(dataset);
  const [channels, rows, columns] = imageShape(dataset);
  const core = tile.map((length) => length - 2 * margin) as [number, number];
  if (core.some((length) => length < 1)) {
    throw outOfRange("tileDataset.margin", margin, `less than half of the ${tile.join("x")} pixels of a tile`);
  }
  if (core.some((length) => overlap >= length)) {
    throw outOfRange("tileDataset.overlap", overlap, `less than the ${core.join("x")} pixels within the margin`);
  }
  const [down, across] = [tileStarts(rows, core[0], overlap), tileStarts(columns, core[1], overlap)];
  const corners = down.flatMap((row) => across.map((column) => ({ row: row - margin, column: column - margin })));
  const stored = dataset.indices ?? Uint32Array.from({ length: dataset.length }, (_, index) => index);
  const tiles: Tile[] = Array.from(stored).flatMap((_, image) => corners.map((corner) => ({ image, ...corner })));
  const cut = <T extends Uint8Array | Float32Array | Int32Array>(from: T, planes: number, into: T): T => {
    tiles.forEach(({ image, ...corner }, number) => {
      const first = stored[image]! * planes * rows * columns;
      cutTile(from, first, [planes, rows, columns], corner, tile, into, number * planes * tile[0] * tile[1]);
    });
    return into;
  };
  const { inputs, targets, targetWidth } = dataset;
  const values = (planes: number) => tiles.length * planes * tile[0] * tile[1];
  const maskPlanes = targetWidth / (rows * columns);
  return {
    name: dataset.name,
    length: tiles.length,
    sampleShape: [channels, ...tile],
    inputs:
      inputs instanceof Uint8Array
        ? cut(inputs, channels, sharedBytes(dataset.name, values(channels)))
        : cut(inputs, channels, new Float32Array(values(channels))),
    normalization: dataset.normalization,
    targets:
      targets instanceof Int32Array
        ? cut(targets, maskPlanes, new Int32Array(values(maskPlanes)))
        : cut(targets, maskPlanes, new Float32Array(values(maskPlanes))),
    targetWidth: maskPlanes * tile[0] * tile[1],
    targetShape: tile,
    ...(dataset.classes !== undefined && { classes: dataset.classes }),
    ...(dataset.classNames !== undefined && { classNames: dataset.classNames }),
    tiling: {
      images: Array.from(stored, (index) => ({
        ...dataset.tiling?.images[dataset.tiling.tiles[index]!.image],
        rows,
        columns,
      })),
      tiles,
    },
  };
}

/** The planes of a window of an image, mirrored beyond the edges. */
function cutTile<T extends Uint8Array | Float32Array | Int32Array>(
  from: T,
  first: number,
  [planes, rows, columns]: readonly [number, number, number],
  corner: Omit<Tile, "image">,
  [height, width]: readonly [number, number],
  into: T,
  at: number,
): void {
  const sources = Int32Array.from({ length: width }, (_, c) => mirrored(corner.column + c, columns));
  let to = at;
  for (let plane = 0; plane < planes; plane++) {
    for (let r = 0; r < height; r++) {
      const line = first + (plane * rows + mirrored(corner.row + r, rows)) * columns;
      for (let c = 0; c < width; c++) into[to++] = from[line + sources[c]!]!;
    }
  }
}

/** Whether each tile is an image of its own. */
function isWhole({ images, tiles }: Tiling, [, rows, columns]: readonly number[]): boolean {
  return (
    images.every((image) => image.rows === rows && image.columns === columns) &&
    tiles.every((tile) => tile.row === 0 && tile.column === 0)
  );
}

function imageShape({ name, sampleShape, targetShape, tiling, permutation }: Dataset): [number, number, number] {
  const problem =
    sampleShape.length !== 3
      ? `samples have shape ${sampleShape.join("x")}, accepted: images [channels, rows, columns]`
      : targetShape === undefined || targetShape[0] !== sampleShape[1] || targetShape[1] !== sampleShape[2]
        ? `targets of ${targetShape?.join("x") ?? "one value"}, accepted: masks of the ${sampleShape.slice(1).join("x")} pixels of an image`
        : tiling !== undefined && !isWhole(tiling, sampleShape)
          ? "samples are tiles already, accepted: whole images"
          : permutation !== undefined
            ? "features are permuted, accepted: images as stored"
            : undefined;
  if (problem === undefined) return sampleShape as unknown as [number, number, number];
  throw new BayesBinnError("ERR_SHAPE_MISMATCH", `tileDataset: ${name}: ${problem}`, { sampleShape, targetShape });
}
