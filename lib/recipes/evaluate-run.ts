import type { Dataset } from "../data/dataset.js";
import { meanSquaredErrorType } from "../losses/mean-squared-error.js";
import type { Evaluation } from "../model/evaluate.js";
import type { DeviceName } from "../native/contract.js";
import { defaultBins } from "../predict/calibration.js";
import { loadData } from "./assemble.js";
import { requireOneDataset } from "./continual/continual-config.js";
import { openModel, splitOf, weightsFile } from "./open-model.js";
import { detectForeign, foreignSamples, type OutOfDistribution } from "./out-of-distribution.js";
import { readRunConfig } from "./read-run.js";
import type { splits, weightChoices } from "./run-choices.js";

/** Options of {@link evaluateRun}. */
export interface EvaluateRunOptions {
  /** Default `best`: those of the best validation epoch. */
  readonly weights?: (typeof weightChoices)[number];
  /** Default `test`. */
  readonly split?: (typeof splits)[number];
  /** Weight samples of the mean prediction; default: those of the run's configuration. */
  readonly samples?: number;
  /**
   * Whether to evaluate once more with batch-norm statistics of the run's training samples, not augmented, under the weights
   * evaluated, in place of the running ones of training. Default `false`.
   */
  readonly reestimateBatchNorm?: boolean;
  /** Whether to say how far the probabilities can be relied on, in as many bins as `calibration` has by default, with the confusion matrix. Default `false`. */
  readonly calibration?: boolean;
  /**
   * Name of a data set of samples of the same shape: how well the uncertainty of predictions tells its test samples from
   * those evaluated. Default: none.
   */
  readonly outOfDistribution?: string;
  /** Default `auto`. */
  readonly device?: DeviceName;
  /** Compute threads; default: one for each core. */
  readonly threads?: number;
  readonly signal?: AbortSignal;
}

/** How well one way to predict does. */
export interface RunMetrics extends Omit<Evaluation, "samples"> {
  /** Root of the mean squared error, where that is the loss. */
  readonly rmse?: number;
}

/** The two ways to predict. */
export interface ModeAndMean {
  readonly mode: RunMetrics;
  readonly mean: RunMetrics & { readonly samples: number };
  readonly outOfDistribution?: OutOfDistribution;
}

/** What {@link evaluateRun} found. */
export interface RunEvaluation extends ModeAndMean {
  readonly recipe: string;
  readonly weights: string;
  readonly split: string;
  /** With re-estimated batch-norm statistics, where they were asked for. */
  readonly reestimated?: ModeAndMean;
  readonly run: string;
}

/**
 * Evaluates the weights of a run again, on the same split of the data.
 *
 * @param path the run folder
 * @throws BayesBinnError `ERR_CONFIG` for a folder that is no run, `ERR_CHECKPOINT_FORMAT` for a file that is no model, and
 *   what loading the data throws; `ERR_OPTION_RANGE` for a calibration of a run without classes
 */
export async function evaluateRun(path: string, options: EvaluateRunOptions = {}): Promise<RunEvaluation> {
  const { weights = "best", split = "test", device, threads, signal } = options;
  const config = await readRunConfig(path);
  requireOneDataset(config);
  const file = await weightsFile(path, weights);
  const data = await loadData(config);
  const dataset = splitOf(path, data, split);
  await using model = await openModel(file, config, dataset, { device, threads });
  const foreign = await (options.outOfDistribution && foreignSamples(options.outOfDistribution, dataset));
  const abortable = signal === undefined ? {} : { signal };
  const bins = options.calibration ? { calibrationBins: defaultBins } : {};
  const samples = options.samples ?? config.evaluation.samples;
  const withRoot = <M extends RunMetrics>(metrics: M): M =>
    config.loss.name === meanSquaredErrorType.type ? { ...metrics, rmse: Math.sqrt(metrics.loss) } : metrics;
  const evaluate = async (statistics: { readonly reestimateBatchNorm?: Dataset }): Promise<ModeAndMean> => {
    const choice = { ...abortable, ...statistics };
    const { samples: _, ...mode } = await model.evaluate(dataset, { ...choice, ...bins });
    const mean = await model.evaluate(dataset, { ...choice, ...bins, samples });
    const found = { mode: withRoot(mode), mean: withRoot(mean) };
    if (!foreign) return found;
    return { ...found, outOfDistribution: await detectForeign(model, dataset, foreign, { ...choice, samples }) };
  };
  const found = { recipe: config.name, weights, split, ...(await evaluate({})) };
  if (!options.reestimateBatchNorm) return { ...found, run: path };
  return { ...found, reestimated: await evaluate({ reestimateBatchNorm: data.train }), run: path };
}
