import type { Dataset } from "../../data/dataset.js";
import type { TiledImage } from "../../data/tiles/tiling.js";
import { BayesBinnError } from "../../native/errors.js";

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
 * @throws BayesBinnError `ERR_SHAPE_MISMATCH` where the outputs leave gaps in an image all tiles of which are there, or have to be
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
  const [, tileRows, tileColumns] = sampleShape as [number, number, number];
  const tiles = new Map<number, Placed[]>();
  for (let sample = 0; sample < length; sample++) {
    const { image, row, column } = tiling.tiles[indices?.[sample] ?? sample]!;
    const placed = { sample, row: row + (tileRows - rows) / 2, column: column + (tileColumns - columns) / 2 };
    tiles.set(image, [...(tiles.get(image) ?? []), placed]);
  }
  const counts = new Uint32Array(tiling.images.length);
  for (const { image } of tiling.tiles) counts[image]! += 1;
  return Array.from(tiles, ([number, placed]) => {
    const image = tiling.images[number]!;
    if (missing === "refused" || placed.length === counts[number]) checkCovered(name, image, placed, output);
    return { image, number, tiles: placed };
  });
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
    "accepted: all tiles of an image, with the margin that the network takes away, (input - output) / 2";
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
