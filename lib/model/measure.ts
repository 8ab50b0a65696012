import type { Dataset } from "../data/dataset.js";
import type { Loss } from "../losses/loss.js";
import type { EvaluateCall } from "../native/contract.js";
import type { Segmentation } from "../predict/segmentation-scores.js";
import type { Network } from "./check-dataset.js";
import { type Metrics, metricsOf } from "./metrics.js";
import { scoreImages } from "./segmentation/score-images.js";
import { predictsPixels } from "./segmentation/segment.js";
import type { Session } from "./session.js";

/** What an evaluation of some samples gave. */
export interface Measurement {
  readonly metrics: Metrics;
  /** Where a class of each pixel is predicted. */
  readonly segmentation?: Segmentation;
  /** Where they were asked for. */
  readonly predictions?: Float32Array;
}

/** Evaluates a data set that has been checked; of pixels, over the whole images that its samples were cut from. */
export async function measure(
  network: Network,
  loss: Loss,
  session: Session,
  dataset: Dataset,
  call: Omit<EvaluateCall, "dataset">,
  signal: AbortSignal | undefined,
): Promise<Measurement> {
  const ofPixels = predictsPixels(network, loss);
  const wanted = { ...call, dataset: session.dataset(dataset), predictions: call.predictions || ofPixels };
  const result = await session.evaluate(wanted, signal);
  const metrics = metricsOf(result);
  const predictions = result.predictions === undefined ? {} : { predictions: result.predictions };
  if (!ofPixels) return { metrics, ...predictions };
  const segmentation = scoreImages(dataset, network.outputShape, result.predictions!);
  const { pixelAccuracy: accuracy, meanIou } = segmentation;
  return { metrics: { ...metrics, accuracy, meanIou }, segmentation, ...predictions };
}
