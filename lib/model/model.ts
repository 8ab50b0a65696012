import { z } from "zod";

import type { Dataset } from "../data/dataset.js";
import { type Layer, layerName, type Shape } from "../layers/layer.js";
import { softmaxCrossEntropy } from "../losses/softmax-cross-entropy.js";
import { BayesBinnError } from "../native/errors.js";
import { Adam } from "../optimizers/adam.js";
import { BayesBiNN } from "../optimizers/bayesbinn.js";
import { checkOptions } from "../options/check.js";
import { type EvaluateOptions, type Evaluation, evaluate } from "./evaluate.js";
import { type ModelLayer, type ModelParameter, resolveGraph } from "./graph.js";
import { deviceOptions, type Host, openHost, seedOption } from "./host.js";
import { modelFileError, readModelFile, writeModelFile } from "./model-file.js";
import { type Prediction, type PredictOptions, predict } from "./predict.js";
import { type SegmentedImage, type SegmentOptions, segment } from "./segmentation/segment.js";
import { summaryOf } from "./summary.js";

const layerAccepted = "a layer, such as linear({ units: 10 })";

/** A layer among options; what is in it is checked with the graph. */
export const layerSchema = z
  .custom<Layer>(
    (value) => typeof value === "object" && value !== null && "type" in value && "options" in value,
    layerAccepted,
  )
  .meta({ accepted: layerAccepted });

/** Options of a {@link Model}. */
export const modelOptions = z.strictObject({
  inputShape: z.array(z.int().min(1)).min(1).readonly().describe("Shape of one sample, without the batch"),
  nodes: z
    .array(
      z.strictObject({
        layer: layerSchema,
        name: layerName.optional().describe("Default: that of the layer, or its type and number"),
        inputs: z
          .array(z.string())
          .min(1)
          .readonly()
          .optional()
          .describe('Earlier nodes, or "input"; default: the node before'),
      }),
    )
    .min(1)
    .readonly()
    .describe("Layers in an order in which each comes after what it reads; the last one gives the output"),
  seed: seedOption.default(1),
});

export const loadOptions = z.strictObject(deviceOptions);

/**
 * A network: its layers as data, and its weights once it is trained, loaded or first used.
 *
 * {@link sequential} makes one from a list of layers. While a `Trainer` works on it, the model reads the trainer's
 * weights: `predict`, `evaluate` and `save` see what is trained so far. Without a trainer, an untrained model has random
 * weights, drawn from `seed`.
 *
 * Options:
 * - `inputShape`: shape of one sample without the batch, integers >= 1. Required.
 * - `nodes`: one or more `{ layer, name?, inputs? }`, each after those that it reads; the last one gives the output.
 *   `name` is that of the layer or its type and number, `inputs` the node before, where they are left out; `"input"` is
 *   the name of the input. Required.
 * - `seed`: of the first weights and of the draws of a mean prediction, an integer >= 0. Default `1`.
 *
 * `dispose()` gives back the memory of the weights at once; otherwise they go with the object.
 */
export class Model implements AsyncDisposable {
  readonly inputShape: Shape;
  readonly outputShape: Shape;
  /** In the order in which they compute, with their names, shapes and parameters. */
  readonly layers: readonly ModelLayer[];
  /** Seed of the first weights and of the draws of a mean prediction. */
  readonly seed: number;
  #host: Host | undefined;
  #disposed = false;

  /**
   * @throws BayesBinnError `ERR_SHAPE_MISMATCH` naming both layers; `ERR_OPTION_UNKNOWN`, `ERR_OPTION_TYPE`, `ERR_OPTION_RANGE`
   */
  constructor(options: z.input<typeof modelOptions>) {
    const { inputShape, nodes, seed } = checkOptions(modelOptions, options, "Model");
    this.inputShape = inputShape;
    this.layers = resolveGraph(inputShape, nodes);
    this.outputShape = this.layers.at(-1)!.outputShape;
    this.seed = seed;
  }

  /**
   * Reads a model that `save` wrote. It predicts exactly as the saved one did, mode and mean.
   *
   * Options:
   * - `device`: where to compute, `"auto"`, `"cpu"`, `"cuda"`, or `"cuda:1"` and so on where there are several CUDA devices;
   *   `"auto"` takes `"cuda"` if it is usable. Default `"auto"`.
   * - `cuda`: how a CUDA device computes: `{ precision, graphs, memoryLimit }`. `precision` is that of products on tensor
   *   cores: `"float32"`, `"bf16x2"` (16 bits) or `"bf16"` (8 bits), and always `"float32"` before compute capability 8.0;
   *   `graphs`: whether training steps are recorded as CUDA graphs; `memoryLimit`: bytes of device memory, 0: no limit; a
   *   data set that would take more than half of what is free stays in host memory. Default: `"float32"`, `true` and `0`.
   * - `threads`: compute threads, an integer in 1..256; results do not depend on it. Default: one for each core.
   * - `maxBatch`: largest batch in samples, an integer in 1..2^20; memory is planned for it. Default `1000`.
   *
   * @throws BayesBinnError `ERR_CHECKPOINT_FORMAT` or `ERR_CHECKPOINT_MISMATCH` for a file that is no model,
   * `ERR_DEVICE_UNAVAILABLE`, `ERR_OUT_OF_MEMORY`
   */
  static async load(path: string, options: z.input<typeof loadOptions> = {}): Promise<Model> {
    const settings = checkOptions(loadOptions, options, "load");
    const { tensors, inputShape, nodes, seed, optimizers, loss } = await readModelFile(path);
    let model: Model | undefined;
    try {
      model = new Model({ inputShape, nodes, seed });
      model.#host = openHost(model, { ...settings, optimizers, loss, seed, origin: "file" });
      await model.#host.session.setState("model", tensors);
      return model;
    } catch (error) {
      model?.dispose();
      throw modelFileError(path, error);
    }
  }

