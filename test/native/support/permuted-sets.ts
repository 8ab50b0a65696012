import type { DatasetSpec } from "../../../lib/native/contract.js";
import { generator, randomFloats, randomLabels } from "./random.js";
import { chain, type SessionParts } from "./specs.js";

const [count, classes] = [41, 3];
const shape = [3, 5, 7];
const features = 105;

const next = generator(12);
const order = Uint32Array.from({ length: features }, (_, i) => i);
for (let i = features - 1; i > 0; i--) {
  const j = Math.floor(next() * (i + 1));
  [order[i], order[j]] = [order[j]!, order[i]!];
}

const common = { sampleShape: shape, targets: randomLabels(count, classes, 4), targetWidth: 1 };
const bytes = Uint8Array.from({ length: count * features }, () => Math.floor(next() * 256));
const floats = randomFloats(count * features, 6);
const factors = (rows: number) => ({ scale: randomFloats(rows, 7, 0.5, 2), shift: randomFloats(rows, 8) });

const sets: readonly (readonly [name: string, data: DatasetSpec])[] = [
  ["bytes by channel", { ...common, name: "bytes", inputs: bytes, byteTable: randomFloats(3 * 256, 9, -2, 2) }],
  ["bytes alike", { ...common, name: "bytes", inputs: bytes, byteTable: randomFloats(256, 10, -2, 2) }],
  ["floats by channel", { ...common, name: "floats", inputs: floats, ...factors(3) }],
  ["floats alike", { ...common, name: "floats", inputs: floats, ...factors(1) }],
];

const parts: SessionParts = {
  inputShape: shape,
  layers: chain(["flatten"], ["linear", { units: 17 }], ["batchNorm"], ["tanh"], ["linear", { units: classes }]),
  maxBatch: 64,
};

/** Data of several channels in odd sizes, an order of their features, and a network for them. */
export const permutedSets = { count, classes, shape, features, order, parts, sets };

/**
 * A copy of `data` with the features in the order of `permutation`, each a channel with the normalisation of the stored one.
 */
export function permuted(data: DatasetSpec, permutation: Uint32Array): DatasetSpec {
  const { inputs, byteTable, scale, shift, ...rest } = data;
  const size = permutation.length;
  const moved = inputs.map((_, i) => inputs[i - (i % size) + permutation[i % size]!]!);
  /** Rows of `table`, `width` wide: one a feature. */
  const rowsOf = (table: Float32Array, width: number): Float32Array => {
    const alike = size / (table.length / width);
    return Float32Array.from({ length: size * width }, (_, i) => {
      const row = Math.floor(permutation[Math.floor(i / width)]! / alike);
      return table[row * width + (i % width)]!;
    });
  };
  const normalisation =
    byteTable === undefined
      ? { scale: rowsOf(scale!, 1), shift: rowsOf(shift!, 1) }
      : { byteTable: rowsOf(byteTable, 256) };
  return { ...rest, sampleShape: [size], inputs: moved, ...normalisation };
}
