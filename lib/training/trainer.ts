import { z } from "zod";

import type { Dataset } from "../data/dataset.js";
import { lossSchema } from "../losses/loss-type-of.js";
import { softmaxCrossEntropy } from "../losses/softmax-cross-entropy.js";
import { type EvaluateOptions, type Evaluation, evaluate } from "../model/evaluate.js";
import { deviceOptions, type Host, openHost, seedOption } from "../model/host.js";
import { Model } from "../model/model.js";
import { writeModelFile } from "../model/model-file.js";
import { type Prediction, type PredictOptions, predict } from "../model/predict.js";
import { type SegmentedImage, type SegmentOptions, segment } from "../model/segmentation/segment.js";
import type { Session } from "../model/session.js";
import type { NamedTensor, SessionDescription, SessionProfile } from "../native/contract.js";
import { BayesBinnError } from "../native/errors.js";
import { Optimizer } from "../optimizers/optimizer.js";
import { checkOptions } from "../options/check.js";
import { BestWeights } from "./best-weights.js";
import { FitLoop } from "./fit-loop.js";
import { type FitOptions, type FitPlan, planFit } from "./fit-options.js";
import type { History } from "./history.js";
import { Hyperparameters } from "./hyperparameters.js";
import { resumeFrom, settingOf } from "./resume.js";

/** Options of a {@link Trainer}. */
export const trainerOptions = z.strictObject({
  model: z.custom<Model>((value) => value instanceof Model, "a Model, such as sequential({ ... })"),
  optimizer: z
    .custom<Optimizer | readonly Optimizer[]>(
      (value) => (Array.isArray(value) ? value : [value]).every((entry) => entry instanceof Optimizer),
      "an optimizer such as new BayesBiNN(), or an array of them",
    )
    .describe("Each parameter belongs to the one optimizer that claims its kind"),
  loss: lossSchema.default(() => softmaxCrossEntropy()).describe("What training makes small"),
  ...deviceOptions,
  seed: seedOption.optional().describe("Seed of everything that is random; default: that of the model"),
});

export type TrainerOptions = z.input<typeof trainerOptions>;

/**
 * Trains a model. All computing is native and off the event loop.
 *
 * A trainer compiles the model for its optimizers and holds its weights until `dispose()`; save them before. The weights
 * start at random, drawn from the seed, or with those that `Model.load` has read.
 *
 * @example
 * const trainer = new Trainer({ model, optimizer: new BayesBiNN({ learningRate: 1e-4 }) });
 * const { train, test } = await loadMnist();
 * const history = await trainer.fit({ train, test, epochs: 5 });
 * await model.save("mnist.safetensors");
 * trainer.dispose();
 *
 * Options:
 * - `model`: the model to train; it has one trainer at a time. Required.
 * - `optimizer`: one, or an array; each parameter belongs to the one that claims its kind. Required.
 * - `loss`: what training makes small. Default: `softmaxCrossEntropy()`.
 * - `device`: where to compute, `"auto"`, `"cpu"`, `"cuda"`, or `"cuda:1"` and so on where there are several CUDA devices;
 *   `"auto"` takes `"cuda"` if it is usable. Default `"auto"`.
 * - `cuda`: how a CUDA device computes: `{ precision, graphs, memoryLimit }`. `precision` is that of products on tensor
 *   cores: `"float32"`, `"bf16x2"` (16 bits) or `"bf16"` (8 bits), and always `"float32"` before compute capability 8.0;
 *   `graphs`: whether training steps are recorded as CUDA graphs; `memoryLimit`: bytes of device memory, 0: no limit; a
 *   data set that would take more than half of what is free stays in host memory. Default: `"float32"`, `true` and `0`.
 * - `threads`: compute threads, an integer in 1..256; results do not depend on it. Default: one for each core.
 * - `maxBatch`: largest batch in samples, an integer in 1..2^20; memory is planned for it. Default `1000`.
 * - `seed`: of everything that is random, an integer >= 0. Default: that of the model.
 */
