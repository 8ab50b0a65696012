import { join } from "node:path";

import { RunFolder } from "../../io/run-folder.js";
import { BayesBinnError } from "../../native/errors.js";
import { valueAt } from "../../options/accepted.js";
import { show, showText } from "../../options/show.js";
import type { ContinualCallback } from "../../training/continual/continual-options.js";
import type { Config } from "../config.js";
import { isContinual } from "../continual/continual-config.js";
import type { ContinualSummary } from "../continual/continual-summary.js";
import { runContinual } from "../continual/run-continual.js";
import { differences } from "../differences.js";
import { findRecipe } from "../find-recipe.js";
import { readRunConfig } from "../read-run.js";
import { type ResolveOptions, resolveConfig } from "../resolve-config.js";
import { resumeRun } from "../resume-run.js";
import { runConfig } from "../run.js";
import type { RunListeners, RunOptions } from "../run-options.js";
import type { RunSummary } from "../run-report.js";
import { type RunStatus, runStatus } from "../run-status.js";
import { runFigures } from "./index.js";
import type { WantedRun } from "./run-figure.js";

/** A run of a recipe's figures that is about to begin, to go on or to be skipped. */
export interface TrainingForFigures {
  readonly name: string;
  /** From 1. */
  readonly number: number;
  readonly of: number;
  /** How far it has got before. */
  readonly status: RunStatus;
  /** The run folder. */
  readonly run: string;
}

/** Who is told how such a run goes. */
export interface TrainingListeners extends RunListeners {
  /** Of tasks in sequence. */
  readonly continualCallback?: ContinualCallback;
}

/** Options of {@link trainForFigures}. */
export interface TrainForFiguresOptions extends Pick<RunOptions, "device" | "threads" | "signal"> {
  /** Folder of the run folders; default `runs/figures-<recipe>`. */
  readonly out?: string;
  /** Default: that of the recipe. */
  readonly seed?: number;
  /** Default: those of the recipe. */
  readonly epochs?: number;
  /** Changes of single keys of every configuration, `path=value`; default: none. */
  readonly settings?: readonly string[];
  /** Before each run, also one that is skipped. What it returns is told how the run goes. */
  readonly onRun?: (run: TrainingForFigures, config: Config) => TrainingListeners | undefined;
  readonly onResult?: (run: TrainingForFigures, summary: RunSummary | ContinualSummary) => void;
}

/** Where the runs of a recipe's figures go by default. */
export function figuresFolder(recipe: string): string {
  return join("runs", `figures-${recipe}`);
}

/**
 * Trains of a recipe what its figures show, such as a run of each method that is compared, into
 * `<out>/<name>-seed<seed>`. Runs that have finished there are skipped, others resumed; on tasks in sequence none can be.
 *
 * @returns the run folders
 * @throws BayesBinnError `ERR_CONFIG` for an unknown recipe, for a run of another configuration in the folder, and for one on
 *   tasks in sequence that did not finish; `ERR_OPTION_*`; what training throws; after an abort the signal's reason
 */
export async function trainForFigures(
  recipe: string,
  { out = figuresFolder(recipe), settings = [], seed, epochs, onRun, onResult, ...rest }: TrainForFiguresOptions = {},
): Promise<string[]> {
  const overrides = { ...(seed !== undefined && { seed }), ...(epochs !== undefined && { epochs }) };
  const own = await resolveConfig(findRecipe(recipe).name, settings, overrides);
  const jobs: { name: string; config: Config; run: string }[] = [];
  for (const wanted of wantedOf(own)) {
    const config = await resolveConfig(recipe, [...(wanted.settings ?? []), ...settings], {
      ...methodOf(wanted, own),
      ...overrides,
    });
    jobs.push({ name: wanted.name, config, run: join(out, `${wanted.name}-seed${config.seed}`) });
  }
  for (const { run, config } of jobs) {
    await requireSame(run, config);
    await requireResumable(run, config);
  }
  for (const [index, { name, config, run }] of jobs.entries()) {
    rest.signal?.throwIfAborted();
    const status = await runStatus(run);
    const told = { name, number: index + 1, of: jobs.length, status, run };
    const options = { ...rest, ...onRun?.(told, config) };
    if (status !== "finished") onResult?.(told, await train(config, run, status, options));
  }
  return jobs.map(({ run }) => run);
}

async function train(
  config: Config,
  run: string,
  status: RunStatus,
  { continualCallback = {}, ...options }: TrainingListeners & Pick<RunOptions, "device" | "threads" | "signal">,
): Promise<RunSummary | ContinualSummary> {
  if (isContinual(config)) return runContinual(config, { ...options, continualCallback, out: run });
  return status === "absent" ? runConfig(config, { ...options, out: run }) : resumeRun(run, options);
}

/** The runs that figures of a recipe want, each once. */
function wantedOf(config: Config): WantedRun[] {
  const wanted = runFigures.filter(({ fits }) => fits(config, finishedFiles)).flatMap((figure) => figure.wanted);
  if (wanted.length === 0) return [{ name: config.optimizer.name }];
  return [...new Map(wanted.map((run) => [run.name, run])).values()];
}

/** What the folder of a finished run may have. */
const finishedFiles: ReadonlySet<string> = new Set(Object.values(RunFolder.files));

/** The recipe's own settings where they are of this method, which need not be those of the paper's Table 9. */
function methodOf({ method }: WantedRun, { optimizer }: Config): Pick<ResolveOptions, "method"> {
  return method === undefined || method === optimizer.name ? {} : { method };
}

/** Data may lie elsewhere meanwhile. */
const movable: ReadonlySet<string> = new Set(["dataset.folder"]);

async function requireSame(run: string, wanted: Config): Promise<void> {
  if ((await runStatus(run)) === "absent") return;
  const there = await readRunConfig(run);
  const [key] = differences(there, wanted, movable);
  if (key === undefined) return;
  const [is, not] = [there, wanted].map((value) => show(valueAt(value, key.split("."))));
  const message = `${showText(run)}: a run of another configuration, whose ${key} is ${is} and not ${not}; give another folder`;
  throw new BayesBinnError("ERR_CONFIG", message, { path: run, key });
}

/** Runs on tasks in sequence have no checkpoints. */
async function requireResumable(run: string, config: Config): Promise<void> {
  if (!isContinual(config) || (await runStatus(run)) !== "started") return;
  const accepted = "to remove the folder, or to give another one";
  const message = `${showText(run)}: a run on tasks in sequence that did not finish, and such runs cannot be resumed; accepted: ${accepted}`;
  throw new BayesBinnError("ERR_CONFIG", message, { path: run, accepted });
}
