import { taskSequences } from "../../data/tasks/index.js";
import { BayesBinnError } from "../../native/errors.js";
import { show } from "../../options/show.js";

/** The parts of a configuration that tasks have a say in. */
interface Parts {
  readonly dataset: { readonly name: string };
  readonly augmentation: readonly unknown[];
  readonly earlyStopping?: object | undefined;
  readonly continual?: object | undefined;
}

/** Whether a data set of this name is a sequence of tasks. */
export function isTaskSequence(dataset: string): boolean {
  return taskSequences.some(({ name }) => name === dataset);
}

/**
 * Fills in the settings of continual learning where the data set is a sequence of tasks.
 *
 * @throws BayesBinnError `ERR_CONFIG` for such settings without a sequence, and for what tasks have no use for
 */
export function checkContinual<Config extends Parts>(config: Config, defaults: () => Config["continual"]): Config {
  const { dataset, continual, augmentation, earlyStopping } = config;
  if (!isTaskSequence(dataset.name)) {
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
