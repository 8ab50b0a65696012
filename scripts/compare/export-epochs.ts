// Writes what a configuration trains on, for another program to train on the same: an epoch's images in their order, as
// they are after augmentation, and the test images. A record is a label byte and the pixels, channel by channel.
//
//   node --import tsx scripts/compare/export-epochs.ts <folder> <recipe|config.json> [path=value ...]
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import type { Dataset } from "../../lib/index.js";
import { augment, permutation } from "../../lib/kernels.js";
import { createAugmentation, loadData } from "../../lib/recipes/assemble.js";
import { resolveConfig } from "../../lib/recipes/resolve-config.js";

const [folder, source, ...settings] = process.argv.slice(2);
if (folder === undefined || source === undefined) {
  console.error("usage: export-epochs.ts <folder> <recipe|config.json> [path=value ...]");
  process.exit(2);
}

/** Samples `order` of `pixels`, whose labels are those of `dataset`. */
function records({ sampleShape, targets }: Dataset, pixels: Uint8Array, order: ArrayLike<number>): Uint8Array {
  const size = sampleShape.reduce((product, axis) => product * axis, 1);
  const out = new Uint8Array(order.length * (1 + size));
  for (let i = 0; i < order.length; i++) {
    const sample = order[i]!;
    out[i * (1 + size)] = targets[sample]!;
    out.set(pixels.subarray(sample * size, (sample + 1) * size), i * (1 + size) + 1);
  }
  return out;
}

function bytesOf({ name, inputs }: Dataset): Uint8Array {
  if (inputs instanceof Uint8Array) return inputs;
  throw new Error(`${name} holds no bytes`);
}

const config = await resolveConfig(source, settings);
if (config.augmentation.some(({ name }) => name === "randomRotation")) {
  console.error("augmentation: randomRotation mixes pixels, accepted: steps that move them, so that bytes stay bytes");
  process.exit(2);
}
const { train, test } = await loadData(config);
const augmentation = createAugmentation(config);
const images = bytesOf(train);
const shape = [train.targets.length, ...train.sampleShape] as [number, number, number, number];
const indices = train.indices ?? Uint32Array.from({ length: train.length }, (_, i) => i);
mkdirSync(folder, { recursive: true });
for (let epoch = 0; epoch < config.epochs; epoch++) {
  const order = permutation(train.length, config.seed, epoch).map((place) => indices[place]!);
  // Whole numbers: flips and shifts move pixels and change none.
  const moved = augment({ images, shape, augmentation, seed: config.seed, epoch }).images;
  writeFileSync(join(folder, `epoch-${epoch}.bin`), records(train, Uint8Array.from(moved), order));
}
const all = Array.from({ length: test.length }, (_, i) => i);
writeFileSync(join(folder, "test.bin"), records(test, bytesOf(test), all));
