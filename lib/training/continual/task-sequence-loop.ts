import type { Task } from "../../data/tasks/task-sequence.js";
import type { Loss } from "../../losses/loss.js";
import { checkDataset } from "../../model/check-dataset.js";
import { checkMeasured } from "../../model/measure.js";
import type { Callback } from "../callback.js";
import { checkCallback, type FitOptions } from "../fit-options.js";
import type { Distribution, EpochRecord } from "../history.js";
import type { Trainer } from "../trainer.js";
import { type BatchNormPolicy, batchNormPolicy, type batchNormPolicyNames } from "./batch-norm-policy.js";
import {
  averageAccuracyOf,
  type ContinualHistory,
  forgettingOf,
  forwardTransferOf,
  type TaskEvaluation,
} from "./continual-history.js";
import { type ContinualFitPlan, continualCallbackNames, type priorModes } from "./continual-options.js";
import { beginTask } from "./next-task.js";

interface Settings {
  readonly prior: (typeof priorModes)[number];
  readonly batchNorm: (typeof batchNormPolicyNames)[number];
  readonly reestimationSamples: number;
}

/** What the fits of a trainer have done so far. */
export interface Progress {
  /** Tasks that have been trained to their end. */
  tasks: number;
  /** Whether a posterior has become the prior. */
  priorMoved: boolean;
}

/** The tasks of one continual fit. */
export class TaskSequenceLoop {
  readonly #tasks: readonly Task[];
  readonly #policy: BatchNormPolicy;
  readonly #evaluations: TaskEvaluation[] = [];
  readonly #matrix: (readonly number[])[] = [];
  readonly #modeMatrix: (readonly number[])[] = [];
  readonly #epochs: (readonly EpochRecord[])[] = [];
  readonly #distributions: (Distribution | undefined)[] = [];
  #evaluateSeconds = 0;

  /** @param progress of earlier fits, to be brought up to date */
  constructor(
    private readonly trainer: Trainer,
    loss: Loss,
    private readonly plan: ContinualFitPlan,
    private readonly settings: Settings,
    private readonly progress: Progress,
  ) {
    this.#tasks = plan.tasks;
    this.#tasks.forEach(({ train, test }, index) => {
      checkDataset(trainer.model, loss, train, `fit.tasks[${index}].train`);
      checkMeasured(trainer.model, loss, test, `fit.tasks[${index}].test`);
    });
    trainer.checkFit(this.#fitOptions(0));
    checkCallback(plan.continualCallback, "fit.continualCallback", continualCallbackNames);
    this.#policy = batchNormPolicy(settings.batchNorm, this.#tasks, settings.reestimationSamples);
  }

  async run(): Promise<ContinualHistory> {
    const { samples, finalSamples = samples } = this.plan;
    const initialAccuracies = await this.#accuracies(finalSamples);
    for (let task = 0; task < this.#tasks.length; task++) {
      if (this.progress.tasks > 0) await this.#begin();
      await this.plan.continualCallback.onTaskBegin?.(task + 1, this.#tasks[task]!.name);
      await this.#train(task);
      await this.#policy.taskEnd(this.trainer, task);
      this.#matrix.push(await this.#evaluate(task, this.plan.epochs, finalSamples));
      this.#modeMatrix.push(finalSamples === 0 ? this.#matrix.at(-1)! : await this.#accuracies(0));
      await this.plan.continualCallback.onTaskEnd?.(this.#history(initialAccuracies));
    }
    return this.#history(initialAccuracies);
  }

  /** Another task than the first, whose prior is the optimizer's; that stays for all where none is asked for. */
  async #begin(): Promise<void> {
    const { prior } = this.settings;
    const moves = prior === "previous" || (prior === "first" && !this.progress.priorMoved);
    await beginTask(this.trainer.session, moves);
    this.progress.priorMoved ||= moves;
  }

  async #train(task: number): Promise<void> {
    const { epochs, evaluations, samples } = this.plan;
    const isDue = (epoch: number) =>
      Math.floor((epoch * evaluations) / epochs) > Math.floor(((epoch - 1) * evaluations) / epochs);
    const options = this.#fitOptions(task);
    const evaluator: Callback = {
      onEpochEnd: async ({ epoch }) => {
        if (epoch < epochs && isDue(epoch)) await this.#evaluate(task, epoch, samples);
      },
    };
    const history = await this.trainer.fit({ ...options, callbacks: [...options.callbacks, evaluator] });
    this.progress.tasks++;
    this.#epochs.push(history.epochs);
    this.#distributions.push(history.epochs.at(-1)?.distribution);
  }

  #fitOptions(task: number) {
    const { epochs, batchSize, shuffle, evaluationBatchSize, callbacks, signal } = this.plan;
    return {
      train: this.#tasks[task]!.train,
      epochs,
      batchSize,
      shuffle,
      callbacks,
      ...(evaluationBatchSize !== undefined && { evaluationBatchSize }),
      ...(signal !== undefined && { signal }),
    } satisfies FitOptions;
  }

  async #evaluate(task: number, epoch: number, samples: number): Promise<readonly number[]> {
    const evaluation = { task: task + 1, epoch, samples, accuracies: await this.#accuracies(samples) };
    this.#evaluations.push(evaluation);
    await this.plan.continualCallback.onEvaluation?.(evaluation);
    return evaluation.accuracies;
  }

  /** On all tasks, with the weights of the moment. */
  async #accuracies(samples: number): Promise<readonly number[]> {
    const { evaluationBatchSize: batchSize, signal } = this.plan;
    const begin = performance.now();
    const options = {
      samples,
      ...(batchSize !== undefined && { batchSize }),
      ...(signal !== undefined && { signal }),
    };
    const accuracies: number[] = [];
    for (const task of this.#tasks.keys()) {
      accuracies.push(await this.#policy.evaluate(this.trainer, task, options));
    }
    this.#evaluateSeconds += (performance.now() - begin) / 1000;
    return accuracies;
  }

  #history(initialAccuracies: readonly number[]): ContinualHistory {
    const matrix = this.#matrix;
    const forgetting = forgettingOf(matrix);
    const forwardTransfer = forwardTransferOf(matrix, initialAccuracies);
    return {
      tasks: this.#tasks.map(({ name }) => name),
      epochsPerTask: this.plan.epochs,
      initialAccuracies,
      accuracyMatrix: [...matrix],
      modeAccuracyMatrix: [...this.#modeMatrix],
      averageAccuracy: averageAccuracyOf(matrix),
      ...(forgetting !== undefined && { forgetting }),
      ...(forwardTransfer !== undefined && { forwardTransfer }),
      evaluations: [...this.#evaluations],
      distributions: [...this.#distributions],
      epochs: [...this.#epochs],
      seconds: {
        train: this.#epochs.flat().reduce((sum, { seconds }) => sum + seconds.train, 0),
        evaluate: this.#evaluateSeconds,
      },
    };
  }
}