export class Trainer implements AsyncDisposable {
  readonly model: Model;
  readonly #host: Host;
  readonly #hyperparameters: Hyperparameters;
  readonly #best: BestWeights;
  #epochs = 0;
  #fitting = false;

  /**
   * @throws BayesBinnError `ERR_OPTIMIZER_CLAIM` for parameters that no optimizer claims, or two; `ERR_BUSY` where the model
   * has a trainer already; `ERR_DEVICE_UNAVAILABLE`, `ERR_OUT_OF_MEMORY`, `ERR_BINDING_LOAD`; `ERR_SHAPE_MISMATCH`
   * for a loss that does not suit the model's outputs; `ERR_OPTION_UNKNOWN`, `ERR_OPTION_TYPE`, `ERR_OPTION_RANGE`
   */
  constructor(options: TrainerOptions) {
    const { model, optimizer, seed = model.seed, ...settings } = checkOptions(trainerOptions, options, "Trainer");
    const optimizers = Array.isArray(optimizer) ? optimizer : [optimizer];
    this.model = model;
    this.#host = model.attach(() => openHost(model, { ...settings, optimizers, seed, origin: "trainer" }));
    this.#hyperparameters = new Hyperparameters(this.#host.claims, this.#host.session);
    this.#best = new BestWeights(this.#host.session, this.#host.claims);
  }

  /** What was compiled: the device and why it was chosen, threads, memory, layers and parameters. */
  get description(): SessionDescription {
    return this.#host.session.description;
  }

  /**
   * Seconds since the trainer was made, by part: weights drawn, forward products, gradients, the update of weights of
   * products, loss, and everything else of training steps. Products and losses of evaluations count as well. Differences
   * of two readings time what ran between.
   *
   * @throws BayesBinnError `ERR_DISPOSED`
   */
  get profile(): SessionProfile {
    return this.#host.session.profile;
  }

  /**
   * Weights and running statistics at the best validation epoch of the last fit, also of one that failed or was aborted;
   * `undefined` without validation data. Each reading is a copy of its own.
   */
  get bestState(): readonly NamedTensor[] | undefined {
    return this.#best.state;
  }

  /**
   * Whether there is a {@link bestState}, without copying it.
   *
   * @internal
   */
  get hasBest(): boolean {
    return this.#best.found !== undefined;
  }

  /**
   * Weights, state and data, for what trains in more than one fit.
   *
   * @internal
   */
  get session(): Session {
    return this.#host.session;
  }