  /** Every parameter, in the order of the layers. */
  parameters(): ModelParameter[] {
    return this.layers.flatMap(({ parameters }) => parameters);
  }

  /**
   * A table of the layers for people: shape of each output, parameters of 1 and of 32 bits, the memory that they take
   * packed and as float32, and the multiply-accumulates (MACs) of one sample; with a line for the whole network.
   *
   * @example console.log(model.summary());
   */
  summary(): string {
    return summaryOf(this);
  }

  /**
   * Writes layers and weights to one safetensors file, complete or not at all; an existing file is replaced. Equal
   * weights give equal bytes.
   *
   * @throws BayesBinnError `ERR_OUTPUT`, `ERR_BUSY`, `ERR_DISPOSED`; `ERR_NUMERIC` where inputs so large have been trained on
   * that a running statistic is no finite number: no file could be read that holds it
   */
  async save(path: string): Promise<void> {
    const host = this.#currentHost();
    if (host.arriving) await host.arriving;
    await host.session.readState("model", (state) => writeModelFile(path, this, host, state));
  }

  /**
   * Predictions for `inputs`, and how sure they are: network inputs (already normalised, `[samples, ...inputShape]`), or a data set, whose own
   * normalisation is applied, and whose targets do not matter.
   *
   * The result is a `Prediction`: the `mean` over the draws of the outputs after the loss's link (softmax, sigmoid or
   * identity), `[samples, ...outputShape]`; for losses with probabilities its `entropy` and the `mutualInformation` of
   * prediction and weights, in nats; for others `epistemicStd`, and with `meanSquaredError` also `totalStd`.
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
   *
   * @example const { mean, entropy } = await model.predict(test, { samples: 10 });
   * @throws BayesBinnError `ERR_SHAPE_MISMATCH`, `ERR_OPTION_*`, `ERR_OUT_OF_MEMORY`, `ERR_BUSY`, `ERR_DISPOSED`; the
   * signal's reason
   */
  async predict(inputs: Float32Array | Dataset, options: PredictOptions = {}): Promise<Prediction> {
    return predict(this, this.#currentHost(), inputs, options);
  }

  /**
   * Mean loss and accuracy over a data set. The loss is that of training; an untrained model has softmax cross entropy.
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
   *
   * @throws BayesBinnError `ERR_SHAPE_MISMATCH`, `ERR_OPTION_*`, `ERR_OUT_OF_MEMORY`, `ERR_BUSY`, `ERR_DISPOSED`; the
   * signal's reason
   */
  async evaluate(dataset: Dataset, options: EvaluateOptions = {}): Promise<Evaluation> {
    return evaluate(this, this.#currentHost(), dataset, options);
  }

  /**
   * Segments whole images: the class of each pixel, with probabilities and how sure they are. Of a network that predicts a class of
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
   * for await (const { name, rows, columns, classes } of model.segment(test, { samples: 10 })) console.log(name, classes);
   * @throws BayesBinnError, when the first image is asked for, `ERR_SHAPE_MISMATCH` for another network, for samples that do not
   * fit it, and for tiles that leave gaps in their images; `ERR_OPTION_*`, `ERR_OUT_OF_MEMORY`, `ERR_BUSY`, `ERR_DISPOSED`;
   * the signal's reason
   */
  async *segment(dataset: Dataset, options: SegmentOptions = {}): AsyncGenerator<SegmentedImage, void, undefined> {
    yield* segment(this, this.#currentHost(), dataset, options);
  }

  /** Frees the weights, also those of a trainer that works on this model. Idempotent. */
  dispose(): void {
    this.#disposed = true;
    this.#host?.session.dispose();
  }

  /** As {@link dispose}; resolves when nothing runs any more. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.dispose();
    await this.#host?.session[Symbol.asyncDispose]();
  }

  /**
   * Makes a trainer's session the place of the weights. Weights from a file move there; a random start does not.
   *
   * @internal
   */
  attach(open: () => Host): Host {
    if (this.#disposed) throw disposedError();
    const before = this.#host;
    if (before?.origin === "trainer" && !before.session.disposed) {
      throw new BayesBinnError("ERR_BUSY", "the model has a Trainer already: dispose() that one before making another");
    }
    const host = open();
    if (before?.origin === "file") {
      host.arriving = moveWeights(before, host);
      // Whoever uses the host awaits the same promise and sees the failure.
      host.arriving.catch(() => undefined);
    } else {
      before?.session.dispose();
    }
    this.#host = host;
    return host;
  }

  #currentHost(): Host {
    if (this.#disposed) throw disposedError();
    this.#host ??= openHost(this, {
      ...checkOptions(loadOptions, {}),
      optimizers: [new BayesBiNN(), new Adam()],
      loss: softmaxCrossEntropy(),
      seed: this.seed,
      origin: "start",
    });
    return this.#host;
  }
}

async function moveWeights(from: Host, to: Host): Promise<void> {
  await from.session.idle();
  await to.session.setState("model", await from.session.getState("model"));
  from.session.dispose();
  to.arriving = undefined;
}

function disposedError(): BayesBinnError {
  return new BayesBinnError("ERR_DISPOSED", "the Model has been disposed");
}
