import type { Dataset } from "../data/dataset.js";
import { datasets } from "../data/index.js";
import type { NamedDataset } from "../data/named-dataset.js";
import type { Model } from "../model/model.js";
import type { Prediction, PredictOptions } from "../model/predict.js";
import { BayesBinnError } from "../native/errors.js";
import { unknownName } from "../options/check.js";
import { auroc } from "../predict/auroc.js";

/** Areas under the ROC of scores that are to be larger for samples of another data set: 1/2 tells nothing, 1 everything. */
export interface OutOfDistribution {
  /** Name of the other data set, whose test samples are the positives. */
  readonly dataset: string;
  /** The entropy of the mode's prediction. */
  readonly mode: { readonly entropy: number };
  /** The entropy of the mean prediction, and the mutual information of prediction and weights. */
  readonly mean: { readonly entropy: number; readonly mutualInformation: number };
}

/**
 * The test samples of the data set `name`, normalised as `known`: what a network makes of foreign images, it makes of
 * their pixels.
 *
 * @throws BayesBinnError `ERR_OPTION_RANGE` for an unknown name, and what loading the data throws
 */
export async function foreignSamples(name: string, known: Dataset): Promise<Dataset> {
  const entries: readonly NamedDataset[] = datasets;
  const entry = entries.find((candidate) => candidate.name === name);
  if (entry === undefined) {
    throw unknownName(
      "outOfDistribution",
      name,
      entries.map((candidate) => candidate.name),
    );
  }
  const { test } = await entry.load();
  // Floats may have been scaled in ways of their own.
  const alike = test.inputs instanceof Uint8Array && known.inputs instanceof Uint8Array;
  return { ...test, name, ...(alike && { normalization: known.normalization }) };
}

/**
 * How well the uncertainty of predictions tells samples of `foreign` from those of `known`. Where a sample has many
 * predictions, such as one a pixel, their mean counts.
 *
 * @throws BayesBinnError `ERR_CONFIG` for a loss without probabilities; `ERR_SHAPE_MISMATCH` for samples of another shape
 */
export async function detectForeign(
  model: Model,
  known: Dataset,
  foreign: Dataset,
  options: PredictOptions & { readonly samples: number },
): Promise<OutOfDistribution> {
  // The other one first: whether it suits shows at once.
  const scores = async (choice: PredictOptions) => {
    const [positives, negatives] = [await model.predict(foreign, choice), await model.predict(known, choice)];
    return (score: "entropy" | "mutualInformation") =>
      auroc(perSample(negatives, score, known.length), perSample(positives, score, foreign.length));
  };
  const ofMode = await scores({ ...options, samples: 0 });
  const ofMean = await scores(options);
  return {
    dataset: foreign.name,
    mode: { entropy: ofMode("entropy") },
    mean: { entropy: ofMean("entropy"), mutualInformation: ofMean("mutualInformation") },
  };
}

function perSample(prediction: Prediction, score: "entropy" | "mutualInformation", samples: number): Float64Array {
  const values = prediction[score];
  if (values === undefined) {
    const accepted = "a run whose loss has probabilities, softmaxCrossEntropy or binaryCrossEntropy";
    throw new BayesBinnError("ERR_CONFIG", `outOfDistribution: predictions have no ${score}, accepted: ${accepted}`, {
      accepted,
    });
  }
  const width = values.length / samples;
  return Float64Array.from({ length: samples }, (_, i) => {
    let sum = 0;
    for (let at = 0; at < width; at++) sum += values[i * width + at]!;
    return sum / width;
  });
}
