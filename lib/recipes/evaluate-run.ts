import { join } from "node:path";

import { RunFolder } from "../io/run-folder.js";
import type { Metrics } from "../model/metrics.js";
import { Model } from "../model/model.js";
import type { DeviceName } from "../native/contract.js";
import { BayesBinnError } from "../native/errors.js";
import { createModel, loadData } from "./assemble.js";
import { evaluationBatch } from "./evaluation-batch.js";
import { hasFile, readRunConfig } from "./read-run.js";
import type { splits, weightChoices } from "./run-choices.js";

/** Options of {@link evaluateRun}. */
export interface EvaluateRunOptions {
  /** Default `best`: those of the best validation epoch. */
  readonly weights?: (typeof weightChoices)[number];
  /** Default `test`. */
  readonly split?: (typeof splits)[number];
  /** Weight samples of the mean prediction; default: those of the run's configuration. */
  readonly samples?: number;
  /** Default `auto`. */
  readonly device?: DeviceName;
  /** Compute threads; default: one for each core. */
  readonly threads?: number;
  readonly signal?: AbortSignal;
}

/** What {@link evaluateRun} found. */
export interface RunEvaluation {
  readonly recipe: string;
  readonly weights: string;
  readonly split: string;
  readonly mode: Metrics;
  readonly mean: Metrics & { readonly samples: number };
  readonly run: string;
}

/**
 * Evaluates the weights of a run again, on the same split of the data.
 *
 * @param path the run folder
 * @throws BayesBinnError `ERR_CONFIG` for a folder that is no run, `ERR_CHECKPOINT_FORMAT` for a file that is no model, and
 *   what loading the data throws
 */
export async function evaluateRun(path: string, options: EvaluateRunOptions = {}): Promise<RunEvaluation> {
  const { weights = "best", split = "test", device, threads, signal } = options;
  const config = await readRunConfig(path);
  const file = join(path, RunFolder.files[weights]);
  if (!(await hasFile(path, weights))) {
    throw new BayesBinnError("ERR_CONFIG", `${file}: no such file; the run did not get so far`, { path: file });
  }
  const data = await loadData(config);
  const dataset = data[split];
  if (dataset === undefined) {
    throw new BayesBinnError("ERR_CONFIG", `${path}: the run held back no ${split} samples`, { path, value: split });
  }
  await using model = await Model.load(file, {
    maxBatch: evaluationBatch(createModel(config, dataset)),
    ...(device !== undefined && { device }),
    ...(threads !== undefined && { threads }),
  });
  const abortable = signal === undefined ? {} : { signal };
  const { samples: _, ...mode } = await model.evaluate(dataset, abortable);
  const mean = await model.evaluate(dataset, { ...abortable, samples: options.samples ?? config.evaluation.samples });
  return { recipe: config.name, weights, split, mode, mean, run: path };
}
