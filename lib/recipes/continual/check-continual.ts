import { taskSequences } from "../../data/tasks/index.js";
import { BayesBinnError } from "../../native/errors.js";
import { show } from "../../options/show.js";
import type { Config } from "../config.js";

/** A configuration whose data set is a sequence of tasks. */
export type ContinualConfig = Config & { readonly continual: NonNullable<Config["continual"]> };

/** Whether a configuration trains on tasks one after the other. */
export function isContinual(config: Config): config is ContinualConfig {
  return taskSequences.some(({ name }) => name === config.dataset.name);
}

/**
 * Refuses a configuration of tasks where one training and one test set are needed.
 *
 * @throws BayesBinnError `ERR_CONFIG`
 */
export function requireOneDataset(config: Config): void {
  if (!isContinual(config)) return;
  const { name, dataset } = config;
  const message = `${name}: ${dataset.name} is a sequence of tasks, accepted: a single data set; what a run on tasks found stands in its continual.json`;
  throw new BayesBinnError("ERR_CONFIG", message, { path: "dataset.name", value: dataset.name });
}

/**
 * Fills in the settings of continual learning where the data set is a sequence of tasks.
 *
 * @throws BayesBinnError `ERR_CONFIG` for such settings without a sequence, and for what tasks have no use for
 */
export function checkContinual(config: Config, defaults: () => ContinualConfig["continual"]): Config {
  const { dataset, continual, augmentation, earlyStopping } = config;
  if (!isContinual(config)) {
    if (continual === undefined) return config;
    throw misfit("continual", continual, `a data set of tasks: ${taskSequences.map(({ name }) => name).join(", ")}`);
  }
  if (augmentation.length > 0) throw misfit("augmentation", augmentation, `none for the tasks of ${dataset.name}`);
  if (earlyStopping !== undefined)
    throw misfit("earlyStopping", earlyStopping, `none for the tasks of ${dataset.name}`);
  return continual === undefined ? { ...config, continual: defaults() } : config;
}

function misfit(path: string, value: unknown, accepted: string): BayesBinnError {
  return new BayesBinnError("ERR_CONFIG", `${path}: ${show(value)} given, accepted: ${accepted}`, {
    path,
    value,
    accepted,
  });
}
