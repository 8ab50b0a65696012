import type { z } from "zod";

import type { EpochRecord, History } from "./history.js";

/**
 * Functions that a fit calls. They may be async: the fit waits for them. Meanwhile they may evaluate, predict and save
 * with the trainer and its model. What one of them throws ends the fit, which rejects with it; the trainer stays usable.
 */
export interface Callback {
  /** Tells the state of this callback from that of others in a checkpoint; needed with {@link getState}. */
  readonly name?: string;
  /** What the callback goes on from in a fit that is resumed: data as JSON has them, asked for with each checkpoint. */
  readonly getState?: () => JsonValue;
  /** Before `onTrainBegin` of a fit that is resumed, with what {@link getState} gave. */
  readonly setState?: (state: JsonValue) => void;
  /** Before the first step. */
  readonly onTrainBegin?: (plan: TrainPlan) => void | Promise<void>;
  /** After the last epoch, with the weights in place that the fit leaves. Not after an error or an abort. */
  readonly onTrainEnd?: (history: History) => void | Promise<void>;
  /** Before the first step of an epoch, which counts from 1. */
  readonly onEpochBegin?: (epoch: number) => void | Promise<void>;
  /** After the evaluations of an epoch. */
  readonly onEpochEnd?: (record: EpochRecord) => void | Promise<void>;
  /** After each run of steps of about 50 ms, not after each single step. */
  readonly onBatchEnd?: (progress: BatchProgress) => void | Promise<void>;
}

/** Data as JSON has them. */
export type JsonValue = z.output<ReturnType<typeof z.json>>;

/** The functions that a fit calls. */
export const callbackNames = [
  "onTrainBegin",
  "onTrainEnd",
  "onEpochBegin",
  "onEpochEnd",
  "onBatchEnd",
] as const satisfies readonly (keyof Callback)[];

/** What a fit is about to do. */
export interface TrainPlan {
  /** Length of the schedules. */
  readonly epochs: number;
  /** The first epoch that will run, from 1: higher in a fit that is resumed. */
  readonly firstEpoch: number;
  /** The epochs before that one. */
  readonly earlier: readonly EpochRecord[];
  /** The last one that will run, if early stopping does not end them. */
  readonly lastEpoch: number;
  readonly stepsPerEpoch: number;
}

/** Where a fit stands. */
export interface BatchProgress {
  /** From 1. */
  readonly epoch: number;
  readonly epochs: number;
  /** Steps of this epoch that are done. */
  readonly step: number;
  readonly stepsPerEpoch: number;
  /** Mean over the samples of this epoch so far, as is `accuracy`. */
  readonly loss: number;
  readonly accuracy?: number;
  readonly learningRate: number;
}
