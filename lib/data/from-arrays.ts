import { z } from "zod";
import { checkOptions } from "../options/check.js";
import type { Dataset, Normalization } from "./dataset.js";
import { datasetFields, storedLength, validateDataset } from "./validate.js";

/** Options of {@link fromArrays}. */
export const arraysOptions = z.strictObject({
  ...datasetFields,
  name: datasetFields.name.default("arrays"),
  targetWidth: datasetFields.targetWidth.optional(),
  normalization: datasetFields.normalization.default({ scale: 1, mean: [0], std: [1] }),
});

/** What {@link fromArrays} takes. */
export interface ArraysOptions {
  readonly name?: string;
  readonly inputs: Uint8Array | Float32Array;
  readonly sampleShape: readonly number[];
  readonly targets: Int32Array | Float32Array;
  readonly targetWidth?: number;
  readonly targetShape?: readonly [rows: number, columns: number];
  readonly classes?: number;
  readonly normalization?: Normalization;
}

/**
 * A data set of your own typed arrays.
 *
 * network input = (value * scale - mean[c]) / std[c]
 *
 * The arrays are not copied: they are read when training starts, and must not change before that. Bytes in a
 * `SharedArrayBuffer` are read in place by the CPU as long as they are used, without a copy, also by several workers: they
 * must not change at all.
 *
 * ```ts
 * const xor = fromArrays({
 *   inputs: Float32Array.of(-1, -1, -1, 1, 1, -1, 1, 1),
 *   sampleShape: [2],
 *   targets: Int32Array.of(0, 1, 1, 0),
 *   classes: 2,
 * });
 * ```
 *
 * Options:
 * - `name`: for error messages. Default `"arrays"`.
 * - `inputs`: `Uint8Array` (kept as bytes and normalised when a batch is gathered) or `Float32Array`. Required.
 * - `sampleShape`: shape of one sample; images are channels, rows, columns. Required.
 * - `targets`: `Int32Array` of class labels, one a sample or (with `targetShape`) one a pixel, or `Float32Array` of
 *   `targetWidth` numbers a sample. Required.
 * - `targetWidth`: values a sample. Default: `1`, or the pixels of `targetShape`.
 * - `targetShape`: rows and columns of targets with a value a pixel, such as masks. Each has the centre of its image; of
 *   targets that are larger than the network's output, the centre counts. Default: none.
 * - `classes`: number of classes; labels must be below it. Default: not checked here, but against the network.
 * - `normalization`: `mean` and `std` have one entry for each index of the first axis (the channels of an image), or a
 *   single one for all. Default: `{ scale: 1, mean: [0], std: [1] }`, which changes nothing.
 *
 * Shapes: inputs `[length, ...sampleShape]`, targets `[length]`, `[length, targetWidth]` or `[length, ...targetShape]`,
 * row-major.
 *
 * Errors: `ERR_OPTION_UNKNOWN`, `ERR_OPTION_TYPE`, `ERR_OPTION_RANGE` (also: an empty data set, a label outside its
 * range); `ERR_SHAPE_MISMATCH` for lengths that do not fit together; `ERR_NUMERIC` for NaN or infinity.
 */
export function fromArrays(options: ArraysOptions): Dataset {
  const { classes, targetShape, ...fields } = checkOptions(arraysOptions, options, "fromArrays");
  const { targetWidth = targetShape === undefined ? 1 : targetShape[0] * targetShape[1] } = fields;
  const dataset: Dataset = {
    ...fields,
    length: Math.floor(storedLength(fields)),
    targetWidth,
    ...(targetShape !== undefined && { targetShape }),
    ...(classes !== undefined && { classes }),
  };
  validateDataset(dataset);
  return dataset;
}
