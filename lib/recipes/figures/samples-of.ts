import type { Dataset } from "../../data/dataset.js";
import { networkInputs } from "../../data/network-inputs.js";

/** Targets of the samples, in their order. */
export function targetsOf({ targets, targetWidth, indices, length }: Dataset): number[] {
  return Array.from({ length }, (_, index) => targets[(indices?.[index] ?? index) * targetWidth]!);
}

/** Coordinate `axis` of the samples in the units of the data, where they are points. */
export function coordinatesOf({ inputs, sampleShape, indices, length }: Dataset, axis = 0): number[] {
  const width = sampleShape.reduce((product, size) => product * size, 1);
  return Array.from({ length }, (_, index) => inputs[(indices?.[index] ?? index) * width + axis]!);
}

/** Points in the units of the data, as a network trained on `dataset` takes them. */
export function asNetworkInputs({ indices: _, ...dataset }: Dataset, points: Float32Array): Float32Array {
  const width = dataset.sampleShape.reduce((product, size) => product * size, 1);
  return networkInputs({ ...dataset, inputs: points, length: points.length / width });
}
