import type { Dataset } from "../../data/dataset.js";
import { checkTiling } from "../../data/tiles/check-tiling.js";
import type { TiledImage } from "../../data/tiles/tiling.js";
import { BayesBinnError } from "../../native/errors.js";
import { outOfRange } from "../../options/check.js";

/** A tile of an image as a network answers it: a sample, and where its output lies. */
interface Placed {
  /** Position in the data set. */
  readonly sample: number;
  readonly row: number;
  readonly column: number;
}

/** An image with the outputs that cover it. */
export interface WholeImage {
  readonly image: TiledImage;
  /** Which of the images of the tiling; of data that are no tiles, the position of the sample. */
  readonly number: number;
  readonly tiles: readonly Placed[];
}

/** Tiles of an image that a data set need not have. */
export type MissingTiles = "allowed" | "refused";

/**
 * The images that the samples of `dataset` were cut from, each with the places of the network's outputs, whose centre is that of
 * the tile. A sample that is no tile is an image of the size of the output.
 *
 * @param output rows and columns of the network's output
 * @param missing whether a data set may have some of the tiles of an image
 * @throws BayesBinnError `ERR_SHAPE_MISMATCH` where the outputs leave gaps in an image that was cut, all tiles of which are there, or have
 *   to be, or lie between pixels; `ERR_OPTION_TYPE`, `ERR_OPTION_RANGE` for a tiling that is none
 */
export function wholeImages(
  dataset: Dataset,
  output: readonly [number, number],
  missing: MissingTiles = "allowed",
): WholeImage[] {
  const { name, length, indices, sampleShape, tiling } = dataset;
  const [rows, columns] = output;
  if (tiling === undefined) {
    const image = { rows, columns };
    return Array.from({ length }, (_, sample) => ({ image, number: sample, tiles: [{ sample, row: 0, column: 0 }] }));
  }
  checkTiling(name, tiling, tiling.tiles?.length);
  const [down, right] = marginsOf(name, sampleShape, output);
  const tiles = new Map<number, Placed[]>();
  // Of the tiles of each image, those that no sample is.
  const absent = new Uint32Array(tiling.images.length);
  for (const { image } of tiling.tiles) absent[image]! += 1;
  const found = new Uint8Array(tiling.tiles.length);
  for (let sample = 0; sample < length; sample++) {
    const stored = indices?.[sample] ?? sample;
    const tile = tiling.tiles[stored];
    if (tile === undefined) throw outOfRange(`${name}: sample ${sample}`, stored, `0 to ${found.length - 1}`);
    const { image, row, column } = tile;
    const placed = { sample, row: row + down, column: column + right };
    const others = tiles.get(image);
    if (others === undefined) tiles.set(image, [placed]);
    else others.push(placed);
    if (found[stored] === 0) absent[image]! -= 1;
    found[stored] = 1;
  }
  return Array.from(tiles, ([number, placed]) => {
    const image = tiling.images[number]!;
    // Of an image that was not cut the network says what it can.
    const isWhole = placed.length === 1 && image.rows === sampleShape[1] && image.columns === sampleShape[2];
    if (missing === "refused" || (absent[number] === 0 && !isWhole)) checkCovered(name, image, placed, output);
    return { image, number, tiles: placed };
  });
}

/** Rows and columns from the corner of a tile to that of the output in its middle. */
function marginsOf(name: string, sampleShape: readonly number[], output: readonly [number, number]): [number, number] {
  const margins = output.map((size, axis) => (sampleShape[1 + axis]! - size) / 2) as [number, number];
  if (sampleShape.length === 3 && margins.every(Number.isInteger)) return margins;
  const accepted = `[channels, rows, columns], as large as the model's output, ${output.join("x")}, or larger by an even number of pixels`;
  const message = `${name}: tiles have shape ${sampleShape.join("x")}, accepted: ${accepted}`;
  throw new BayesBinnError("ERR_SHAPE_MISMATCH", message, { dataset: name, sampleShape, output });
}

function checkCovered(
  name: string,
  { rows, columns }: TiledImage,
  tiles: readonly Placed[],
  output: readonly number[],
): void {
  const covered = new Uint8Array(rows * columns);
  for (const tile of tiles) {
    eachRow({ rows, columns }, tile, output, (pixel, _, width) => covered.fill(1, pixel, pixel + width));
  }
  const missing = covered.indexOf(0);
  if (missing < 0) return;
  const place = `row ${Math.floor(missing / columns)}, column ${missing % columns}`;
  const message =
    `${name}: no output of ${output.join("x")} pixels covers ${place} of an image; ` +
    "accepted: all tiles of an image, with the margin that the network takes away, (input - output) / 2";
  throw new BayesBinnError("ERR_SHAPE_MISMATCH", message, { dataset: name, output });
}

/** visit(pixel of the image, pixel of the output) for every pixel of an output that lies in the image. */
export function eachPixel(
  image: Pick<TiledImage, "rows" | "columns">,
  tile: Omit<Placed, "sample">,
  output: readonly number[],
  visit: (pixel: number, place: number) => void,
): void {
  eachRow(image, tile, output, (pixel, place, width) => {
    for (let c = 0; c < width; c++) visit(pixel + c, place + c);
  });
}

/** visit(first pixel of the image, first pixel of the output, number) for what lies in the image of each row of an output. */
export function eachRow(
  image: Pick<TiledImage, "rows" | "columns">,
  { row, column }: Omit<Placed, "sample">,
  [rows, columns]: readonly number[],
  visit: (pixel: number, place: number, width: number) => void,
): void {
  const left = Math.max(0, -column);
  const width = Math.min(columns!, image.columns - column) - left;
  if (width <= 0) return;
  for (let r = Math.max(0, -row); r < Math.min(rows!, image.rows - row); r++) {
    visit((row + r) * image.columns + column + left, r * columns! + left, width);
  }
}

/**
 * Maps of the pixels of an image from those of its tiles, averaged where tiles overlap; NaN where there is none.
 *
 * @param values `[samples, planes, ...output]`
 * @returns `[planes, rows, columns]`
 */
export function stitch(
  { image, tiles }: WholeImage,
  output: readonly [number, number],
  values: Float32Array,
  planes: number,
): Float32Array {
  const [size, pixels] = [image.rows * image.columns, output[0] * output[1]];
  const sums = new Float32Array(planes * size);
  const counts = new Uint16Array(size);
  for (const tile of tiles) {
    const first = tile.sample * planes * pixels;
    eachRow(image, tile, output, (pixel, place, width) => {
      for (let c = 0; c < width; c++) counts[pixel + c]! += 1;
      for (let plane = 0; plane < planes; plane++) {
        const [to, from] = [plane * size + pixel, first + plane * pixels + place];
        for (let c = 0; c < width; c++) sums[to + c]! += values[from + c]!;
      }
    });
  }
  for (let plane = 0; plane < planes; plane++) {
    for (let pixel = 0, at = plane * size; pixel < size; pixel++, at++) sums[at]! /= counts[pixel]!;
  }
  return sums;
}
