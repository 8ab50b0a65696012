import { join } from "node:path";
import { z } from "zod";

import { RunFolder } from "../../io/run-folder.js";
import { checkOptions } from "../../options/check.js";
import type { Config } from "../config.js";
import { isContinual } from "../continual/continual-config.js";
import { readConfigFile } from "../resolve-config.js";
import type { FigureRun } from "./figure-run.js";
import type { WantedRun } from "./run-figure.js";

const fileName = RunFolder.files.continual;

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
async function readContinual({ path }: FigureRun): Promise<z.output<typeof schema>> {
  const file = join(path, fileName);
  return checkOptions(schema, await readConfigFile(file), file);
}

/** The same of several runs, each with its label. */
export async function readLabelled(runs: readonly FigureRun[]) {
  const labels = priorLabels(runs);
  return Promise.all(runs.map(async (run, index) => ({ label: labels[index]!, ...(await readContinual(run)) })));
}

/** Whether a run has gone through tasks in sequence. */
export function isContinualRun(config: Config, files: ReadonlySet<string>): boolean {
  return isContinual(config) && files.has(fileName);
}

/** Labels of runs on tasks in sequence: what the prior of each is and, where that does not tell them apart, the run. */
function priorLabels(runs: readonly FigureRun[]): string[] {
  const priors = runs.map(({ config }) => names[config.continual?.prior ?? "none"]);
  return runs.map(({ label }, index) => {
    const prior = priors[index]!;
    return priors.filter((other) => other === prior).length === 1 ? prior : `${label}, ${prior}`;
  });
}

const names = {
  previous: "with prior",
  first: "with the first task as prior",
  none: "without prior",
} as const satisfies Record<NonNullable<Config["continual"]>["prior"], string>;

/** The paper's comparison. */
export const priorOrNone: readonly WantedRun[] = [
  { name: "with-prior" },
  { name: "without-prior", settings: ["continual.prior=none"] },
];
