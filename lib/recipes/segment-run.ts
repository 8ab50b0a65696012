import { join } from "node:path";

import type { Dataset } from "../data/dataset.js";
import { unlabelledFiles, unlabelledImages } from "../data/segmentation/unlabelled-images.js";
import type { TileOptions } from "../data/tiles/tile-dataset.js";
import { type SegmentationFiles, saveSegmentation } from "../figures/pictures/save-segmentation.js";
import type { Model } from "../model/model.js";
import { countPixels, noConfusion } from "../model/segmentation/score-images.js";
import { predictsPixels, type SegmentOptions } from "../model/segmentation/segment.js";
import { storedImage, trueClasses } from "../model/segmentation/source-maps.js";
import { wholeImages } from "../model/segmentation/whole-images.js";
import { BayesBinnError } from "../native/errors.js";
import { showText } from "../options/show.js";
import { type Segmentation, segmentationScores } from "../predict/segmentation-scores.js";
import { createLoss, createModel, loadData } from "./assemble.js";
import type { Config } from "./config.js";
import { requireOneDataset } from "./continual/continual-config.js";
import { type ModelPlace, openModel, splitOf, weightsFile } from "./open-model.js";
import { readRunConfig } from "./read-run.js";
import type { splits, weightChoices } from "./run-choices.js";

/** Options of {@link segmentRun}. */
export interface SegmentRunOptions extends ModelPlace {
  /** Folder of the pictures; default: `segmentation` in the run folder. */
  readonly out?: string;
  /** Default `best`: those of the best validation epoch. */
  readonly weights?: (typeof weightChoices)[number];
  /** Default `test`. */
  readonly split?: (typeof splits)[number];
  /**
   * Folder of images, PNG or JPEG, in place of a split. They become what the network takes: its channels, normalised as the run's
   * data, in tiles as those. Default: none.
   */
  readonly images?: string;
  /** Weight samples of the mean prediction, 0 for the mode; default: those of the run's configuration. */
  readonly samples?: number;
  /** Whether to take batch-norm statistics of the run's training samples, see `evaluate`. Default `false`. */
  readonly reestimateBatchNorm?: boolean;
  readonly signal?: AbortSignal;
  /** Told of each image when its files are there. */
  readonly onImage?: (image: DrawnImage) => void;
}

/** An image whose pictures have been written. */
export interface DrawnImage {
  readonly name: string;
  readonly rows: number;
  readonly columns: number;
  /** Means over its pixels, in nats. */
  readonly meanEntropy: number;
  readonly meanMutualInformation: number;
  readonly files: SegmentationFiles;
}

/** What {@link segmentRun} found. */
export interface RunSegmentation {
  readonly recipe: string;
  readonly weights: string;
  /** The part of the run's data, or the folder of images. */
  readonly split?: string;
  readonly images?: string;
  /** Weight samples of the maps; 0 for the mode. */
  readonly samples: number;
  /** Images segmented. */
  readonly count: number;
  /** Scores over the whole images with the most probable weights; absent of images without masks. */
  readonly mode?: Segmentation;
  /** Likewise with the mean prediction; absent where the mode was asked for. */
  readonly mean?: Segmentation & { readonly samples: number };
  /** Folder of the pictures. */
  readonly out: string;
  readonly run: string;
}

/**
 * Segments whole images with the weights of a run, and writes their maps as pictures, see {@link saveSegmentation}: those of a part
 * of the run's data, with scores, or the user's own.
 *
 * @example await segmentRun("runs/em-unet-small-seed1-1", { images: "slices", out: "masks" });
 * @param path the run folder, which need not be finished
 * @throws BayesBinnError `ERR_CONFIG` for a folder that is no run, or one that segments nothing; `ERR_OUTPUT`; what loading the
 *   data and `Model.segment` throw; after an abort the signal's reason
 */
