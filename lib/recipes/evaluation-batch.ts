import { sizeOf } from "../layers/shape.js";
import type { Model } from "../model/model.js";

/** Samples at once; larger batches gain nothing. */
const most = 1000;

/** Values of a layer's output for a whole batch: 64 MiB, of which an evaluation holds two or three. */
const valuesAtOnce = 2 ** 24;

/** Samples at once in the evaluations of a run: fewer where layers give large images. */
export function evaluationBatch({ layers }: Model): number {
  const largest = Math.max(...layers.map(({ outputShape }) => sizeOf(outputShape)));
  return Math.min(most, Math.max(1, Math.floor(valuesAtOnce / largest)));
}
