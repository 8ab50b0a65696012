import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";

import type { TrainingCurves } from "../../figures/training-curves.js";
import { RunFolder } from "../../io/run-folder.js";
import { BayesBinnError } from "../../native/errors.js";
import { showText } from "../../options/show.js";
import type { FigureRun } from "./figure-run.js";

// A number that is none is null in JSON.
const metrics = z.object({
  loss: z.number().nullable(),
  accuracy: z.number().optional(),
  meanIou: z.number().optional(),
});

const record = z.object({
  epoch: z.int().min(1),
  /** Of tasks in sequence. */
  task: z.int().min(1).optional(),
  train: metrics,
  validation: metrics.optional(),
  test: metrics.optional(),
});

/**
 * The epochs of a run; of tasks in sequence, one after the other.
 *
 * @throws BayesBinnError `ERR_CONFIG` for a file that no run wrote
 */
export async function readHistory({ path, config }: FigureRun): Promise<TrainingCurves["runs"][number]["epochs"]> {
  const file = join(path, RunFolder.files.history);
  try {
    const lines = (await readFile(file, "utf8")).split("\n").filter((line) => line !== "");
    return lines.map((line) => {
      const { epoch, task = 1, ...rest } = record.parse(JSON.parse(line));
      return { ...rest, epoch: (task - 1) * config.epochs + epoch } as TrainingCurves["runs"][number]["epochs"][number];
    });
  } catch (cause) {
    const message = `${showText(file)}: not the history of a run`;
    throw new BayesBinnError("ERR_CONFIG", message, { path: file }, { cause });
  }
}
