import type { DatasetSpec } from "../native/contract.js";
import { outOfRange } from "../options/check.js";
import { byteTable, scaleAndShift } from "./byte-table.js";
import type { Dataset } from "./dataset.js";
import { validateDataset } from "./validate.js";

/**
 * What a session needs to hold the samples of `dataset`: its arrays, with the normalisation as a table (bytes) or as
 * scale and shift (floats).
 *
 * All stored samples are in it as they are, whatever `dataset.indices` and `dataset.permutation` choose: hand these to
 * the session's `addSubset`, so that the views of one data set share its memory.
 *
 * Errors: those of `validateDataset`, since data sets can be written by hand and arrays can change; `ERR_OPTION_RANGE`
 * for a normalisation that leaves the range of float32.
 */
export function toDatasetSpec(dataset: Dataset): DatasetSpec {
  validateDataset(dataset);
  const { name, inputs, sampleShape, targets, targetWidth, targetShape, normalization } = dataset;
  const common = { name, inputs, sampleShape, targets, targetWidth, ...(targetShape !== undefined && { targetShape }) };
  if (inputs instanceof Uint8Array) {
    const table = byteTable(normalization);
    checkRange(dataset, table);
    return { ...common, byteTable: table };
  }
  const { scale, shift } = scaleAndShift(normalization);
  checkRange(dataset, scale, shift);
  return { ...common, scale, shift };
}

function checkRange({ name, normalization }: Dataset, ...arrays: readonly Float32Array[]): void {
  if (arrays.every((array) => array.every(Number.isFinite))) return;
  throw outOfRange(`${name}.normalization`, normalization, "values whose network inputs fit into float32");
}
