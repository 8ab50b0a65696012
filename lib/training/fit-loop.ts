import { augmentationSpecs } from "../augmentation/augmentation-schema.js";
import type { Dataset } from "../data/dataset.js";
import type { Loss } from "../losses/loss.js";
import type { Network } from "../model/check-dataset.js";
import { measure } from "../model/measure.js";
import { type Metrics, metricsOf } from "../model/metrics.js";
import type { Session } from "../model/session.js";
import { BayesBinnError } from "../native/errors.js";
import type { TrainingPlace } from "../schedules/schedule.js";
import type { BestWeights } from "./best-weights.js";
import type { Callback } from "./callback.js";
import type { CheckpointFacts } from "./checkpoint-file.js";
import { CheckpointWriter } from "./checkpoint-writer.js";
import { EarlyStopping } from "./early-stopping.js";
import type { FitPlan } from "./fit-options.js";
import type { FitState } from "./fit-state.js";
import { flipRatioOf } from "./flip-ratio.js";
import type { EpochRecord, History } from "./history.js";
import type { Hyperparameters } from "./hyperparameters.js";

/** Steps run so long before the event loop hears of them. */
const budgetMilliseconds = 50;

/** Parts in which a record counts the weights. */
const distributionBins = 20;

/** What a fit works with. */
interface FitParts {
  readonly network: Network;
  readonly loss: Loss;
  /** Reserved for this fit. */
  readonly session: Session;
  readonly hyperparameters: Hyperparameters;
  readonly best: BestWeights;
  /** Epochs of earlier fits, so that this one shuffles otherwise. */
  readonly epochsBefore: number;
  /** What checkpoints have to agree on. */
  readonly setting: CheckpointFacts["setting"];
  /** Where a fit that is resumed stands. */
  readonly resumed: FitState | undefined;
}

/** Sums over the steps of an epoch. */
interface EpochSums {
  lossSum: number;
  correct: number;
  count: number;
  flips: number;
  seconds: number;
}

/** The epochs of one fit. */
export class FitLoop {
  readonly #parts: FitParts;
  readonly #plan: FitPlan;
  readonly #stepsPerEpoch: number;
  readonly #stepSeconds: number[] = [];
  readonly #records: EpochRecord[];
  readonly #stopping: EarlyStopping | undefined;
  readonly #checkpoints: CheckpointWriter | undefined;

  constructor(parts: FitParts, plan: FitPlan) {
    const { best, resumed } = parts;
    const { earlyStopping, checkpoints } = plan;
    this.#parts = parts;
    this.#plan = plan;
    this.#stepsPerEpoch = Math.ceil(plan.train.length / plan.batchSize);
    this.#records = [...(resumed?.records ?? [])];
    this.#stopping = earlyStopping && new EarlyStopping(earlyStopping);
    if (this.#stopping !== undefined && resumed?.earlyStopping !== undefined) {
      this.#stopping.state = resumed.earlyStopping;
    }
    this.#checkpoints = checkpoints && new CheckpointWriter(checkpoints, best);
  }

