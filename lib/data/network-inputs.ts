import { outOfRange } from "../options/check.js";
import { BYTE_VALUES, byteTable, normalizationRows, scaleAndShift } from "./byte-table.js";
import type { Dataset } from "./dataset.js";
import { checkPermutation, sampleSize } from "./validate.js";

/**
 * The samples `first` to `first + count - 1` of `dataset`, normalised and with their features permuted, as a network takes
 * them.
 *
 * Bytes give exactly the floats that training sees; floats agree with it up to rounding.
 *
 * Shapes: `[count, ...sampleShape]`, row-major, newly allocated.
 *
 * Errors: `ERR_OPTION_RANGE` where `dataset` has no such samples; those of `validateDataset` for its permutation.
 */
export function networkInputs(dataset: Dataset, first = 0, count: number = dataset.length - first): Float32Array {
  if (!Number.isInteger(first) || first < 0 || first >= dataset.length) {
    throw outOfRange("networkInputs.first", first, `integers in 0 to ${dataset.length - 1}`);
  }
  if (!Number.isInteger(count) || count < 1 || count > dataset.length - first) {
    throw outOfRange("networkInputs.count", count, `integers in 1 to ${dataset.length - first}`);
  }
  checkPermutation(dataset);
  const size = sampleSize(dataset);
  const { permutation } = dataset;
  const fill = permutation === undefined ? normalizer(dataset, size) : permuter(dataset, permutation);
  const out = new Float32Array(count * size);
  for (let i = 0; i < count; i++) fill(out, i * size, (dataset.indices?.[first + i] ?? first + i) * size);
  return out;
}

/** Writes a sample's network inputs to `out` from `to` on; its values start at `from`. */
type Fill = (out: Float32Array, to: number, from: number) => void;

function normalizer({ inputs, sampleShape, normalization }: Dataset, size: number): Fill {
  const rows = normalizationRows(normalization);
  const rowSize = rows === 1 ? size : size / (sampleShape[0] as number);
  if (inputs instanceof Uint8Array) {
    const table = byteTable(normalization);
    return (out, to, from) => {
      for (let j = 0, row = 0; j < size; row++) {
        for (const end = j + rowSize; j < end; j++) {
          out[to + j] = table[row * BYTE_VALUES + (inputs[from + j] as number)] as number;
        }
      }
    };
  }
  const { scale, shift } = scaleAndShift(normalization);
  return (out, to, from) => {
    for (let j = 0, row = 0; j < size; row++) {
      const [factor, offset] = [scale[row] as number, shift[row] as number];
      for (const end = j + rowSize; j < end; j++) out[to + j] = (inputs[from + j] as number) * factor + offset;
    }
  };
}

/** The same for permuted features: each is normalised as the stored one that it is. */
function permuter(dataset: Dataset, permutation: Uint32Array): Fill {
  const size = permutation.length;
  const normalize = normalizer(dataset, size);
  const sample = new Float32Array(size);
  return (out, to, from) => {
    normalize(sample, 0, from);
    for (let j = 0; j < size; j++) out[to + j] = sample[permutation[j] as number] as number;
  };
}
