import { join } from "node:path";

import type { Dataset } from "../data/dataset.js";
import { RunFolder } from "../io/run-folder.js";
import { Model } from "../model/model.js";
import type { DeviceName } from "../native/contract.js";
import { BayesBinnError } from "../native/errors.js";
import { createModel, type RunData } from "./assemble.js";
import type { Config } from "./config.js";
import { evaluationBatch } from "./evaluation-batch.js";
import { hasFile } from "./read-run.js";
import type { splits, weightChoices } from "./run-choices.js";

/** Where a model computes. */
export interface ModelPlace {
  /** Default `auto`. */
  readonly device?: DeviceName | undefined;
  /** Compute threads; default: one for each core. */
  readonly threads?: number | undefined;
}

/**
 * The file of the weights of a run.
 *
 * @throws BayesBinnError `ERR_CONFIG` where there are none yet
 */
export async function weightsFile(path: string, weights: (typeof weightChoices)[number]): Promise<string> {
  const file = join(path, RunFolder.files[weights]);
  if (await hasFile(path, weights)) return file;
  throw new BayesBinnError("ERR_CONFIG", `${file}: no such file; the run did not get so far`, { path: file });
}

/**
 * A part of the samples of the run in the folder `path`.
 *
 * @throws BayesBinnError `ERR_CONFIG` where the run held none back
 */
export function splitOf(path: string, data: RunData, split: (typeof splits)[number]): Dataset {
  const dataset = data[split];
  if (dataset !== undefined) return dataset;
  throw new BayesBinnError("ERR_CONFIG", `${path}: the run held back no ${split} samples`, { path, value: split });
}

/** The network of a run with the weights of a file, with memory for evaluations on samples as those of `dataset`. */
export function openModel(file: string, config: Config, dataset: Dataset, place: ModelPlace): Promise<Model> {
  const { device, threads } = place;
  return Model.load(file, {
    maxBatch: evaluationBatch(createModel(config, dataset)),
    cuda: config.cuda,
    ...(device !== undefined && { device }),
    ...(threads !== undefined && { threads }),
  });
}
