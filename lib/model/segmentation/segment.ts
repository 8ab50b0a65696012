import { z } from "zod";

import type { Dataset } from "../../data/dataset.js";
import { subset } from "../../data/subset.js";
import { showShape } from "../../layers/shape.js";
import type { Loss } from "../../losses/loss.js";
import { lossTypeOf } from "../../losses/loss-type-of.js";
import { softmaxCrossEntropyType } from "../../losses/softmax-cross-entropy.js";
import { BayesBinnError } from "../../native/errors.js";
import { checkOptions } from "../../options/check.js";
import { checkInputs, type Network, requireDataset } from "../check-dataset.js";
import type { Host } from "../host.js";
import { predict } from "../predict.js";
import { checkBatchSize, checkReestimation, weightOptions } from "../weight-choice.js";
import { entropies } from "./entropies.js";
import { likeliestClasses } from "./score-images.js";
import { stitch, type WholeImage, wholeImages } from "./whole-images.js";

/** Options of `segment`. */
export const segmentOptions = z.strictObject(weightOptions);

export type SegmentOptions = z.input<typeof segmentOptions>;

/**
 * A whole image as `segment` gives it: maps of its pixels, row-major. Tiles t that cover a pixel predict `p_t` and have the mutual
 * information `I_t` there, of which the maps hold means.
 *
 * Sources: as of `Prediction`; mean over overlapping tiles as in the evaluations of whole images.
 */
export interface SegmentedImage {
  /** Of the file that it was read from, without the ending; absent where it is not known. */
  readonly name?: string;
  readonly rows: number;
  readonly columns: number;
  /** `p = 1/T sum_t p_t`, of `p_t` the mean over the draws, or the prediction of the mode. `[classes, rows, columns]`. */
  readonly probabilities: Float32Array;
  /** The class of the largest probability, the first of equal ones. `[rows, columns]`. */
  readonly classes: Uint16Array;
  /** `H(p) = -sum_k p_k log p_k` in nats, 0..log(classes). `[rows, columns]`. */
  readonly entropy: Float32Array;
  /** `1/T sum_t I_t` in nats, the epistemic part of {@link entropy}, >= 0; 0 for the mode. `[rows, columns]`. */
  readonly mutualInformation: Float32Array;
}

/** Values of predictions in memory: 64 MiB. */
const valuesAtOnce = 2 ** 24;

/** Segments the images that the samples of a data set were cut from, in their order there. */
export async function* segment(
  network: Network,
  host: Host,
  dataset: Dataset,
  options: SegmentOptions,
): AsyncGenerator<SegmentedImage, void, undefined> {
  const settings = checkOptions(segmentOptions, options, "segment");
  const batchSize = checkBatchSize("segment.batchSize", settings.batchSize, host.maxBatch);
  const [classes, rows, columns] = requirePixels(network, host.loss);
  const output = [rows, columns] as const;
  requireDataset("segment.dataset", dataset);
  checkInputs(network, dataset, "segment.dataset");
  checkTiles(dataset, output);
  checkReestimation("segment", network, host, settings);
  // A call re-estimates statistics from all samples for them, of each draw anew.
  const enough = settings.reestimateBatchNorm === undefined ? batchSize : Number.POSITIVE_INFINITY;
  const most = Math.min(enough, valuesAtOnce / (classes * rows * columns));
  for (const wholes of groups(wholeImages(dataset, output, "refused"), most)) {
    const positions = wholes.flatMap(({ tiles }) => tiles.map(({ sample }) => sample));
    const { mean, mutualInformation } = await predict(network, host, subset(dataset, positions), settings);
    let first = 0;
    for (const { image, number, tiles } of wholes) {
      const start = first;
      first += tiles.length;
      const whole = { image, number, tiles: tiles.map((tile, index) => ({ ...tile, sample: start + index })) };
      const probabilities = stitch(whole, output, mean, classes);
      yield {
        ...(image.name !== undefined && { name: image.name }),
        rows: image.rows,
        columns: image.columns,
        probabilities,
        classes: likeliestClasses(probabilities, classes),
        entropy: entropies(probabilities, classes),
        mutualInformation: stitch(whole, output, mutualInformation!, 1),
      };
    }
  }
}

/** Images whose tiles are predicted in one call: as few as have `most` tiles or more. */
function* groups(wholes: readonly WholeImage[], most: number): Generator<WholeImage[]> {
  let group: WholeImage[] = [];
  let tiles = 0;
  for (const whole of wholes) {
    group.push(whole);
    tiles += whole.tiles.length;
    if (tiles < most) continue;
    yield group;
    group = [];
    tiles = 0;
  }
  if (group.length > 0) yield group;
}

/** Whether a network predicts a class of each pixel. */
export function predictsPixels({ outputShape }: Network, loss: Loss): boolean {
  return outputShape.length === 3 && lossTypeOf(loss).statistics === "classes";
}

function requirePixels(network: Network, loss: Loss): readonly [number, number, number] {
  const { outputShape } = network;
  if (predictsPixels(network, loss)) return outputShape as unknown as [number, number, number];
  const { type } = softmaxCrossEntropyType;
  const accepted = `a network that predicts a class of each pixel: output [classes, rows, columns], ${type}`;
  const message = `segment: the network has output ${showShape(outputShape)} and ${loss.type}, accepted: ${accepted}`;
  throw new BayesBinnError("ERR_SHAPE_MISMATCH", message, { outputShape, loss: loss.type });
}

/** Tiles have to be images with the centre of the output. */
function checkTiles({ name, sampleShape, tiling }: Dataset, output: readonly [number, number]): void {
  const [, ...tile] = sampleShape;
  const fits = tile.length === 2 && output.every((size, axis) => size <= tile[axis]!);
  const centred = tiling === undefined || output.every((size, axis) => (tile[axis]! - size) % 2 === 0);
  if (fits && centred) return;
  const accepted = `images [channels, rows, columns] of ${output.join("x")} pixels, the output, or more${
    tiling === undefined ? "" : " by an even number, since they are tiles"
  }`;
  const message = `segment.dataset: samples of ${name} have shape ${showShape(sampleShape)}, accepted: ${accepted}`;
  throw new BayesBinnError("ERR_SHAPE_MISMATCH", message, { path: "segment.dataset", sampleShape, output });
}
