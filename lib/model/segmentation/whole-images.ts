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

/**
 * The images that the samples of `dataset` were cut from, each with the places of the network's outputs, whose centre is that of
 * the tile. A sample that is no tile is an image of the size of the output.
 *
 * @param output rows and columns of the network's output
 * @throws BayesBinnError `ERR_SHAPE_MISMATCH` where the outputs leave gaps in an image all tiles of which are there, or lie
 *   between pixels; `ERR_OPTION_TYPE`, `ERR_OPTION_RANGE` for a tiling that is none
 */
export function wholeImages(dataset: Dataset, output: readonly [number, number]): WholeImage[] {
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
    if (absent[number] === 0) checkCovered(name, image, placed, output);
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
  for (const tile of tiles) eachPixel({ rows, columns }, tile, output, (pixel) => (covered[pixel] = 1));
  const missing = covered.indexOf(0);
  if (missing < 0) return;
  const place = `row ${Math.floor(missing / columns)}, column ${missing % columns}`;
  const message =
    `${name}: no output of ${output.join("x")} pixels covers ${place} of an image; ` +
    "accepted: tiles with the margin that the network takes away, (input - output) / 2";
  throw new BayesBinnError("ERR_SHAPE_MISMATCH", message, { dataset: name, output });
}

/** visit(pixel of the image, pixel of the output) for every pixel of an output that lies in the image. */
export function eachPixel(
  image: Pick<TiledImage, "rows" | "columns">,
  { row, column }: Omit<Placed, "sample">,
  [rows, columns]: readonly number[],
  visit: (pixel: number, place: number) => void,
): void {
  const [left, right] = [Math.max(0, -column), Math.min(columns!, image.columns - column)];
  for (let r = Math.max(0, -row); r < Math.min(rows!, image.rows - row); r++) {
    for (let c = left; c < right; c++) visit((row + r) * image.columns + column + c, r * columns! + c);
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
    eachPixel(image, tile, output, (pixel, place) => {
      counts[pixel]! += 1;
      for (let plane = 0; plane < planes; plane++) {
        sums[plane * size + pixel]! += values[first + plane * pixels + place]!;
      }
    });
  }
  return sums.map((value, at) => value / counts[at % size]!);
}
