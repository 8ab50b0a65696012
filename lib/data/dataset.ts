import type { Tiling } from "./tiles/tiling.js";

/**
 * Samples and targets in memory. Images stay bytes and are normalised when a batch is gathered.
 *
 * `inputs` holds `length * product(sampleShape)` values, row-major, images as channels, rows, columns. Bytes in a
 * `SharedArrayBuffer` are read where they lie by the CPU; everything else is copied when it is first used.
 */
export interface Dataset {
  readonly name: string;
  readonly length: number;
  readonly sampleShape: readonly number[];
  readonly inputs: Uint8Array | Float32Array;
  /** network input = (value * scale - mean[c]) / std[c]; one entry a channel (first axis), or a single one for all. */
  readonly normalization: Normalization;
  /** Class labels (`Int32Array`), one a sample or a mask of one a pixel, or rows of numbers. */
  readonly targets: Int32Array | Float32Array;
  /** Values of a sample's target: 1 for a label, the pixels of a mask, or so many numbers. */
  readonly targetWidth: number;
  /**
   * Rows and columns of targets that have a value a pixel, row-major: masks, or numbers with their channels before the rows.
   * Target and image have the same centre; a network with a smaller output is held against the centre of the target.
   * Absent: a label a sample, or numbers that are an output each.
   */
  readonly targetShape?: readonly [rows: number, columns: number];
  /** Number of classes where targets are labels. */
  readonly classes?: number;
  /** Names of the classes, where they are known; the position is the label. */
  readonly classNames?: readonly string[];
  /** Which samples, in this order; absent: all. Splits share their arrays through it. `length` counts these. */
  readonly indices?: Uint32Array;
  /**
   * Feature f of a network input is feature `permutation[f]` of the stored sample, normalised as that one: a permutation of
   * 0 to `product(sampleShape) - 1`; absent: as stored. Tasks share their arrays through it.
   */
  readonly permutation?: Uint32Array;
  /** Where the stored samples lie in the larger images that they were cut from; absent: each is an image of its own. */
  readonly tiling?: Tiling;
}

export interface Normalization {
  readonly scale: number;
  readonly mean: readonly number[];
  readonly std: readonly number[];
}
