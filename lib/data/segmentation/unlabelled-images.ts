import { parse } from "node:path";

import { BayesBinnError } from "../../native/errors.js";
import type { Dataset, Normalization } from "../dataset.js";
import { isFolder } from "../exists.js";
import { formatError } from "../format-error.js";
import { type DecodedImage, decodeImage } from "../images/decode-image.js";
import { filesIn } from "../images/files-in.js";
import { toPlanes } from "../images/planes.js";
import { sharedBytes } from "../shared-bytes.js";
import { type TileOptions, tileDataset } from "../tiles/tile-dataset.js";

/** Images of one size that are in memory at once. */
const atOnce = 16;

/** What a network takes. */
export interface UnlabelledImages {
  /** Images are converted. */
  readonly channels: 1 | 3;
  readonly normalization: Normalization;
  readonly tiles: TileOptions;
}

/**
 * Paths of the images in a folder, sorted by name.
 *
 * @throws BayesBinnError `ERR_DATASET_MISSING`; `ERR_DATASET_FORMAT` for a folder without images, and for two of one name
 */
export async function unlabelledFiles(folder: string): Promise<readonly string[]> {
  if (!(await isFolder(folder))) {
    const message = `images: ${folder}: no such folder, accepted: a folder of PNG and JPEG images`;
    throw new BayesBinnError("ERR_DATASET_MISSING", message, { folder, missing: [folder] });
  }
  const files = await filesIn(folder);
  const stems = new Map<string, string>();
  for (const file of files) {
    const { name } = parse(file);
    const other = stems.get(name);
    if (other !== undefined)
      throw formatError(file, 0, `has the name of ${other} up to the ending; accepted: one of them`);
    stems.set(name, file);
  }
  return files;
}

/**
 * Images without masks as data sets of tiles, each of some images of one size, which need not be that of others. Every label
 * is 0.
 *
 * @throws BayesBinnError `ERR_DATASET_FORMAT` with the file; `ERR_BINDING_LOAD`, `ERR_OUT_OF_MEMORY`; those of `tileDataset`
 */
export async function* unlabelledImages(
  files: readonly string[],
  { channels, normalization, tiles }: UnlabelledImages,
): AsyncGenerator<Dataset, void, undefined> {
  let group: (DecodedImage & { readonly name: string })[] = [];
  const take = (): Dataset => {
    const { rows, columns } = group[0]!;
    const size = channels * rows * columns;
    const inputs = sharedBytes("images", group.length * size);
    for (const [at, { pixels }] of group.entries()) toPlanes(pixels, channels, inputs, at * size);
    const images: Dataset = {
      name: "images",
      length: group.length,
      sampleShape: [channels, rows, columns],
      inputs,
      normalization,
      targets: new Int32Array(group.length * rows * columns),
      targetWidth: rows * columns,
      targetShape: [rows, columns],
      tiling: {
        images: group.map(({ name }) => ({ rows, columns, name })),
        tiles: group.map((_, image) => ({ image, row: 0, column: 0 })),
      },
    };
    group = [];
    return tileDataset(images, tiles);
  };
  for (const file of files) {
    const image = await decodeImage(file, { channels });
    const [first] = group;
    const fits = first === undefined || (first.rows === image.rows && first.columns === image.columns);
    if (!fits || group.length === atOnce) yield take();
    group.push({ ...image, name: parse(file).name });
  }
  if (group.length > 0) yield take();
}
