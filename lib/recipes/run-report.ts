import type { RunFolder } from "../io/run-folder.js";
import { sizeOf } from "../layers/shape.js";
import type { Evaluation } from "../model/evaluate.js";
import type { Metrics } from "../model/metrics.js";
import type { SessionDescription } from "../native/contract.js";
import type { History } from "../training/history.js";
import type { RunData } from "./assemble.js";
import type { Config } from "./config.js";

/** What is known when the first step begins. */
export interface RunStart {
  /** Name of the configuration: that of its recipe. */
  readonly recipe: string;
  readonly dataset: string;
  readonly model: string;
  readonly optimizer: string;
  /** That of real-valued parameters, where it is another. */
  readonly realOptimizer?: string;
  readonly device: SessionDescription["device"];
  readonly deviceReason: string;
  readonly instructionSet: string;
  readonly blas: string;
  readonly threads: number;
  /** Whether training steps multiply with weights as bits. */
  readonly packed: boolean;
  readonly seed: number;
  /** Length of the schedules. */
  readonly epochs: number;
  /** From 1: higher where the run was resumed. */
  readonly firstEpoch: number;
  /** Epochs after which the run stops, where that is earlier. */
  readonly stopAfter?: number;
  readonly batchSize: number;
  readonly samples: { readonly train: number; readonly validation: number; readonly test: number };
  /** Number of parameters of each kind. */
  readonly parameters: { readonly binary: number; readonly real: number };
  /** Whether the run can be resumed where it is stopped. */
  readonly checkpoints: boolean;
  /** The run folder. */
  readonly run: string;
}

/** Of a test set; where a class of each pixel is predicted, with the scores over whole images. */
export type TestMetrics = Metrics & Pick<Evaluation, "segmentation">;

/** The result of a run. Accuracies are fractions; those of validation and test are at `bestEpoch`. */
export interface RunSummary {
  readonly recipe: string;
  readonly optimizer: string;
  /** That of real-valued parameters, where it is another. */
  readonly realOptimizer?: string;
  readonly device: SessionDescription["device"];
  readonly seed: number;
  /** Epochs trained. */
  readonly epochs: number;
  /** From 1: the first epoch of the highest validation accuracy; without validation, the last epoch. */
  readonly bestEpoch: number;
  readonly validation?: Metrics;
  readonly test: {
    /** With the most probable weights. */
    readonly mode: TestMetrics;
    /** With the mean of the predictions over weights drawn from the posterior. */
    readonly mean: TestMetrics & { readonly samples: number };
  };
  /** Time spent in training steps, evaluation not counted. */
  readonly trainSeconds: number;
  /** Of the steps of the last sitting; absent where it made none. */
  readonly stepSeconds?: { readonly median: number };
  /** Why it ended before its last epoch: early stopping, or `stopAfter`. */
  readonly stopped?: "early" | "stopAfter";
  /** Largest resident memory of the process so far. */
  readonly peakMemoryBytes: number;
  /** The run folder. */
  readonly run: string;
}

/** The facts of a run that begins. */
export function startOf(
  config: Config,
  { train, validation, test }: RunData,
  description: SessionDescription,
  firstEpoch: number,
  {
    stopAfter,
    checkpoints,
  }: { readonly stopAfter?: number | undefined; readonly checkpoints: { readonly every: number } },
  folder: RunFolder,
): RunStart {
  const { device, deviceReason, instructionSet, blas, threads } = description;
  return {
    recipe: config.name,
    dataset: config.dataset.name,
    model: config.model.name,
    ...optimizerNames(config),
    device,
    deviceReason,
    instructionSet,
    blas,
    threads,
    packed: description.parameters.some(({ packed }) => packed),
    seed: config.seed,
    epochs: config.epochs,
    firstEpoch,
    ...(stopAfter !== undefined && { stopAfter }),
    batchSize: config.batchSize,
    samples: { train: train.length, validation: validation?.length ?? 0, test: test.length },
    parameters: { binary: countOf(description, "binary"), real: countOf(description, "real") },
    checkpoints: checkpoints.every > 0,
    run: folder.path,
  };
}

/** What reports call the optimizers of a run. */
export function optimizerNames({ optimizer, realOptimizer }: Config): Pick<RunStart, "optimizer" | "realOptimizer"> {
  return { optimizer: optimizer.name, ...(realOptimizer !== undefined && { realOptimizer: realOptimizer.name }) };
}

function countOf({ parameters }: SessionDescription, kind: "binary" | "real"): number {
  return parameters.reduce((sum, parameter) => sum + (parameter.kind === kind ? sizeOf(parameter.shape) : 0), 0);
}

/** The result of a run that has ended. */
export function summaryOf(
  config: Config,
  { device }: SessionDescription,
  { epochs, bestEpoch, stepSeconds, stopped }: History,
  test: RunSummary["test"],
  folder: RunFolder,
): RunSummary {
  const validation = epochs[bestEpoch - 1]?.validation;
  return {
    recipe: config.name,
    ...optimizerNames(config),
    device,
    seed: config.seed,
    epochs: epochs.length,
    bestEpoch,
    ...(validation !== undefined && { validation }),
    test,
    trainSeconds: epochs.reduce((sum, { seconds }) => sum + seconds.train, 0),
    ...(stepSeconds.length > 0 && { stepSeconds: { median: median(stepSeconds) } }),
    ...(stopped !== undefined && { stopped }),
    // The system counts in units of 1024 bytes.
    peakMemoryBytes: process.resourceUsage().maxRSS * 1024,
    run: folder.path,
  };
}

/** The middle value, or the mean of the two middle ones; NaN of nothing. */
export function median(values: readonly number[]): number {
  const sorted = Float64Array.from(values).sort();
  const middle = sorted.length / 2;
  return (sorted[Math.ceil(middle) - 1]! + sorted[Math.floor(middle)]!) / 2;
}
