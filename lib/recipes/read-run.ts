import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";

import { exists } from "../data/exists.js";
import { type RunFileName, RunFolder } from "../io/run-folder.js";
import { BayesBinnError } from "../native/errors.js";
import { checkOptions } from "../options/check.js";
import { showText } from "../options/show.js";
import { type Config, checkConfig } from "./config.js";
import { readConfigFile, readJsonObject } from "./resolve-config.js";
import { type RunRecord, runRecordSchema } from "./run-record.js";

/**
 * The configuration of a run.
 *
 * @param path the run folder
 * @throws BayesBinnError `ERR_CONFIG` for a folder that is no run
 */
export async function readRunConfig(path: string): Promise<Config> {
  if (!(await hasFile(path, "config"))) {
    const accepted = "a folder that `bayesbinn train` wrote";
    const message = `${showText(path)}: no run folder (it has no ${RunFolder.files.config}); accepted: ${accepted}`;
    throw new BayesBinnError("ERR_CONFIG", message, { path, accepted });
  }
  return checkConfig(await readConfigFile(join(path, RunFolder.files.config)));
}

/** The `run.json` of a run; `undefined` where it was stopped before it had one. */
export async function readRunRecord(path: string): Promise<RunRecord | undefined> {
  if (!(await hasFile(path, "run"))) return undefined;
  const file = join(path, RunFolder.files.run);
  return checkOptions(runRecordSchema, await readJsonObject(file), file);
}

const endSchema = z.looseObject({ epochs: z.int().min(1), stopped: z.enum(["early", "stopAfter"]).optional() });

/** How a run ended; `undefined` where it has not. */
export async function readRunEnd(path: string): Promise<z.output<typeof endSchema> | undefined> {
  if (!(await hasFile(path, "metrics"))) return undefined;
  const file = join(path, RunFolder.files.metrics);
  return checkOptions(endSchema, await readJsonObject(file), file);
}

/** Lines of the history of a run. */
export async function historyLength(path: string): Promise<number> {
  if (!(await hasFile(path, "history"))) return 0;
  return (await readFile(join(path, RunFolder.files.history), "utf8")).split("\n").length - 1;
}

/** Whether a run got so far; what else is wrong with a file, reading it says. */
export async function hasFile(path: string, name: RunFileName): Promise<boolean> {
  return exists(join(path, RunFolder.files[name]));
}
