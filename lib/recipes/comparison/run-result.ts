import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { RunFolder } from "../../io/run-folder.js";
import { BayesBinnError } from "../../native/errors.js";
import { checkOptions } from "../../options/check.js";
import { showText } from "../../options/show.js";
import { readConfigFile } from "../resolve-config.js";

/** The numbers of a finished run that are compared: accuracies as fractions, at the best validation epoch. */
export interface RunResult {
  /** From 1. */
  readonly bestEpoch: number;
  /** Over the steps of that epoch. As all of them, absent for a loss without classes. */
  readonly train: number | undefined;
  /** Absent also where nothing was held back. */
  readonly validation: number | undefined;
  /** Of the test set, as is `mean`. */
  readonly mode: number | undefined;
  readonly mean: number | undefined;
  /** Mean intersection over union on the test set; absent but where a class of each pixel is predicted. */
  readonly meanIou?: { readonly mode: number; readonly mean: number };
}

const metrics = z.object({ accuracy: z.number().optional(), meanIou: z.number().optional() });
const summary = z.object({
  bestEpoch: z.int().min(1),
  validation: metrics.optional(),
  test: z.object({ mode: metrics, mean: metrics }),
});
const record = z.object({ epoch: z.int(), train: metrics });

/**
 * The result of the run in `folder`, which has finished.
 *
 * @throws BayesBinnError `ERR_CONFIG`, `ERR_OPTION_TYPE` or `ERR_OPTION_RANGE` for files that no run wrote
 */
export async function readResult(folder: string): Promise<RunResult> {
  const file = join(folder, RunFolder.files.metrics);
  const { bestEpoch, validation, test } = checkOptions(summary, await readConfigFile(file), file);
  const [mode, mean] = [test.mode.meanIou, test.mean.meanIou];
  return {
    bestEpoch,
    train: await trainAccuracy(join(folder, RunFolder.files.history), bestEpoch),
    validation: validation?.accuracy,
    mode: test.mode.accuracy,
    mean: test.mean.accuracy,
    ...(mode !== undefined && mean !== undefined && { meanIou: { mode, mean } }),
  };
}

async function trainAccuracy(file: string, epoch: number): Promise<number | undefined> {
  const line = (await lines(file)).find((entry) => entry.epoch === epoch);
  if (line !== undefined) return line.train.accuracy;
  throw new BayesBinnError("ERR_CONFIG", `${showText(file)}: no line of epoch ${epoch}, the best one`, { path: file });
}

async function lines(file: string): Promise<z.output<typeof record>[]> {
  try {
    const text = await readFile(file, "utf8");
    return text.split("\n").flatMap((line) => (line === "" ? [] : record.parse(JSON.parse(line))));
  } catch (cause) {
    throw new BayesBinnError("ERR_CONFIG", `${showText(file)}: not the history of a run`, { path: file }, { cause });
  }
}
