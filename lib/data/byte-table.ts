import type { Normalization } from "./dataset.js";

/** Entries of a row of the table: one for each value of a byte. */
export const BYTE_VALUES = 256;

/** Channels that a normalisation tells apart: 1 where one row serves all. */
export function normalizationRows({ mean, std }: Normalization): number {
  return Math.max(mean.length, std.length);
}

/**
 * The network input of every byte: table[c][v] = (v * scale - mean[c]) / std[c], in double precision, rounded once.
 *
 * Shapes: `[rows][256]`, with {@link normalizationRows} rows.
 */
export function byteTable(normalization: Normalization): Float32Array {
  const rows = normalizationRows(normalization);
  const table = new Float32Array(rows * BYTE_VALUES);
  for (let row = 0; row < rows; row++) {
    const { mean, std } = channelOf(normalization, row);
    for (let value = 0; value < BYTE_VALUES; value++) {
      table[row * BYTE_VALUES + value] = (value * normalization.scale - mean) / std;
    }
  }
  return table;
}

/**
 * The same for floats, as network input = value * scale[c] + shift[c], with scale[c] = scale / std[c] and
 * shift[c] = -mean[c] / std[c].
 */
export function scaleAndShift(normalization: Normalization): { scale: Float32Array; shift: Float32Array } {
  const rows = normalizationRows(normalization);
  const scale = new Float32Array(rows);
  const shift = new Float32Array(rows);
  for (let row = 0; row < rows; row++) {
    const { mean, std } = channelOf(normalization, row);
    scale[row] = normalization.scale / std;
    shift[row] = (0 - mean) / std;
  }
  return { scale, shift };
}

/** A single entry serves every channel. */
function channelOf({ mean, std }: Normalization, channel: number): { mean: number; std: number } {
  return { mean: mean[mean.length === 1 ? 0 : channel] as number, std: std[std.length === 1 ? 0 : channel] as number };
}
