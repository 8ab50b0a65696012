import { join } from "node:path";

import { BayesBinnError, type ErrorCode } from "../../native/errors.js";
import { loadData } from "../assemble.js";
import type { Config } from "../config.js";
import { readRunConfig } from "../read-run.js";
import { type ResumeOptions, resumeRun } from "../resume-run.js";
import { runConfig } from "../run.js";
import type { RunListeners, RunOptions } from "../run-options.js";
import type { RunSummary } from "../run-report.js";
import { type RunStatus, runStatus } from "../run-status.js";
import { type ComparedRun, type Comparison, comparisonOf, type RunFailure } from "./comparison.js";
import { ComparisonFolder } from "./folder.js";
import { type ComparisonPlan, type PlannedMethod, type PlanOptions, planComparison } from "./plan.js";
import { readResult } from "./run-result.js";

/** A run that is about to begin, to go on or to be skipped. */
export interface ComparisonRun {
  readonly method: string;
  readonly seed: number;
  /** From 1. */
  readonly number: number;
  /** Runs of the comparison. */
  readonly of: number;
  /** How far it has got before. */
  readonly status: RunStatus;
  /** The run folder. */
  readonly run: string;
}

/** Who is told how a comparison goes. */
export interface ComparisonListeners {
  /** The folder is there, and no run has begun. */
  readonly onFolder?: (path: string) => void;
  /** Before each run, also one that has finished before and is skipped. What it returns is told how the run goes. */
  readonly onRun?: (run: ComparisonRun) => RunListeners | undefined;
  readonly onResult?: (run: ComparisonRun, summary: RunSummary) => void;
  readonly onFailure?: (run: ComparisonRun, failure: RunFailure) => void;
}

/** Options of {@link compareMethods}. */
export interface CompareOptions
  extends PlanOptions,
    ComparisonListeners,
    Pick<RunOptions, "device" | "threads" | "checkpointEvery" | "keepCheckpoints" | "signal" | "out"> {}

/**
 * Trains a recipe with several methods under equal conditions, the comparison of the paper's Table 2. For a seed, all
 * methods have the same validation part and the same order of samples and augmentation in every epoch; each has its settings
 * of Table 9, with schedules as long as the training, see {@link methods}.
 *
 * Everything is written to a folder, see {@link ComparisonFolder}, the tables after each run. Called again with the folder
 * of a comparison that was interrupted it goes on: finished runs are skipped, an unfinished one is resumed. The
 * tables are of all finished runs in the folder: other seeds or methods are added to those that were there before. A run
 * that fails by itself, as by a loss that is no number or files that cannot be read, stands in the tables as failed.
 *
 * @example
 * const { rows } = await compareMethods("mnist-mlp", { methods: ["bayesbinn", "ste"], seeds: [1, 2, 3], epochs: 5 });
 * for (const { title, test } of rows) console.log(title, test?.mean, test?.std);
 *
 * Options:
 * - `methods`: names of methods, in the order of the table. Default: all that there are settings of for the recipe.
 * - `seeds`: integers >= 0, each a run of every method. Default `[1, 2, 3, 4, 5]`.
 * - `epochs`: length of each training and of its schedules. Default: that of the recipe.
 * - `settings`: changes of single keys of every configuration, `path=value`. Default `[]`.
 * - `out`: the folder. Default: the first free one of `runs/compare-<recipe>`, `runs/compare-<recipe>-2` and so on.
 * - `device`, `threads`, `checkpointEvery`, `keepCheckpoints`, `signal`: as of `runConfig`. Default: as there.
 * - `onFolder`, `onRun`, `onResult`, `onFailure`: functions that are told how it goes.
 *
 * @throws BayesBinnError `ERR_CONFIG` for an unknown recipe, for a setting of what the comparison decides, and for a folder with
 *   runs of another configuration; `ERR_OUTPUT` for one with other content; `ERR_OPTION_*`; what concerns all runs, such as
 *   `ERR_DATASET_MISSING`; after an abort the signal's reason
 */
export async function compareMethods(recipe: string, options: CompareOptions = {}): Promise<Comparison> {
  const { methods, seeds, epochs, settings, out, ...rest } = options;
  const plan = await planComparison(recipe, { methods, seeds, epochs, settings });
  // Data that are not there leave no folder.
  await loadData(plan.methods[0]!.config(plan.seeds[0]!));
  options.signal?.throwIfAborted();
  const folder = await ComparisonFolder.open(plan, out);
  try {
    return await trainAll(folder, plan, rest);
  } finally {
    await folder.close();
  }
}

