import type { Dataset } from "../../lib/data/dataset.js";
import { fromArrays } from "../../lib/data/from-arrays.js";

/**
 * Points in the plane in three classes that straight lines separate: three corners of a triangle, each with a small
 * scatter. No generator is needed: the scatter is an irrational rotation, which spreads evenly.
 */
export function toyPoints(count: number, sampleShape: readonly number[] = [2]): Dataset {
  const corners = [
    [1, 0],
    [-0.5, 0.8],
    [-0.5, -0.8],
  ] as const;
  const inputs = new Float32Array(count * 2);
  const targets = new Int32Array(count);
  for (let i = 0; i < count; i++) {
    const [x, y] = corners[i % 3]!;
    const angle = i * 2.399963;
    const radius = 0.3 * ((i * 0.618034) % 1);
    inputs.set([x + radius * Math.cos(angle), y + radius * Math.sin(angle)], i * 2);
    targets[i] = i % 3;
  }
  return fromArrays({ name: "toy", inputs, sampleShape, targets, classes: 3 });
}

/** The same points with a number as their target: 1 for the first class, else 0. */
export function toyTargets(count: number): Dataset {
  const { inputs, targets } = toyPoints(count);
  return fromArrays({
    name: "toy targets",
    inputs,
    sampleShape: [2],
    targets: Float32Array.from(targets, (label) => (label === 0 ? 1 : 0)),
  });
}
