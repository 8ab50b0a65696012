import type { Normalization } from "../dataset.js";

/** Side of the images, in pixels. */
export const SIDE = 32;

/** Pixels of a plane. */
export const PLANE = SIDE * SIDE;

/** Bytes of an image: the red plane, then the green one, then the blue one, each row by row. */
export const IMAGE_BYTES = 3 * PLANE;

/** A label byte of a record. */
export interface CifarLabel {
  /** Among several, such as `coarse`. */
  readonly name: string;
  /** Names of the classes; the position is the label. */
  readonly classNames: readonly string[];
  /** File that lists the names. */
  readonly namesFile: string;
}

/** A file of records. */
export interface RecordFile {
  readonly name: string;
  /** How many the published file has. Readers take any number from 1 on. */
  readonly records: number;
  /** Of the published file; absent where nobody published one. */
  readonly sha256?: string;
}

/**
 * A data set in the binary layout of CIFAR: files of records, each some label bytes and then {@link IMAGE_BYTES}.
 *
 * Source: A. Krizhevsky, "The CIFAR-10 dataset", section "Binary version", https://www.cs.toronto.edu/~kriz/cifar.html.
 */
export interface CifarLayout {
  readonly name: string;
  /** For people. */
  readonly title: string;
  /** Label bytes in the order of the record. */
  readonly labels: readonly CifarLabel[];
  readonly train: readonly RecordFile[];
  readonly test: readonly RecordFile[];
  readonly normalization: Normalization;
  /**
   * What the pixels went through. `published`: nothing, they are those that the authors handed out; `jpeg`: lossy
   * compression, whatever decoded it.
   */
  readonly pixels: "published" | "jpeg";
  /** How to obtain the data, for error messages. */
  readonly advice: string;
}

/** Bytes of a record. */
export function recordBytes({ labels }: Pick<CifarLayout, "labels">): number {
  return labels.length + IMAGE_BYTES;
}

/** Records that the published files have together. */
export function recordsOf(files: readonly RecordFile[]): number {
  return files.reduce((sum, { records }) => sum + records, 0);
}