async function trainAll(
  folder: ComparisonFolder,
  plan: ComparisonPlan,
  options: Omit<CompareOptions, keyof PlanOptions | "out">,
): Promise<Comparison> {
  // Seed by seed, so that an unfinished table has all methods.
  const jobs = plan.seeds.flatMap((seed) => plan.methods.map((planned) => ({ ...planned, seed })));
  const runs = await knownRuns(folder, jobs);
  const table = () => comparisonOf(folder.plan, [...runs.values()]);
  await folder.write(table());
  options.onFolder?.(folder.path);
  for (const [index, job] of jobs.entries()) {
    options.signal?.throwIfAborted();
    const run = await train(folder.path, { ...job, number: index + 1, of: jobs.length }, options);
    runs.set(run.folder, run);
    await folder.write(table());
  }
  return table();
}

/** What is known before anything is trained, in the order of the tables: of all runs to come, and of finished ones beside. */
async function knownRuns(
  { path, plan }: ComparisonFolder,
  jobs: readonly Pick<Job, "method" | "seed">[],
): Promise<Map<string, ComparedRun>> {
  const planned = new Set(jobs.map(({ method, seed }) => ComparisonFolder.runName(method.name, seed)));
  const known = new Map<string, ComparedRun>();
  for (const seed of plan.seeds) {
    for (const { method } of plan.methods) {
      const folder = ComparisonFolder.runName(method.name, seed);
      const finished = (await runStatus(join(path, folder))) === "finished";
      if (!finished && !planned.has(folder)) continue;
      known.set(folder, { method: method.name, seed, folder, ...(finished && (await resultOf(join(path, folder)))) });
    }
  }
  return known;
}

/** The result of a finished run or, where its files cannot be read, why there is none. */
async function resultOf(run: string): Promise<Pick<ComparedRun, "result" | "failure">> {
  try {
    return { result: await readResult(run) };
  } catch (error) {
    if (!isOfRun(error)) throw error;
    return { failure: { code: error.code, message: error.message } };
  }
}

interface Job extends PlannedMethod {
  readonly seed: number;
  readonly number: number;
  readonly of: number;
}

async function train(
  path: string,
  job: Job,
  options: Omit<CompareOptions, keyof PlanOptions | "out">,
): Promise<ComparedRun> {
  const { onRun, onResult, onFailure, onFolder: _, ...shared } = options;
  const { method, seed, number, of, config } = job;
  const folder = ComparisonFolder.runName(method.name, seed);
  const compared = { method: method.name, seed, folder };
  const run = join(path, folder);
  const status = await runStatus(run);
  const told: ComparisonRun = { method: method.name, seed, number, of, status, run };
  const runOptions = { ...shared, ...onRun?.(told) };
  try {
    if (status === "absent") onResult?.(told, await runConfig(config(seed), { ...runOptions, out: run }));
    if (status === "started") {
      onResult?.(told, await resumeRun(run, { ...runOptions, ...(await moved(run, config(seed))) }));
    }
    return { ...compared, result: await readResult(run) };
  } catch (error) {
    if (options.signal?.aborted || !isOfRun(error)) throw error;
    const failure = { code: error.code, message: error.message };
    onFailure?.(told, failure);
    return { ...compared, failure };
  }
}

/** Where the data of a run lie, if that is another folder than when it began. */
async function moved(run: string, { dataset }: Config): Promise<Pick<ResumeOptions, "dataFolder">> {
  const { folder } = dataset;
  const begun = await readRunConfig(run);
  return typeof folder === "string" && folder !== begun.dataset.folder ? { dataFolder: folder } : {};
}

/** Codes of what would stop every other run as well. */
const ofAll: ReadonlySet<ErrorCode> = new Set([
  "ERR_BINDING_LOAD",
  "ERR_DATASET_FORMAT",
  "ERR_DATASET_MISSING",
  "ERR_DEVICE_UNAVAILABLE",
  "ERR_INTERNAL",
]);

function isOfRun(error: unknown): error is BayesBinnError {
  return error instanceof BayesBinnError && !ofAll.has(error.code);
}
