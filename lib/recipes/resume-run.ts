import { rm } from "node:fs/promises";
import { join } from "node:path";

import { RunFolder } from "../io/run-folder.js";
import { type ConfigInput, checkConfig } from "./config.js";
import { readConfigFile } from "./resolve-config.js";
import { type RunOptions, runConfig } from "./run.js";
import type { RunSummary } from "./run-report.js";

/** Options of {@link resumeRun}. */
export type ResumeOptions = Omit<RunOptions, "out"> & {
  /** Another length of the training. */
  readonly epochs?: number;
};

/**
 * Goes on with a run that did not finish: from its beginning, since nothing is kept to go on from.
 *
 * @param folder the run folder
 * @throws BayesBinnError `ERR_CONFIG` for a folder that is no run, and what `runConfig` throws
 */
export async function resumeRun(folder: string, { epochs, ...options }: ResumeOptions = {}): Promise<RunSummary> {
  const input = (await readConfigFile(join(folder, RunFolder.files.config))) as ConfigInput;
  const config = checkConfig({ ...input, ...(epochs !== undefined && { epochs }) });
  await rm(folder, { recursive: true });
  return runConfig(config, { ...options, out: folder });
}
