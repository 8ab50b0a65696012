import type { Measurement } from "./measurement.js";
import { nativeMeasurement } from "./native.js";
import { peakMemory } from "./peak-memory.js";
import { steps } from "./steps.js";

/** Everything that `npm run bench` measures, in this order. */
export const measurements: readonly Measurement[] = [
  steps,
  nativeMeasurement("products", "forward product and input gradient with packed weights, 100x2048x2048", "nothing"),
  nativeMeasurement("posterior", "posterior pass over 10 M parameters", "nothing"),
  nativeMeasurement("convolutions", "binary 3x3 convolutions, forward and input gradient, batch 64", "pytorch"),
  peakMemory,
];
