import { fromArrays } from "../../lib/index.js";
import type { Dataset } from "../../lib/data/dataset.js";

/** Bytes in the shape of MNIST, for measurements of speed alone. */
export function digitLikeData(length: number): Dataset {
  const inputs = Uint8Array.from({ length: length * 784 }, (_, i) => (Math.imul(i, 2654435761) >>> 24) & 0xff);
  return fromArrays({
    name: "digit-like",
    inputs,
    sampleShape: [1, 28, 28],
    targets: Int32Array.from({ length }, (_, i) => i % 10),
    classes: 10,
    normalization: { scale: 1 / 255, mean: [0.5], std: [0.5] },
  });
}
