import type { Distribution, EpochRecord } from "../history.js";

/** Test accuracies after some training, as fractions. */
export interface TaskEvaluation {
  /** The task that was trained last, from 1. */
  readonly task: number;
  /** Epochs of that task so far. */
  readonly epoch: number;
  /** Draws of the posterior that were averaged; 0 for the mode. */
  readonly samples: number;
  /** On each task, also those to come, in their order. */
  readonly accuracies: readonly number[];
}

/** Accuracies on each task j after each task i, `[i][j]`, as fractions. */
export type AccuracyMatrix = readonly (readonly number[])[];

/** What training on a sequence of tasks did. */
export interface ContinualHistory {
  /** Names, in the order of training. */
  readonly tasks: readonly string[];
  readonly epochsPerTask: number;
  /** On each task before any training. */
  readonly initialAccuracies: readonly number[];
  /** Of the mean prediction. */
  readonly accuracyMatrix: AccuracyMatrix;
  /** Of the most probable weights. */
  readonly modeAccuracyMatrix: AccuracyMatrix;
  /** After each task, the mean over the tasks so far. */
  readonly averageAccuracy: readonly number[];
  /** See {@link forgettingOf}; absent for a single task. */
  readonly forgetting?: number;
  /** See {@link forwardTransferOf}; absent for a single task. */
  readonly forwardTransfer?: number;
  /** In the course of training, the last of each task with the samples of {@link accuracyMatrix}. */
  readonly evaluations: readonly TaskEvaluation[];
  /** After each task, how the weights are spread: for BayesBiNN the probabilities that they are +1 (Figure 4 of the paper). */
  readonly distributions: readonly (Distribution | undefined)[];
  /** Of each task, its epochs. */
  readonly epochs: readonly (readonly EpochRecord[])[];
  /** Wall-clock time of training steps, and of evaluations. */
  readonly seconds: { readonly train: number; readonly evaluate: number };
}

/** Mean accuracy over tasks 1..i after task i, for each i. */
export function averageAccuracyOf(matrix: AccuracyMatrix): number[] {
  return matrix.map((row, last) => mean(row.slice(0, last + 1)));
}

/**
 * Mean over all tasks but the last of what was lost: `max_i a[i][j] - a[T][j]` over the times i < T at which task j had been
 * trained. Source: Chaudhry et al., "Riemannian Walk for Incremental Learning", ECCV 2018.
 */
export function forgettingOf(matrix: AccuracyMatrix): number | undefined {
  const last = matrix.length - 1;
  if (last < 1) return undefined;
  const end = matrix[last]!;
  return mean(end.slice(0, last).map((left, j) => Math.max(...matrix.slice(j, last).map((row) => row[j]!)) - left));
}

/**
 * Mean over all tasks but the first of what the tasks before it give: `a[j-1][j] - b[j]`, with `b` the accuracy before any
 * training. Source: Lopez-Paz, Ranzato, "Gradient Episodic Memory for Continual Learning", NIPS 2017.
 */
export function forwardTransferOf(matrix: AccuracyMatrix, initial: readonly number[]): number | undefined {
  if (matrix.length < 2) return undefined;
  return mean(matrix.slice(0, -1).map((row, i) => row[i + 1]! - initial[i + 1]!));
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
