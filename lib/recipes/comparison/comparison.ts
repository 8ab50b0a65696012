import type { ErrorCode } from "../../native/errors.js";
import { type MeanAndStd, type Prediction, paperEpochs, paperRuns } from "../methods/method.js";
import { parseSetting } from "../setting.js";
import type { ComparisonPlan } from "./plan.js";
import type { RunResult } from "./run-result.js";
import { meanAndStd } from "./statistics.js";

/** Accuracies as fractions, over runs; absent where no run has such a number. */
export interface Accuracies {
  readonly train?: MeanAndStd;
  readonly validation?: MeanAndStd;
  readonly test?: MeanAndStd;
}

/** A row of the table: a method with one of its ways to predict. */
export interface ComparisonRow extends Accuracies {
  readonly method: string;
  readonly prediction: Prediction;
  /** As the paper's Table 10 calls it. */
  readonly title: string;
  /** Number of finished runs that the numbers are of. */
  readonly runs: number;
  /** Mean intersection over union on the test set, 0..1; absent but where a class of each pixel is predicted. */
  readonly meanIou?: MeanAndStd;
  /** The same row of Table 10, where it is of the same experiment but for the number of epochs. */
  readonly paper?: Accuracies;
}

/** Why a run gave no result. */
export interface RunFailure {
  readonly code: ErrorCode;
  readonly message: string;
}

/** A run of a comparison: its result, or why there is none, or nothing yet. */
export interface ComparedRun {
  readonly method: string;
  readonly seed: number;
  /** In the folder of the comparison. */
  readonly folder: string;
  readonly result?: RunResult;
  readonly failure?: RunFailure;
}

/** The results of methods on a recipe under equal conditions; what `comparison.json` holds. */
export interface Comparison {
  readonly recipe: string;
  readonly epochs: number;
  readonly seeds: readonly number[];
  /** Changes of the recipe, as they were given, but for the folder of the data: where they lie makes no other comparison. */
  readonly settings: readonly string[];
  /** The epoch of a run that its numbers are of: that of the best validation accuracy or, without validation samples, the last. */
  readonly at: "best" | "last";
  readonly rows: readonly ComparisonRow[];
  readonly runs: readonly ComparedRun[];
  /** Where the paper's numbers come from; absent where the paper has none of this recipe. */
  readonly paper?: {
    readonly source: string;
    readonly epochs: number;
    readonly runs: number;
    /** Paths of the keys in which this is another experiment, so that the numbers are left out. */
    readonly differing: readonly string[];
  };
}

/** The table of what has been trained so far. */
export function comparisonOf(plan: ComparisonPlan, runs: readonly ComparedRun[]): Comparison {
  const { recipe, methods, seeds, epochs, settings, validated } = plan;
  const differing = [...new Set(methods.flatMap((planned) => planned.differing))];
  const column = recipe.benchmark && differing.length === 0 ? recipe.column : undefined;
  const rows = methods.flatMap(({ method }) => {
    const results = runs.flatMap((run) => (run.method === method.name && run.result ? [run.result] : []));
    return method.rows.map(({ prediction, title, results: published }) => ({
      ...{ method: method.name, prediction, title, runs: results.length, ...accuraciesOf(results, prediction) },
      ...meanIouOf(results, prediction),
      ...(column !== undefined && { paper: published[column] }),
    }));
  });
  const paper = { source: "Table 10", epochs: paperEpochs, runs: paperRuns, differing };
  return {
    ...{
      recipe: recipe.name,
      epochs,
      seeds,
      settings: settings.flatMap(withoutFolder),
      at: validated ? "best" : "last",
      rows,
      runs,
    },
    ...(recipe.benchmark && { paper }),
  };
}

function accuraciesOf(results: readonly RunResult[], prediction: Prediction): Accuracies {
  const over = (key: "train" | "validation" | Prediction) =>
    meanAndStd(results.flatMap(({ [key]: value }) => (value === undefined ? [] : [value])));
  const [train, validation, test] = [over("train"), over("validation"), over(prediction)];
  return { ...(train && { train }), ...(validation && { validation }), ...(test && { test }) };
}

function meanIouOf(results: readonly RunResult[], prediction: Prediction): Pick<ComparisonRow, "meanIou"> {
  const over = meanAndStd(results.flatMap(({ meanIou }) => (meanIou === undefined ? [] : [meanIou[prediction]])));
  return over ? { meanIou: over } : {};
}

function withoutFolder(setting: string): string[] {
  const { path, value } = parseSetting(setting);
  const key = path.join(".");
  if (key === "dataset.folder") return [];
  if (key !== "dataset" || typeof value !== "object" || value === null || !("folder" in value)) return [setting];
  const { folder: _, ...others } = value;
  return [`dataset=${JSON.stringify(others)}`];
}
