import { BayesBinnError } from "../native/errors.js";
import type { NamedDataset } from "./named-dataset.js";

/** Whether a data set can be used as it is. */
export interface DatasetStatus {
  readonly name: string;
  readonly description: string;
  /** `asks`: it has an option that must be given; `missing`: its files are not there; `broken`: they cannot be read. */
  readonly state: "ready" | "asks" | "missing" | "broken";
  /** Where its files are; absent for data that need none. */
  readonly folder?: string;
  /** How many samples; only after loading. */
  readonly samples?: { readonly train: number; readonly test: number };
  /** Why it is not ready. */
  readonly problem?: string;
}

/**
 * Looks for the files of a data set, without options.
 *
 * @param load whether to read them as well, which finds damaged ones
 */
export async function datasetStatus(
  dataset: NamedDataset,
  { load = false }: { readonly load?: boolean } = {},
): Promise<DatasetStatus> {
  const { name, description, options } = dataset;
  const common = { name, description };
  const required = Object.keys(options.shape).filter((key) => !options.shape[key].safeParse(undefined).success);
  if (required.length > 0) return { ...common, state: "asks", problem: `give the option ${required.join(", ")}` };
  try {
    const folder = await dataset.locate?.();
    const found = { ...common, state: "ready", ...(folder !== undefined && { folder }) } as const;
    if (!load) return found;
    const { train, test } = await dataset.load();
    return { ...found, samples: { train: train.length, test: test.length } };
  } catch (error) {
    const missing = error instanceof BayesBinnError && error.code === "ERR_DATASET_MISSING";
    const problem = error instanceof Error ? error.message : String(error);
    return { ...common, state: missing ? "missing" : "broken", problem };
  }
}
