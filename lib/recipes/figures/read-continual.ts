import { join } from "node:path";
import { z } from "zod";

import { checkOptions } from "../../options/check.js";
import type { Config } from "../config.js";
import { readConfigFile } from "../resolve-config.js";
import type { FigureRun } from "./figure-run.js";
import type { WantedRun } from "./run-figure.js";

/** Of a run on tasks in sequence. */
const fileName = "continual.json";

const distribution = z.object({
  quantity: z.enum(["probability", "latent"]),
  low: z.number(),
  high: z.number(),
  counts: z.array(z.number()),
});

const schema = z.object({
  tasks: z.array(z.string()).min(1),
  epochsPerTask: z.number(),
  accuracyMatrix: z.array(z.array(z.number())).min(1),
  evaluations: z.array(z.object({ task: z.int().min(1), epoch: z.number(), accuracies: z.array(z.number()) })),
  distributions: z.array(
    distribution
      .nullable()
      .optional()
      .transform((value) => value ?? undefined),
  ),
});

/**
 * What a run on tasks in sequence wrote.
 *
 * @throws BayesBinnError `ERR_CONFIG`, `ERR_OPTION_TYPE` or `ERR_OPTION_RANGE` for a file that no run wrote
 */
export async function readContinual({ path }: FigureRun): Promise<z.output<typeof schema>> {
  const file = join(path, fileName);
  return checkOptions(schema, await readConfigFile(file), file);
}

/** Whether a run has gone through tasks in sequence. */
export function isContinualRun(config: Config, files: ReadonlySet<string>): boolean {
  return (config as { readonly continual?: unknown }).continual !== undefined && files.has(fileName);
}

/** The paper's comparison. */
export const priorOrNone: readonly WantedRun[] = [
  { name: "with-prior" },
  { name: "without-prior", settings: ["continual.prior=none"] },
];
