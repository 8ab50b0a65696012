import type { Dataset } from "../data/dataset.js";
import type { Loss } from "../losses/loss.js";
import { lossTypeOf } from "../losses/loss-type-of.js";
import type { EvaluateCall } from "../native/contract.js";
import type { Segmentation } from "../predict/segmentation-scores.js";
import { checkDataset, type Network } from "./check-dataset.js";
import { type Metrics, metricsOf } from "./metrics.js";
import { scoreImages } from "./segmentation/score-images.js";
import { wholeImages } from "./segmentation/whole-images.js";
import type { Session } from "./session.js";

/** What an evaluation of some samples gave. */
export interface Measurement {
  readonly metrics: Metrics;
  /** Where a class of each pixel is predicted. */
  readonly segmentation?: Segmentation;
  /** Where they were asked for. */
  readonly predictions?: Float32Array;
}

/** Whether a class of each pixel is predicted and known. */
export function isOfPixels({ outputShape }: Network, loss: Loss, { targetShape }: Dataset): boolean {
  return outputShape.length === 3 && targetShape !== undefined && lossTypeOf(loss).targets === "labels";
}

/**
 * Holds a data set that is to be evaluated against the network and the loss, before anything is computed.
 *
 * @param path name of the data set in messages
 * @throws BayesBinnError those of {@link checkDataset}; `ERR_SHAPE_MISMATCH` for tiles whose outputs leave gaps in an image
 */
export function checkMeasured(network: Network, loss: Loss, dataset: Dataset, path: string): void {
  checkDataset(network, loss, dataset, path);
  if (isOfPixels(network, loss, dataset)) wholeImages(dataset, network.outputShape.slice(1) as [number, number]);
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
  const ofPixels = isOfPixels(network, loss, dataset);
  const wanted = { ...call, dataset: session.dataset(dataset), predictions: call.predictions || ofPixels };
  const result = await session.evaluate(wanted, signal);
  const metrics = metricsOf(result);
  const predictions = result.predictions === undefined ? {} : { predictions: result.predictions };
  if (!ofPixels) return { metrics, ...predictions };
  const segmentation = scoreImages(dataset, network.outputShape, result.predictions!);
  const { pixelAccuracy: accuracy, meanIou } = segmentation;
  return { metrics: { ...metrics, accuracy, meanIou }, segmentation, ...predictions };
}
