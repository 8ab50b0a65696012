import { z } from "zod";

import type { Dataset } from "../data/dataset.js";
import { checkOptions } from "../options/check.js";
import { type Calibration, calibration, calibrationOptions } from "../predict/calibration.js";
import { confusionMatrix } from "../predict/confusion-matrix.js";
import type { Segmentation } from "../predict/segmentation-scores.js";
import { type Network, requireDataset } from "./check-dataset.js";
import { checkClasses, classTable } from "./class-probabilities.js";
import type { Host } from "./host.js";
import { checkMeasured, measure } from "./measure.js";
import type { Metrics } from "./metrics.js";
import { batchNormChoice, checkBatchSize, checkReestimation, weightOptions } from "./weight-choice.js";

/** Options of `evaluate`. */
export const evaluateOptions = z.strictObject({
  ...weightOptions,
  calibrationBins: calibrationOptions.shape.bins
    .removeDefault()
    .optional()
    .describe("Bins of the calibration, which the evaluation then has, with the confusion matrix"),
});

export type EvaluateOptions = z.input<typeof evaluateOptions>;

/** What `evaluate` returns. */
export interface Evaluation extends Metrics {
  /** Draws of the posterior that were averaged; 0 for the mode. */
  readonly samples: number;
  /** Where a class of each pixel is predicted: over the whole images, with the constant answer to hold them against. */
  readonly segmentation?: Segmentation;
  /** With `calibrationBins`: how far the probabilities can be relied on. */
  readonly calibration?: Calibration;
  /** With `calibrationBins`: samples, or pixels of whole images, by true class (rows) and by predicted class (columns). */
  readonly confusion?: number[][];
}

/** Mean loss and accuracy over a data set. */
export async function evaluate(
  network: Network,
  host: Host,
  dataset: Dataset,
  options: EvaluateOptions,
): Promise<Evaluation> {
  const { samples, seed, signal, calibrationBins: bins, ...rest } = checkOptions(evaluateOptions, options, "evaluate");
  const { session, loss, maxBatch } = host;
  const batchSize = checkBatchSize("evaluate.batchSize", rest.batchSize, maxBatch);
  requireDataset("evaluate.dataset", dataset);
  checkMeasured(network, loss, dataset, "evaluate.dataset");
  const reestimation = checkReestimation("evaluate", network, host, rest);
  if (bins !== undefined) checkClasses("evaluate.calibrationBins", bins, network, loss, dataset);
  if (host.arriving) await host.arriving;
  const weights = { batchSize, samples, draw: seed, ...batchNormChoice(session, reestimation) };
  const call = { ...weights, predictions: bins !== undefined };
  const { metrics, segmentation, predictions } = await measure(network, loss, session, dataset, call, signal);
  const evaluation = { ...metrics, samples, ...(segmentation !== undefined && { segmentation }) };
  if (bins === undefined) return evaluation;
  const { classes, probabilities, labels } = classTable(network, loss, dataset, predictions!);
  return {
    ...evaluation,
    calibration: calibration(probabilities, labels, { classes, bins }),
    confusion: confusionMatrix(probabilities, labels, { classes }),
  };
}
