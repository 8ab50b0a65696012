import { BayesBinnError } from "../../native/errors.js";
import type { Config } from "../config.js";
import { isTaskSequence } from "./check-continual.js";

/** A configuration whose data set is a sequence of tasks. */
export type ContinualConfig = Config & { readonly continual: NonNullable<Config["continual"]> };

/** Whether a configuration trains on tasks one after the other. */
export function isContinual(config: Config): config is ContinualConfig {
  return isTaskSequence(config.dataset.name);
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
