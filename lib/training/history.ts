import type { Metrics } from "../model/metrics.js";

export type { Metrics };

/** One epoch of a fit. */
export interface EpochRecord {
  /** From 1. */
  readonly epoch: number;
  /** Of the first optimizer that has one, during this epoch; NaN (in JSON null) where none has, as with Bop alone. */
  readonly learningRate: number;
  /** During this epoch, by optimizer and name, such as `bayesbinn.temperature`: learning rates and what has a schedule. */
  readonly hyperparameters: Readonly<Record<string, number>>;
  /** Over the steps of the epoch, with the weights and the dropout of each step. */
  readonly train: Metrics;
  /** With the mode of the weights at the end of the epoch, as is `test`. */
  readonly validation?: Metrics;
  readonly test?: Metrics;
  /** Wall-clock time, callbacks not counted. */
  readonly seconds: { readonly train: number; readonly evaluate: number };
  readonly stepsPerSecond: number;
}

/** What a fit did. */
export interface History {
  readonly epochs: readonly EpochRecord[];
  /**
   * From 1: the first epoch of the highest validation accuracy (of the lowest validation loss where the loss has no
   * accuracy); without validation data the last epoch.
   */
  readonly bestEpoch: number;
  /** Of the weights that the fit left in the model; present where `test` was given. */
  readonly test?: Metrics;
  /** Duration of each step. */
  readonly stepSeconds: readonly number[];
  /** Why it ended before its last epoch: early stopping, or `stopAfter`. */
  readonly stopped?: "early" | "stopAfter";
}
