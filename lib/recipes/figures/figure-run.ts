import { readdir } from "node:fs/promises";
import { basename, join, resolve } from "node:path";

import type { Dataset } from "../../data/dataset.js";
import { RunFolder } from "../../io/run-folder.js";
import type { Evaluation } from "../../model/evaluate.js";
import { Model } from "../../model/model.js";
import type { DeviceName } from "../../native/contract.js";
import { defaultBins } from "../../predict/calibration.js";
import { createModel, loadData, type RunData } from "../assemble.js";
import type { Config } from "../config.js";
import { evaluationBatch } from "../evaluation-batch.js";
import { methods } from "../methods/index.js";
import type { Method } from "../methods/method.js";
import { readRunConfig } from "../read-run.js";
import { inTurn } from "./in-turn.js";
import { type Draws, drawsOf } from "./predictions.js";

/** How the predictions of figures are computed. */
export interface PredictionOptions {
  /** Weight samples of the mean prediction; default: those of the run's configuration, and 100 for regressions. */
  readonly samples?: number;
  /** Default `auto`. */
  readonly device?: DeviceName;
  /** Compute threads; default: one for each core. */
  readonly threads?: number;
  readonly signal?: AbortSignal;
}

/** A run that figures are drawn of. What is costly is computed when a figure asks for it, once for all of them. */
export class FigureRun {
  #data: Promise<RunData> | undefined;
  #evaluation: Promise<Evaluation> | undefined;

  private constructor(
    readonly path: string,
    /** What tells it from other runs: the name of its folder or, where another's is the same, the path. */
    readonly name: string,
    readonly config: Config,
    /** Names in the folder. */
    readonly files: ReadonlySet<string>,
    private readonly options: PredictionOptions,
  ) {}

  /**
   * Opens run folders, each once, however it is written.
   *
   * @throws BayesBinnError `ERR_CONFIG` for a folder that is no run
   */
  static async open(paths: readonly string[], options: PredictionOptions = {}): Promise<FigureRun[]> {
    const distinct = [...new Map(paths.map((path) => [resolve(path), path])).values()];
    const names = distinct.map((path) => basename(resolve(path)));
    return inTurn(distinct, async (path) => {
      const config = await readRunConfig(path);
      const own = basename(resolve(path));
      const name = names.filter((other) => other === own).length === 1 ? own : path;
      return new FigureRun(path, name, config, new Set(await readdir(path)), options);
    });
  }

  /** The method and, in brackets, the folder. */
  get label(): string {
    const { name } = this.config.optimizer;
    const known: readonly Method[] = methods;
    return `${known.find((method) => method.name === name)?.title ?? name} (${this.name})`;
  }

  /**
   * Draws of the weights behind a mean prediction.
   *
   * @param otherwise where nobody chose a number; default: that of the configuration
   */
  samples(otherwise = this.config.evaluation.samples): number {
    return this.options.samples ?? otherwise;
  }

  data(): Promise<RunData> {
    this.#data ??= loadData(this.config);
    return this.#data;
  }

  /** Of the mean prediction of the best weights on the test samples; with the calibration and the confusion of classes. */
  evaluation(): Promise<Evaluation> {
    this.#evaluation ??= this.#evaluate();
    return this.#evaluation;
  }

  async #evaluate(): Promise<Evaluation> {
    const { test } = await this.data();
    const options = { samples: this.samples(), calibrationBins: defaultBins, ...this.#abortable() };
    return this.#withModel(test, (model) => model.evaluate(test, options));
  }

  /**
   * Predictions of the best weights for inputs as the network takes them: with the mode, and the mean over draws of the
   * weights.
   *
   * @param samples how many draws
   */
  async predictions(inputs: Float32Array, samples: number): Promise<Draws> {
    const { train } = await this.data();
    return this.#withModel(train, (model) => drawsOf(model, inputs, { samples, ...this.#abortable() }));
  }

  async #withModel<T>(dataset: Dataset, use: (model: Model) => Promise<T>): Promise<T> {
    const { device, threads } = this.options;
    await using model = await Model.load(join(this.path, RunFolder.files.best), {
      maxBatch: evaluationBatch(createModel(this.config, dataset)),
      cuda: this.config.cuda,
      ...(device !== undefined && { device }),
      ...(threads !== undefined && { threads }),
    });
    return await use(model);
  }

  #abortable() {
    const { signal } = this.options;
    return signal === undefined ? {} : { signal };
  }
}