  async run(): Promise<History> {
    const { epochs, stopAfter = epochs } = this.#plan;
    const { resumed } = this.#parts;
    const lastEpoch = Math.min(epochs, stopAfter);
    const firstEpoch = (resumed?.epoch ?? 0) + 1;
    if (resumed !== undefined) this.#restore(resumed);
    const earlier = [...this.#records];
    const plan = { epochs, firstEpoch, earlier, lastEpoch, stepsPerEpoch: this.#stepsPerEpoch };
    await this.#call((callback) => callback.onTrainBegin?.(plan));
    await this.#checkpoints?.open(resumed);
    for (let epoch = firstEpoch; epoch <= lastEpoch && !this.#stopping?.stops; epoch++) {
      const record = await this.#epoch(epoch);
      this.#records.push(record);
      await this.#call((callback) => callback.onEpochEnd?.(record));
      this.#stopping?.observe(record);
      if (epoch === lastEpoch || this.#stopping?.stops || this.#checkpoints?.isDue(epoch)) await this.#save();
    }
    const early = this.#stopping?.stops === true && this.#records.length < lastEpoch;
    const history = await this.#finish(early ? "early" : lastEpoch < epochs ? "stopAfter" : undefined);
    await this.#checkpoints?.finish();
    await this.#call((callback) => callback.onTrainEnd?.(history));
    return history;
  }

  /** Resolves when no checkpoint is being written any more, however the fit ended. */
  async settle(): Promise<void> {
    await this.#checkpoints?.finish().catch(() => undefined);
  }

  async #epoch(epoch: number): Promise<EpochRecord> {
    const { session, hyperparameters, best } = this.#parts;
    const { validation, test, testEveryEpoch } = this.#plan;
    this.#applyHyperparameters(this.#place(epoch, 0));
    const settings = { ...hyperparameters.learningRate, hyperparameters: hyperparameters.report() };
    await this.#call((callback) => callback.onEpochBegin?.(epoch));
    const sums = await this.#train(epoch);
    const begin = performance.now();
    const distributions = await session.distributions(distributionBins);
    const distribution = distributions.find((one) => one !== undefined);
    const onValidation = validation === undefined ? undefined : await this.#evaluate(validation);
    const onTest = test === undefined || !testEveryEpoch ? undefined : await this.#evaluate(test);
    const evaluate = secondsSince(begin);
    if (onValidation !== undefined) await best.offer(epoch, onValidation, session);
    return {
      epoch,
      ...settings,
      train: metricsOf(sums),
      ...(onValidation !== undefined && { validation: onValidation }),
      ...(onTest !== undefined && { test: onTest }),
      ...flipRatioOf(sums.flips, this.#stepsPerEpoch, session.description),
      ...(distribution !== undefined && { distribution }),
      seconds: { train: sums.seconds, evaluate },
      stepsPerSecond: this.#stepsPerEpoch / sums.seconds,
    };
  }

  /** Where step number `step` of an epoch begins; both from where reports count them, 0 and 1. */
  #place(epoch: number, step: number): TrainingPlace {
    return { epoch: epoch - 1, epochs: this.#plan.epochs, step: (epoch - 1) * this.#stepsPerEpoch + step };
  }

  #applyHyperparameters(place: TrainingPlace): void {
    this.#parts.hyperparameters.apply(this.#parts.session, place, { trainSetSize: this.#plan.train.length });
  }

  /** All steps of an epoch, in runs that end after the budget, or where a hyperparameter changes. */
  async #train(epoch: number): Promise<EpochSums> {
    const { session, epochsBefore, hyperparameters } = this.#parts;
    const { train, batchSize, shuffle, augmentation, signal } = this.#plan;
    const dataset = session.dataset(train);
    const sums: EpochSums = { lossSum: 0, correct: 0, count: 0, flips: 0, seconds: 0 };
    for (let step = 0; step < this.#stepsPerEpoch; ) {
      const begin = performance.now();
      const place = this.#place(epoch, step);
      this.#applyHyperparameters(place);
      const result = await session.train(
        {
          dataset,
          epoch: epochsBefore + epoch - 1,
          batchSize,
          firstBatch: step,
          batches: hyperparameters.steadySteps(place, this.#stepsPerEpoch - step),
          shuffle,
          budgetMilliseconds,
          ...(augmentation.length > 0 && { augmentation: augmentationSpecs(augmentation) }),
        },
        signal,
      );
      if (result.steps < 1) throw new BayesBinnError("ERR_INTERNAL", "a call of train made no step");
      step += result.steps;
      // Step by step: sums of runs would round by where the clock ended them.
      for (const loss of result.stepLosses) sums.lossSum += loss;
      sums.correct += result.correct;
      sums.count += result.count;
      sums.flips += result.flips;
      sums.seconds += secondsSince(begin);
      for (const duration of result.stepSeconds) this.#stepSeconds.push(duration);
      await this.#report(epoch, step, sums);
    }
    return sums;
  }

  async #report(epoch: number, step: number, sums: EpochSums): Promise<void> {
    const progress = {
      epoch,
      epochs: this.#plan.epochs,
      step,
      stepsPerEpoch: this.#stepsPerEpoch,
      ...metricsOf(sums),
      ...this.#parts.hyperparameters.learningRate,
    };
    await this.#call((callback) => callback.onBatchEnd?.(progress));
  }

  async #evaluate(data: Dataset): Promise<Metrics> {
    const { session, network, loss } = this.#parts;
    const { evaluationBatchSize: batchSize, signal } = this.#plan;
    const { metrics } = await measure(network, loss, session, data, { batchSize, samples: 0, draw: 0 }, signal);
    return metrics;
  }

  /** The state as it is after the last record. */
  async #save(): Promise<void> {
    const { session, best, epochsBefore, setting } = this.#parts;
    const states = this.#plan.callbacks.flatMap(({ name, getState }, index) =>
      getState === undefined ? [] : [[name!, getState.call(this.#plan.callbacks[index])] as const],
    );
    const fit: FitState = {
      epoch: this.#records.length,
      epochsBefore,
      counters: session.counters,
      records: [...this.#records],
      ...(best.found !== undefined && { best: best.found }),
      ...(this.#stopping !== undefined && { earlyStopping: this.#stopping.state }),
      callbacks: Object.fromEntries(states),
    };
    await this.#checkpoints?.save({ setting, fit }, session);
  }

  /** Brings what is not in the session to where a fit that is resumed stood. */
  #restore({ epoch, callbacks }: FitState): void {
    // As they were in the last step: where no epoch follows, a model file would hold the first ones.
    this.#applyHyperparameters(this.#place(epoch, this.#stepsPerEpoch - 1));
    for (const callback of this.#plan.callbacks) {
      const state = callback.name === undefined ? undefined : callbacks[callback.name];
      if (state !== undefined) callback.setState?.(state);
    }
  }

  async #finish(stopped: History["stopped"]): Promise<History> {
    const { session, best } = this.#parts;
    const { restoreBest, test: testData } = this.#plan;
    const records = this.#records;
    const bestEpoch = best.found?.epoch ?? records.length;
    const restored = restoreBest && bestEpoch < records.length;
    if (restored) await best.restore(session);
    // Evaluated already where every epoch was.
    const left = records[(restored ? bestEpoch : records.length) - 1]!;
    const test = testData === undefined ? undefined : (left.test ?? (await this.#evaluate(testData)));
    return {
      epochs: records,
      bestEpoch,
      ...(test !== undefined && { test }),
      stepSeconds: this.#stepSeconds,
      ...(stopped !== undefined && { stopped }),
    };
  }

  /** Calls all callbacks in order; each may use the session meanwhile. */
  async #call(visit: (callback: Callback) => void | Promise<void>): Promise<void> {
    const { callbacks, signal } = this.#plan;
    for (const callback of callbacks) await this.#parts.session.lend(() => visit(callback));
    signal?.throwIfAborted();
  }
}

function secondsSince(begin: number): number {
  return (performance.now() - begin) / 1000;
}