export async function segmentRun(path: string, options: SegmentRunOptions = {}): Promise<RunSegmentation> {
  const { weights = "best", split = "test", images, out = join(path, "segmentation") } = options;
  const config = await readRunConfig(path);
  requireOneDataset(config);
  const file = await weightsFile(path, weights);
  const files = images === undefined ? undefined : await unlabelledFiles(images);
  const data = await loadData(config);
  const dataset = splitOf(path, data, files === undefined ? split : "train");
  requireSegmentation(path, config, dataset);
  await using model = await openModel(file, config, dataset, options);
  const { samples = config.evaluation.samples, signal } = options;
  const choice: SegmentOptions = {
    ...(signal !== undefined && { signal }),
    ...(options.reestimateBatchNorm && { reestimateBatchNorm: data.train }),
  };
  const found = { recipe: config.name, weights, samples };
  const painter = new Painter(model, { ...choice, samples }, out, options.onImage ?? (() => {}));
  if (files !== undefined) {
    const { normalization } = dataset;
    const source = unlabelledImages(files, {
      channels: channelsOf(path, model),
      normalization,
      tiles: tilesOf(config, model),
    });
    for await (const unlabelled of source) await painter.paint({ ...unlabelled, ...namesOf(dataset) }, "image");
    return { ...found, images: images!, count: painter.count, out, run: path };
  }
  const scores = await painter.paint(dataset, split, true);
  if (samples === 0) return { ...found, split, count: painter.count, mode: scores!, out, run: path };
  const { segmentation: mode } = await model.evaluate(dataset, choice);
  return { ...found, split, count: painter.count, mode: mode!, mean: { ...scores!, samples }, out, run: path };
}

/** Segments data sets and writes their pictures. */
class Painter {
  count = 0;

  constructor(
    private readonly model: Model,
    private readonly options: SegmentOptions & { readonly samples: number },
    private readonly folder: string,
    private readonly onImage: (image: DrawnImage) => void,
  ) {}

  /**
   * @param prefix what images without a name are called, with their number
   * @param labelled whether the targets are true classes
   * @returns the scores, of labelled images
   */
  async paint(dataset: Dataset, prefix: string, labelled = false): Promise<Segmentation | undefined> {
    const { model, options, folder } = this;
    const [classes, ...output] = model.outputShape as [number, number, number];
    const confusion = noConfusion(classes);
    const wholes = wholeImages(dataset, output).values();
    for await (const { name: known, mutualInformation, ...maps } of model.segment(dataset, options)) {
      const whole = wholes.next().value!;
      const name = known ?? `${prefix}-${whole.number}`;
      const truth = labelled ? trueClasses(dataset, whole, output) : undefined;
      if (truth !== undefined) countPixels(confusion, truth, maps.classes);
      const shown = options.samples === 0 ? maps : { ...maps, mutualInformation };
      const files = await saveSegmentation(folder, name, shown, {
        image: storedImage(dataset, whole, output),
        ...(truth !== undefined && { truth }),
        ...namesOf(dataset),
      });
      options.signal?.throwIfAborted();
      this.count += 1;
      const { rows, columns } = maps;
      const [meanEntropy, meanMutualInformation] = [meanOf(maps.entropy), meanOf(mutualInformation)];
      this.onImage({ name, rows, columns, meanEntropy, meanMutualInformation, files });
    }
    return labelled ? segmentationScores(confusion) : undefined;
  }
}

function requireSegmentation(path: string, config: Config, dataset: Dataset): void {
  if (predictsPixels(createModel(config, dataset), createLoss(config))) return;
  const accepted = "runs that predict a class of each pixel, such as those of em-unet-small";
  const what = `${config.model.name} with ${config.loss.name} segments nothing`;
  throw new BayesBinnError("ERR_CONFIG", `${showText(path)}: ${what}; accepted: ${accepted}`, { path, accepted });
}

function channelsOf(path: string, { inputShape }: Model): 1 | 3 {
  const [channels] = inputShape;
  if (channels === 1 || channels === 3) return channels;
  const message = `${showText(path)}: the network takes images of ${channels} channels; accepted: 1 or 3, which image files have`;
  throw new BayesBinnError("ERR_CONFIG", message, { path, channels });
}

/** How images are cut: as those of the run or, where these are whole, in tiles of their size without gaps between. */
function tilesOf({ dataset }: Config, { inputShape, outputShape }: Model): TileOptions {
  const size = inputShape.slice(1) as [number, number];
  const { tile, margin, overlap } = dataset as { tile?: unknown } & Pick<TileOptions, "margin" | "overlap">;
  if (tile === undefined) return { size, margin: (size[0] - outputShape[1]!) / 2 };
  return { size, ...(margin !== undefined && { margin }), ...(overlap !== undefined && { overlap }) };
}

function meanOf(values: Float32Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function namesOf({ classNames }: Dataset): Pick<Dataset, "classNames"> {
  return classNames === undefined ? {} : { classNames };
}