  /**
   * Refuses what a fit would refuse before its first step.
   *
   * @internal
   */
  checkFit(options: FitOptions): void {
    planFit(options, this.model, this.#host);
  }

  /**
   * Trains for some epochs. Another fit goes on from where the last one ended, with the schedules from their beginning.
   *
   * With `signal` the fit stops within a step and rejects with the signal's reason; weights and trainer stay usable.
   *
   * @example
   * const history = await trainer.fit({ train, validation, epochs: 20, earlyStopping: { patience: 3 } });
   *
   * Options:
   * - `train`: samples to train on. Required.
   * - `validation`: samples that choose the best epoch. Default: none.
   * - `test`: samples that only report. Default: none.
   * - `epochs`: passes over the training samples, an integer >= 1; the length of the schedules. Required.
   * - `stopAfter`: epochs of the unchanged schedules after which to stop, an integer >= 1. Default: `epochs`.
   * - `batchSize`: samples a step, an integer >= 1; the last step of an epoch takes what is left. Default `100`.
   * - `shuffle`: whether each epoch has an order of its own, drawn from the seed. Default `true`.
   * - `augmentation`: random changes of the training images, such as `[randomCrop(), randomFlip()]`, taken in this order
   *   whenever a batch is put together; evaluations see the images as they are. The model's input has to be an image
   *   `[channels, rows, columns]`. Draws depend on the seed, the epoch and the sample alone. Steps see the image on an endless
   *   plane: what one moves out of sight, the next can bring back. Where the output is `[channels, rows, columns]`,
   *   targets have a value a pixel and move with the image, labels and numbers alike, each read from the nearest pixel;
   *   there are none beyond the edges, so that steps that look there need `fill: "reflect"`. Permuted features
   *   (`permuteFeatures`) are no images any more, and refused. Default: none.
   * - `testEveryEpoch`: whether the test data are evaluated after every epoch. Default `false`.
   * - `evaluationBatchSize`: samples computed at once in evaluations, an integer >= 1. Default: the trainer's `maxBatch`.
   * - `earlyStopping`: `{ monitor?, patience?, minDelta? }`, stop when nothing improves any more. Default: never.
   *   - `monitor`: `"validation.accuracy"`, `"validation.loss"`, `"train.accuracy"` or `"train.loss"`: accuracies have to
   *     rise, losses to fall. Default `"validation.accuracy"`.
   *   - `patience`: epochs without an improvement after which the fit stops, an integer >= 1. Default `10`.
   *   - `minDelta`: an improvement is more than this, >= 0, in the unit of `monitor`. Default `0`.
   * - `restoreBest`: whether the fit ends with the weights of the best epoch. Default: where validation data are given.
   * - `checkpoints`: `{ folder, every?, keep? }`, write files from which a fit that was interrupted, even by a crash, can be
   *   resumed. Training waits for a copy in memory, not for the disk. Default: none.
   *   - `folder`: where they go; made if it is missing. `epoch-0007.safetensors` is the state after epoch 7,
   *     `best.safetensors` the last one that was of the best epoch so far. Checkpoints of another fit may not be there.
   *     Required.
   *   - `every`: epochs from one to the next, an integer >= 1; the last epoch always gets one. Default `1`.
   *   - `keep`: how many of the last ones stay, an integer >= 1; the best one is kept apart. Default `2`.
   * - `resumeFrom`: path of a checkpoint to go on from, as if the fit had never stopped: on the same build and kind of machine
   *   it ends with the same weights, bit for bit. Network, optimizers, loss, seed, data and all options of the fit but
   *   `epochs`, `stopAfter` and what only watches have to be those of the checkpoint. The history has the earlier epochs as
   *   well, its `stepSeconds` only those since. Default: begin anew.
   * - `callbacks`: objects whose functions are called in between, in this order. Default: none.
   * - `signal`: an `AbortSignal` that stops the fit, which then rejects with the signal's reason. Default: none.
   *
   * @throws BayesBinnError `ERR_BUSY` while another fit runs, `ERR_DISPOSED`, `ERR_SHAPE_MISMATCH`, `ERR_OPTION_*`,
   * `ERR_CHECKPOINT_FORMAT` for a damaged checkpoint, `ERR_CHECKPOINT_MISMATCH` for one of another setting, `ERR_OUTPUT` where
   * one cannot be written, or the folder has those of another fit; `ERR_NUMERIC` where the loss is no number, or latent
   * weights or the optimizer's state would be none, and where running statistics that are none would be kept: then the
   * trainer refuses everything but other weights (`restoreBest`); what a callback throws; the signal's reason
   */
  async fit(options: FitOptions): Promise<History> {
    if (this.#fitting)
      throw new BayesBinnError("ERR_BUSY", "a fit is running on this trainer: await it before the next");
    this.#fitting = true;
    try {
      if (this.#host.arriving) await this.#host.arriving;
      return await this.#fit(options);
    } finally {
      this.#fitting = false;
    }
  }

  async #fit(options: FitOptions): Promise<History> {
    const session = this.#host.session.reserve();
    try {
      const plan = planFit(options, this.model, this.#host);
      upload(plan, session);
      const setting = settingOf(this.model, this.#host, plan);
      const best = this.#best;
      const { resumeFrom: path } = plan;
      if (path === undefined) best.forget();
      const resumed = path === undefined ? undefined : await resumeFrom(path, session, best, setting, plan);
      const epochsBefore = resumed?.epochsBefore ?? this.#epochs;
      const hyperparameters = this.#hyperparameters;
      const parts = { network: this.model, loss: this.#host.loss, session, hyperparameters, best };
      const loop = new FitLoop({ ...parts, epochsBefore, setting, resumed }, plan);
      this.#epochs = epochsBefore + (plan.stopAfter ?? plan.epochs);
      return await loop.run().finally(() => loop.settle());
    } finally {
      session.release();
    }
  }

  /**
   * Mean loss and accuracy over a data set: with the mode of the weights, or the mean of `samples` predictions.
   *
   * Options:
   * - `samples`: 0 for the most probable weights (mode), else the mean of the predictions over so many draws of the
   *   posterior; an integer in 0..2^20. Default `0`.
   * - `seed`: which draws of the posterior, an integer in 0..2^32-1; equal numbers give equal draws. Default `0`.
   * - `batchSize`: samples computed at once, an integer >= 1. Default: the largest batch of the model (`maxBatch`).
   * - `reestimateBatchNorm`: samples, such as the training data, whose batch-norm statistics stand in for the running ones
   *   of training. These lag behind: steps gather them under the weights that they draw. The samples go through the
   *   network with the weights evaluated (those of each draw anew), without dropout and augmentation, in batches in an
   *   order drawn from the seed, normalised by the batch's own statistics; the statistics are `sum b x_b / sum b` over the
   *   batches of `b` samples, `x_b` a batch's mean or unbiased variance: for equal batches the average that PyTorch's
   *   `update_bn` takes. Model and trainer stay as they are. Default: none.
   * - `reestimationBatchSize`: samples of each of these batches, an integer >= 1; few make poor statistics,
   *   and with batches of 1 every variance after a linear layer is 0. Default: the largest batch of the model (`maxBatch`),
   *   whatever `batchSize`.
   * - `calibrationBins`: an integer in 1..2^16; the evaluation then has a `calibration` with so many bins, and the `confusion`
   *   matrix. Of losses with probabilities of classes: `softmaxCrossEntropy`, and `binaryCrossEntropy` of one output with targets 0 and 1. Default: none.
   * - `signal`: an `AbortSignal` that stops the call, which then rejects with the signal's reason. Default: none.
   */
  async evaluate(dataset: Dataset, options: EvaluateOptions = {}): Promise<Evaluation> {
    return evaluate(this.model, this.#host, dataset, options);
  }

  /**
   * As `predict` of the model: the `mean` prediction `[samples, ...outputShape]`, and how sure it is.
   *
   * Options:
   * - `samples`: 0 for the most probable weights (mode), else the mean of the predictions over so many draws of the
   *   posterior; an integer in 0..2^20. Default `0`.
   * - `seed`: which draws of the posterior, an integer in 0..2^32-1; equal numbers give equal draws. Default `0`.
   * - `batchSize`: samples computed at once, an integer >= 1. Default: the largest batch of the model (`maxBatch`).
   * - `reestimateBatchNorm`: samples, such as the training data, whose batch-norm statistics stand in for the running ones
   *   of training, as `evaluate` says: with the weights used, those of each draw anew. Default: none.
   * - `reestimationBatchSize`: samples of each of these batches, an integer >= 1. Default: the largest batch of the model
   *   (`maxBatch`), whatever `batchSize`.
   * - `signal`: an `AbortSignal` that stops the call, which then rejects with the signal's reason. Default: none.
   * - `logits`: whether the prediction also has every draw's outputs before the loss's link (softmax, sigmoid or
   *   identity). Default `false`.
   * - `noiseStd`: standard deviation of observations around the network's output, a number >= 0, with `meanSquaredError`
   *   alone. Default: `sqrt(K / 2)` of K outputs (the values of a sample): N times the loss, a mean over them, is then -log
   *   of a normal likelihood, but for a constant.
   */
  async predict(inputs: Float32Array | Dataset, options: PredictOptions = {}): Promise<Prediction> {
    return predict(this.model, this.#host, inputs, options);
  }

  /**
   * As `segment` of the model. Segments whole images: the class of each pixel, with probabilities and how sure they are. Of a network that predicts a class of
   * each pixel, with `softmaxCrossEntropy`.
   *
   * Of tiles, as `tileDataset` cuts them, the maps are of the images that they were cut from, averaged where tiles overlap:
   * probabilities `p = 1/T sum_t p_t` over the T tiles that cover a pixel, the most probable class, the entropy
   * `-sum_k p_k log p_k`, and the mean of the tiles' mutual information. A sample that is no tile is an image of the size of
   * the output. Targets do not matter.
   *
   * Images come one by one, in the order of their first samples, and are computed when they are asked for, with the weights of that
   * moment: memory is that of an image, or of as many as fill a batch.
   *
   * Options:
   * - `samples`: 0 for the most probable weights (mode), else the mean of the predictions over so many draws of the
   *   posterior; an integer in 0..2^20. Default `0`.
   * - `seed`: which draws of the posterior, an integer in 0..2^32-1; equal numbers give equal draws. Default `0`.
   * - `batchSize`: samples computed at once, an integer >= 1. Default: the largest batch of the model (`maxBatch`).
   * - `reestimateBatchNorm`: samples, such as the training data, whose batch-norm statistics stand in for the running ones
   *   of training, as `evaluate` says: with the weights used, those of each draw anew. Images whose predictions take 64 MiB
   *   share a re-estimation. Default: none.
   * - `reestimationBatchSize`: samples of each of these batches, an integer >= 1. Default: the largest batch of the model
   *   (`maxBatch`), whatever `batchSize`.
   * - `signal`: an `AbortSignal` that stops the call, which then rejects with the signal's reason. Default: none.
   *
   * Shapes: `probabilities` `[classes, rows, columns]`; `classes`, `entropy` and `mutualInformation` `[rows, columns]`.
   *
   * @example
   * for await (const { name, rows, columns, classes } of trainer.segment(test, { samples: 10 })) console.log(name, classes);
   * @throws BayesBinnError, when the first image is asked for, `ERR_SHAPE_MISMATCH` for another network, for samples that do not
   * fit it, and for tiles that leave gaps in their images; `ERR_OPTION_*`, `ERR_OUT_OF_MEMORY`, `ERR_BUSY`, `ERR_DISPOSED`;
   * the signal's reason
   */
  async *segment(dataset: Dataset, options: SegmentOptions = {}): AsyncGenerator<SegmentedImage, void, undefined> {
    yield* segment(this.model, this.#host, dataset, options);
  }

  /** Puts back the weights of {@link bestState}; without validation data the last weights are the best, and stay. */
  async restoreBest(): Promise<void> {
    await this.#best.restore();
  }

  /** Saves the model with the weights of {@link bestState}; without validation data, with the last ones. */
  async saveBest(path: string): Promise<void> {
    if (!this.hasBest) await this.model.save(path);
    else
      await this.#best.read((state, best) =>
        writeModelFile(path, this.model, this.#host, state, best?.hyperparameters),
      );
  }

  /** Frees weights, optimizer state and data, at once or when the running call has stopped. Idempotent. */
  dispose(): void {
    this.#host.session.dispose();
  }

  /** As {@link dispose}; resolves when nothing runs any more. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#host.session[Symbol.asyncDispose]();
  }
}

/** All data at once, so that unfit ones are refused before the first step. */
function upload({ train, validation, test }: FitPlan, session: Host["session"]): void {
  for (const dataset of [train, validation, test]) {
    if (dataset !== undefined) session.dataset(dataset);
  }
}
