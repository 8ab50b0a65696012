import type { RunFolder } from "../../io/run-folder.js";
import type { SessionDescription } from "../../native/contract.js";
import type { ContinualHistory } from "../../training/continual/continual-history.js";
import { optimizerNames } from "../run-report.js";
import type { ContinualConfig } from "./continual-config.js";

/** The result of a run on tasks in sequence. Accuracies are fractions. */
export interface ContinualSummary {
  readonly recipe: string;
  readonly optimizer: string;
  /** That of real-valued parameters, where it is another. */
  readonly realOptimizer?: string;
  readonly device: SessionDescription["device"];
  readonly seed: number;
  /** Names, in the order of training. */
  readonly tasks: readonly string[];
  /** Of each task. */
  readonly epochs: number;
  readonly prior: string;
  readonly batchNorm: string;
  /** Draws of the posterior behind the accuracies after each task. */
  readonly samples: number;
  /** After the last task, on each. */
  readonly accuracies: readonly number[];
  /** Their mean. */
  readonly averageAccuracy: number;
  /** The same for the most probable weights. */
  readonly modeAverageAccuracy: number;
  readonly forgetting?: number;
  readonly forwardTransfer?: number;
  readonly trainSeconds: number;
  readonly evaluateSeconds: number;
  /** Largest resident memory of the process so far. */
  readonly peakMemoryBytes: number;
  /** The run folder. */
  readonly run: string;
}

export function continualSummary(
  config: ContinualConfig,
  { device }: SessionDescription,
  history: ContinualHistory,
  folder: RunFolder,
): ContinualSummary {
  const { tasks, epochsPerTask, accuracyMatrix, modeAccuracyMatrix, averageAccuracy, forgetting, forwardTransfer } =
    history;
  const { prior, batchNorm } = config.continual;
  const modes = modeAccuracyMatrix.at(-1)!;
  return {
    recipe: config.name,
    ...optimizerNames(config),
    device,
    seed: config.seed,
    tasks,
    epochs: epochsPerTask,
    prior,
    batchNorm,
    samples: history.evaluations.at(-1)!.samples,
    accuracies: accuracyMatrix.at(-1)!,
    averageAccuracy: averageAccuracy.at(-1)!,
    modeAverageAccuracy: modes.reduce((sum, accuracy) => sum + accuracy, 0) / modes.length,
    ...(forgetting !== undefined && { forgetting }),
    ...(forwardTransfer !== undefined && { forwardTransfer }),
    trainSeconds: history.seconds.train,
    evaluateSeconds: history.seconds.evaluate,
    peakMemoryBytes: process.resourceUsage().maxRSS * 1024,
    run: folder.path,
  };
}
