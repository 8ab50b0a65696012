import type { Loss } from "../../losses/loss.js";
import { lossTypeOf } from "../../losses/loss-type-of.js";
import type { Model } from "../../model/model.js";
import type { Session } from "../../model/session.js";
import type { SessionDescription } from "../../native/contract.js";
import { BayesBinnError } from "../../native/errors.js";
import { BayesBiNN } from "../../optimizers/bayesbinn.js";
import type { Optimizer } from "../../optimizers/optimizer.js";
import { checkOptions, outOfRange } from "../../options/check.js";
import { Trainer } from "../trainer.js";
import type { ContinualHistory } from "./continual-history.js";
import {
  type ContinualFitOptions,
  type ContinualTrainerOptions,
  continualFitOptions,
  continualTrainerOptions,
} from "./continual-options.js";
import { type Progress, TaskSequenceLoop } from "./task-sequence-loop.js";

/**
 * Trains a model on tasks one after the other, none of whose samples come back. What keeps earlier tasks from being forgotten
 * is the prior: the posterior of task t - 1 becomes the prior of task t,
 *
 *     lambda <- lambda - learningRate (gradient + klWeight (lambda - lambda_(t-1))),
 *
 * so that weights of which earlier tasks are sure hardly move. Each task begins with the schedules at their start, without
 * momentum, and with the weights of the task before.
 *
 * @example
 * const tasks = await loadPermutedMnist({ tasks: 5 });
 * const optimizer = new BayesBiNN({
 *   learningRate: 1e-3,
 *   temperature: 1e-2,
 *   perWeightPrior: true,
 *   schedules: { learningRate: cosine() },
 * });
 * const trainer = new ContinualTrainer({ model: mlpContinual({ inputShape: [784], outputs: 10 }), optimizer });
 * const { averageAccuracy } = await trainer.fit({ tasks, epochs: 8 });
 *
 * Options, beside those of a {@link Trainer}:
 * - `prior`: of a task: `"previous"`, the posterior of the task before; `"first"`, that of the first task, kept for all later
 *   ones; `"none"`, the optimizer's own `priorLambda` for every task, the paper's "without prior". All but `"none"` need
 *   `BayesBiNN` with `perWeightPrior: true`. How much it weighs is the optimizer's `klWeight`. Default `"previous"`.
 * - `batchNorm`: statistics with which a task is evaluated: `"shared"`, those of training so far, so of the last task, as in
 *   the paper; `"task"`, those at the end of its own training; `"reestimated"`, gathered anew from its training samples under
 *   the weights evaluated. Training does not depend on it. Default `"shared"`.
 * - `reestimationSamples`: training samples of a task that `"reestimated"` statistics are gathered from, evenly spread, an
 *   integer >= 1; the other ways have no use for them. Default `5000`.
 *
 * Source: Meng et al. 2020, section 4.3 and equation 15.
 */
export class ContinualTrainer implements AsyncDisposable {
  readonly #trainer: Trainer;
  readonly #settings: Pick<ReturnType<typeof settingsOf>, "prior" | "batchNorm" | "reestimationSamples">;
  readonly #loss: Loss;
  readonly #progress: Progress = { tasks: 0, priorMoved: false };
  #fitting = false;

  /**
   * @throws BayesBinnError what a `Trainer` throws; `ERR_OPTION_RANGE` for a prior that the optimizer cannot keep, and a loss
   * without an accuracy
   */
  constructor(options: ContinualTrainerOptions) {
    const { prior, batchNorm, reestimationSamples, ...rest } = settingsOf(options);
    this.#settings = { prior, batchNorm, reestimationSamples };
    this.#loss = rest.loss;
    if (!lossTypeOf(rest.loss).accuracy) {
      throw outOfRange("ContinualTrainer.loss", rest.loss.type, "a loss with an accuracy");
    }
    if (prior !== "none") requirePrior(prior, Array.isArray(rest.optimizer) ? rest.optimizer : [rest.optimizer]);
    this.#trainer = new Trainer(definedOf(rest));
  }

  get model(): Model {
    return this.#trainer.model;
  }

  /** @internal */
  get session(): Session {
    return this.#trainer.session;
  }

  /** What was compiled; see {@link Trainer.description}. */
  get description(): SessionDescription {
    return this.#trainer.description;
  }

  /**
   * Trains on each task in turn. Another fit goes on with more tasks: its first one has the posterior of the last as prior.
   * Where a fit was stopped within a task after the first, that is the posterior at that moment.
   *
   * Options:
   * - `tasks`: one or more `{ name, train, test }`, in the order of training. Required.
   * - `epochs`: passes over the training samples of each task, an integer >= 1; the length of the schedules. Required.
   * - `batchSize`: samples a step, an integer >= 1. Default `100`.
   * - `shuffle`: whether each epoch has an order of its own, drawn from the seed. Default `true`.
   * - `evaluations`: how often all tasks are evaluated while one is trained, evenly spread and its end included, an integer
   *   >= 1. Default `1`.
   * - `samples`: draws of the posterior whose predictions an evaluation averages, an integer in 0..2^20; 0 for the mode.
   *   Default `10`.
   * - `finalSamples`: the same at the end of each task. Default: `samples`.
   * - `evaluationBatchSize`: samples computed at once in evaluations, an integer >= 1. Default: the trainer's `maxBatch`.
   * - `callbacks`: of each task's fit, as those of a {@link Trainer}. Default: none.
   * - `continualCallback`: `{ onTaskBegin?, onEvaluation?, onTaskEnd? }`, called before and after each task, and after each
   *   evaluation. Default: none.
   * - `signal`: an `AbortSignal` that stops the fit, which then rejects with the signal's reason. Default: none.
   *
   * @throws BayesBinnError what the fit of a `Trainer` throws
   */
  async fit(options: ContinualFitOptions): Promise<ContinualHistory> {
    const plan = checkOptions(continualFitOptions, options, "fit");
    if (this.#fitting) {
      throw new BayesBinnError("ERR_BUSY", "a fit is running on this trainer: await it before the next");
    }
    const loop = new TaskSequenceLoop(this.#trainer, this.#loss, plan, this.#settings, this.#progress);
    this.#fitting = true;
    try {
      return await loop.run();
    } finally {
      this.#fitting = false;
    }
  }

  /** Frees weights, state and data, at once or when the running call has stopped. Idempotent. */
  dispose(): void {
    this.#trainer.dispose();
  }

  /** As {@link dispose}; resolves when nothing runs any more. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#trainer[Symbol.asyncDispose]();
  }
}

function settingsOf(options: ContinualTrainerOptions) {
  return checkOptions(continualTrainerOptions, options, "ContinualTrainer");
}

/** Without the keys that were left out. */
function definedOf<T extends { readonly seed?: number | undefined }>({ seed, ...rest }: T) {
  return { ...rest, ...(seed !== undefined && { seed }) };
}

function requirePrior(prior: string, optimizers: readonly Optimizer[]): void {
  if (optimizers.some((optimizer) => optimizer instanceof BayesBiNN && optimizer.options.perWeightPrior)) return;
  throw outOfRange("ContinualTrainer.prior", prior, '"none", or an optimizer new BayesBiNN({ perWeightPrior: true })');
}
