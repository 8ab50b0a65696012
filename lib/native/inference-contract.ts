/** The part of the contract that evaluates and predicts. */

/** Weights of an evaluation: the mode of each parameter, or the mean of the predictions over posterior samples. */
export interface WeightChoice {
  /** 0: the mode. */
  readonly samples: number;
  /** Which draws of the prediction stream; equal numbers give equal draws. */
  readonly draw: number;
}

/** How an evaluation or a prediction normalises. */
export interface BatchNormChoice {
  /**
   * Statistics of batch norms that stand in for the running ones of training, for the weights that are evaluated (each
   * posterior sample has its own): `sum b x_b / sum b` over the batches of b samples, x_b a batch's mean or unbiased
   * variance (0 of a single value) where batch norms normalise by the batch's own statistics, without dropout. Batches are
   * taken of `dataset` in the order of epoch 0; the last is what is left. Absent: the running ones. No state changes.
   */
  readonly batchNorm?: { readonly dataset: number; readonly batchSize: number };
}

export interface EvaluateCall extends WeightChoice, BatchNormChoice {
  readonly dataset: number;
  readonly batchSize: number;
  /** Whether the result has the predictions, after the link. Absent: no. */
  readonly predictions?: boolean;
}

export interface EvaluateResult {
  readonly cancelled: boolean;
  readonly lossSum: number;
  readonly correct: number;
  readonly count: number;
  /** The mean over the posterior samples, `count * product(outputShape)`, row-major. */
  readonly predictions?: Float32Array;
}

export interface PredictCall extends WeightChoice, BatchNormChoice {
  /** The samples of a data set; or `inputs`. */
  readonly dataset?: number;
  /** Network inputs (already normalised), `count * product(inputShape)` values; copied. */
  readonly inputs?: Float32Array;
  readonly batchSize: number;
  /** `probabilities` applies the loss's link (softmax, sigmoid, identity); `logits` does not. Means are of what is returned. */
  readonly output: "probabilities" | "logits";
  /**
   * What the result says of how the draws differ: `classes`, entropies over the channels of each position; `outputs`,
   * entropies of each output as a probability; `deviation`, of each output. Absent: nothing.
   */
  readonly statistics?: "classes" | "outputs" | "deviation";
  /** Whether the result has the outputs of every draw. Absent: no. */
  readonly logits?: boolean;
}

/** Arrays beside `values` are there where they were asked for and the call was not cancelled. */
export interface PredictResult {
  readonly cancelled: boolean;
  /** `count * product(outputShape)`, row-major. */
  readonly values: Float32Array;
  /** Of the mean, in nats: `[count, positions]` of `classes`, `[count, ...outputShape]` of `outputs`. */
  readonly entropy?: Float32Array;
  /** The entropy of the mean less the mean of the draws' entropies, >= 0. */
  readonly mutualInformation?: Float32Array;
  /** Square root of the mean squared deviation from the mean over the draws, `[count, ...outputShape]`. */
  readonly deviation?: Float32Array;
  /** Before the link, `[draws, count, ...outputShape]`; one draw of the mode. */
  readonly logits?: Float32Array;
}
