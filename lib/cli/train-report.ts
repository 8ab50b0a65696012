import type { Metrics } from "../model/metrics.js";
import type { ContinualSummary } from "../recipes/continual/continual-summary.js";
import { percentText } from "../recipes/percent.js";
import type { RunListeners } from "../recipes/run-options.js";
import type { RunStart, RunSummary } from "../recipes/run-report.js";
import type { ContinualCallback } from "../training/continual/continual-options.js";
import type { EpochRecord } from "../training/history.js";
import type { Context } from "./context.js";
import { continualText, evaluationLine } from "./continual-text.js";
import { count, scoresLines, seconds } from "./format.js";
import type { JsonEvents } from "./json-events.js";
import { comparisonText, type PaperComparison } from "./paper-comparison.js";
import { type TrainingProgress, trainingProgress } from "./progress.js";
import { shellWord } from "./shell-word.js";

/** What `train` says while it runs: JSON lines for programs, lines and a bar for people, or both. */
export class TrainReport {
  private progress: TrainingProgress | undefined;
  private start: RunStart | undefined;

  constructor(
    private readonly stderr: Context["stderr"],
    private readonly options: {
      readonly events: JsonEvents | undefined;
      readonly quiet: boolean;
      /** What to hold the result against. */
      readonly comparison?: PaperComparison | undefined;
    },
  ) {}

  readonly listeners: RunListeners = {
    onStart: async (start) => {
      this.start = start;
      this.options.events?.write("start", start);
      if (this.options.quiet) return;
      this.stderr.write(startText(start));
      this.progress = await trainingProgress(this.stderr, start.epochs);
    },
    onWarning: ({ message }) => {
      this.progress?.close();
      this.stderr.write(`warning: ${message}\n`);
    },
    callbacks: [
      {
        onBatchEnd: (progress) => this.progress?.callback.onBatchEnd?.(progress),
        onEpochEnd: (record) => {
          this.options.events?.write("epoch", epochEvent(record));
          return this.progress?.callback.onEpochEnd?.(record);
        },
        onTrainEnd: () => {
          if (!this.options.quiet) this.stderr.write("evaluating the test set\n");
        },
      },
    ],
  };

  /** Of tasks in sequence. */
  private readonly continualCallback: ContinualCallback = {
    onTaskBegin: (task, name) => {
      this.options.events?.write("task", { task, name });
      if (!this.options.quiet) this.stderr.write(`task ${task}: ${name}\n`);
    },
    onEvaluation: (evaluation) => {
      this.options.events?.write("evaluation", evaluation);
      if (!this.options.quiet) this.stderr.write(evaluationLine(evaluation));
    },
  };

  /** What a run on such tasks is told of; it has evaluations in place of that of a test set. */
  get continualListeners(): RunListeners & { readonly continualCallback: ContinualCallback } {
    const callbacks = this.listeners.callbacks!.map(({ onTrainEnd: _, ...callback }) => callback);
    return { ...this.listeners, callbacks, continualCallback: this.continualCallback };
  }

  continualSummary(summary: ContinualSummary): void {
    this.options.events?.write("summary", summary);
    if (!this.options.quiet) this.stderr.write(continualText(summary));
  }

  summary(summary: RunSummary): void {
    this.options.events?.write("summary", summary);
    if (this.options.quiet) return;
    const { comparison } = this.options;
    this.stderr.write(summaryText(summary) + (comparison === undefined ? "" : comparisonText(comparison, summary)));
  }

  /** The run was stopped. */
  stopped(): void {
    this.close();
    if (!this.start?.checkpoints || this.options.quiet) return;
    this.stderr.write(`go on with \`bayesbinn train --resume ${shellWord(this.start.run)}\`\n`);
  }

  close(): void {
    this.progress?.close();
  }
}

/** Only what the event promises, in its order. */
function epochEvent({ epoch, learningRate, train, validation, test, seconds, stepsPerSecond }: EpochRecord): object {
  return { epoch, learningRate, train, validation, test, seconds, stepsPerSecond };
}

function startText(start: RunStart): string {
  const { samples, parameters } = start;
  const kinds = Object.entries(parameters).filter(([, number]) => number > 0);
  const weights = start.packed ? "weights as bits" : "weights as float32";
  const optimizers = [start.optimizer, start.realOptimizer].filter(Boolean).join(" and ");
  const device = `${start.device} (${start.instructionSet}, ${start.threads} threads, ${weights})`;
  return [
    `${start.recipe}: ${start.model} with ${kinds.map(([kind, number]) => `${count(number)} ${kind}`).join(" and ")} parameters`,
    `  ${start.dataset}: ${samples.train} training, ${samples.validation} validation and ${samples.test} test samples`,
    `  ${optimizers} on ${device}; ${start.deviceReason}`,
    `  run folder: ${start.run}`,
    ...(start.firstEpoch > 1 ? [`  resumed after epoch ${start.firstEpoch - 1}`] : []),
    "",
  ].join("\n");
}

function summaryText({ bestEpoch, validation, test, trainSeconds, run }: RunSummary): string {
  // Of a loss without an accuracy there is only itself.
  const name = test.mode.accuracy === undefined ? "loss" : "accuracy";
  const result = ({ loss, accuracy }: Metrics) => (accuracy === undefined ? loss.toFixed(4) : percentText(accuracy));
  const best =
    validation === undefined
      ? `epoch ${bestEpoch}`
      : `epoch ${bestEpoch}, the best on validation (${result(validation)})`;
  return [
    `test ${name}: ${result(test.mode)} (mode), ${result(test.mean)} (mean of ${test.mean.samples} samples), at ${best}`,
    ...segmentationOf(test),
    `trained for ${seconds(trainSeconds)}; the run is in ${run}`,
    "",
  ].join("\n");
}

/** Of pixels, what an accuracy says little about. */
function segmentationOf({ mode, mean }: RunSummary["test"]): string[] {
  if (mode.segmentation === undefined || mean.segmentation === undefined) return [];
  const ways = [["mode", mode.segmentation] as const, [`mean of ${mean.samples} samples`, mean.segmentation] as const];
  return ["test segmentation, over whole images:", ...scoresLines(ways)];
}
