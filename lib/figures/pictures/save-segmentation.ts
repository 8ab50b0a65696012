import { join } from "node:path";

import { makeFolders } from "../../io/make-folders.js";
import { output } from "../../io/output-error.js";
import { type Picture, writePng } from "../../io/write-png.js";
import { greyPicture, imagePicture, maskPicture } from "./grey.js";
import { sideBySide } from "./side-by-side.js";

/** Maps of the pixels of an image, row-major. */
export interface SegmentationMaps {
  readonly rows: number;
  readonly columns: number;
  /** `[classes, rows, columns]`. */
  readonly probabilities: Float32Array;
  readonly classes: Uint16Array;
  /** In nats. */
  readonly entropy: Float32Array;
  /** In nats; of the mode there is none to be seen. */
  readonly mutualInformation?: Float32Array;
}

/** What is known of the image beside. */
export interface SegmentationSource {
  /** `[channels, rows, columns]`. */
  readonly image: Uint8Array | Float32Array;
  /** The true class of each pixel, -1 where it is not known. */
  readonly truth?: Int32Array;
  readonly classNames?: readonly string[];
}

/** The pictures of a segmented image. */
export interface SegmentationFiles {
  readonly mask: string;
  /** Of class 1 of two, else of each class. */
  readonly probabilities: readonly string[];
  readonly entropy: string;
  readonly mutualInformation?: string;
  readonly overview: string;
}

/**
 * Writes maps of an image to a folder, which is made where it is missing, as grey pictures of 8 bits. Files that were there are
 * replaced, each at once.
 *
 * | file | shows |
 * |---|---|
 * | `<name>.mask.png` | the class of each pixel, see {@link maskPicture} |
 * | `<name>.probability-<class>.png` | 0..1 from black to white: of class 1 of two, else of each class |
 * | `<name>.entropy.png` | 0..log(classes) from black to white |
 * | `<name>.mutual-information.png` | the same, where there is such a map |
 * | `<name>.overview.png` | side by side: image, true mask where it is known, mask, probability of class 1 of two, else of the class predicted, entropy |
 *
 * A class is called by its name where that can be part of the name of a file, else by its number.
 *
 * @throws BayesBinnError `ERR_OUTPUT`; `ERR_OPTION_RANGE` for more than 256 classes; `ERR_BINDING_LOAD`
 */
export async function saveSegmentation(
  folder: string,
  name: string,
  maps: SegmentationMaps,
  { image, truth, classNames = [] }: SegmentationSource,
): Promise<SegmentationFiles> {
  const { classes, probabilities, entropy, mutualInformation } = maps;
  const size = maps.rows * maps.columns;
  const count = probabilities.length / size;
  const mask = maskPicture(maps, classes, count);
  const shown = count === 2 ? [1] : Array.from({ length: count }, (_, k) => k);
  const ofClass = (k: number) => greyPicture(maps, probabilities.subarray(k * size, (k + 1) * size), 1);
  const likeliest = () => Float32Array.from(classes, (k, pixel) => probabilities[k * size + pixel]!);
  const uncertainty = greyPicture(maps, entropy, Math.log(count));
  const panels = [
    imagePicture(maps, image),
    ...(truth === undefined ? [] : [maskPicture(maps, truth, count)]),
    mask,
    count === 2 ? ofClass(1) : greyPicture(maps, likeliest(), 1),
    uncertainty,
  ];
  await output(folder, () => makeFolders(folder));
  const write = async (kind: string, picture: Picture) => {
    const path = join(folder, `${name}.${kind}.png`);
    await writePng(path, picture);
    return path;
  };
  const files = { mask: await write("mask", mask), probabilities: [] as string[] };
  for (const k of shown) files.probabilities.push(await write(`probability-${called(classNames[k], k)}`, ofClass(k)));
  const information = mutualInformation && greyPicture(maps, mutualInformation, Math.log(count));
  return {
    ...files,
    entropy: await write("entropy", uncertainty),
    ...(information && { mutualInformation: await write("mutual-information", information) }),
    overview: await write("overview", sideBySide(panels)),
  };
}

function called(name: string | undefined, number: number): string {
  return name !== undefined && /^[\w-]+$/.test(name) ? name : String(number);
}
