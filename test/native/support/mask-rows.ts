/** Networks with valid convolutions, whose output belongs to the centre of an image, and masks of more than it. */
import type { AugmentationSpec, DatasetSpec } from "../../../lib/native/contract.js";
import { kernels } from "./addon.js";
import { generator, randomFloats, randomLabels } from "./random.js";
import { referenceAugmented } from "./reference-augmentation.js";
import { chain, type SessionParts } from "./specs.js";

export type Grid = readonly [rows: number, columns: number];

export const seed = 3;
export const samples = 37;
export const image: Grid = [9, 13];
export const output: Grid = [5, 7];
const pixels = (grid: Grid) => grid[0] * grid[1];

const network = (channels: number): SessionParts => ({
  inputShape: [2, ...image],
  seed,
  layers: chain(["conv2d", { channels, kernelSize: [5, 7], bias: "real" }]),
});
/** A class a pixel, of three. */
export const segmenter = network(3);
/** Two numbers a pixel. */
export const regression: SessionParts = { ...network(2), loss: "meanSquaredError" };

const next = generator(8);
const byteTable = Float32Array.from({ length: 256 }, (_, i) => i / 128 - 1);
export const common = {
  name: "images",
  inputs: Uint8Array.from({ length: samples * 2 * pixels(image) }, () => next() * 256),
  sampleShape: [2, ...image],
  byteTable,
};

/** Masks on a grid, of `channels` planes each, with what the network's loss takes. */
export function masksOf(grid: Grid, kind: "labels" | "floats"): DatasetSpec {
  const count = samples * pixels(grid);
  return kind === "labels"
    ? { ...common, targets: randomLabels(count, 3, 5), targetWidth: pixels(grid), targetShape: grid }
    : { ...common, targets: randomFloats(2 * count, 6), targetWidth: 2 * pixels(grid), targetShape: grid };
}

/** The same with the centre of each plane alone, as data sets hold targets that are as large as the output. */
export function centreOf(data: DatasetSpec): DatasetSpec {
  const { targetShape: grid = output, targetWidth, targets, ...rest } = data;
  const [down, right] = [(grid[0] - output[0]) / 2, (grid[1] - output[1]) / 2];
  const planes = targets.length / pixels(grid);
  const taken = Array.from({ length: planes * pixels(output) }, (_, i) => {
    const [plane, pixel] = [Math.floor(i / pixels(output)), i % pixels(output)];
    const [row, column] = [Math.floor(pixel / output[1]) + down, (pixel % output[1]) + right];
    return targets[(plane * grid[0] + row) * grid[1] + column]!;
  });
  const width = (targetWidth / pixels(grid)) * pixels(output);
  return {
    ...rest,
    targets: targets instanceof Int32Array ? Int32Array.from(taken) : Float32Array.from(taken),
    targetWidth: width,
  };
}

/**
 * Images and masks of the same size as `augmentation` makes them in `epoch`: images by the kernel, and masks by the
 * reference, which knows of no outputs.
 */
export function seenIn(epoch: number, data: DatasetSpec, augmentation: readonly AugmentationSpec[]): DatasetSpec {
  const inputs = new Float32Array(data.inputs.length);
  const shape = [samples, 2, ...image];
  const images = { images: data.inputs, shape, byteTable, augmentation, seed, epoch, first: 0 };
  kernels.augment({ ...images, output: inputs, threads: 1 });
  const [rows, columns] = data.targetShape!;
  const planes = data.targetWidth / (rows * columns);
  const moved = Array.from({ length: samples * planes }, (_, plane) => {
    const pixel = (row: number, column: number) => data.targets[(plane * rows + row) * columns + column]!;
    const picture = { rows, columns, pixel, fill: "reflect", black: 0 } as const;
    return referenceAugmented(picture, augmentation, { seed, epoch, sample: Math.floor(plane / planes) }, "nearest");
  }).flat();
  const { byteTable: _, ...rest } = data;
  return {
    ...rest,
    inputs,
    scale: Float32Array.of(1),
    shift: Float32Array.of(0),
    targets: data.targets instanceof Int32Array ? Int32Array.from(moved) : Float32Array.from(moved),
  };
}

/** Steps that leave the centre, and such as keep it. */
export const moves: readonly AugmentationSpec[] = [
  { type: "randomCrop", padding: 3, fill: "reflect" },
  { type: "randomFlip", horizontal: 0.5, vertical: 0.5 },
  { type: "randomRotation", degrees: 40, fill: "reflect" },
];
export const bends: readonly AugmentationSpec[] = [
  { type: "randomFlip", horizontal: 0.5, vertical: 0.5 },
  { type: "randomElastic", std: 1.5, grid: 3, fill: "reflect" },
  { type: "randomRotation", degrees: 40, fill: "reflect" },
];
export const flips: readonly AugmentationSpec[] = [{ type: "randomFlip", horizontal: 0.5, vertical: 0.5 }];
