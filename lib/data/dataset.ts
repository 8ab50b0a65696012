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
  /** Class labels (`Int32Array`, one a sample) or rows of `targetWidth` numbers. */
  readonly targets: Int32Array | Float32Array;
  readonly targetWidth: number;
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
}

export interface Normalization {
  readonly scale: number;
  readonly mean: readonly number[];
  readonly std: readonly number[];
}
