import { join } from "node:path";

import { BayesBinnError } from "../../native/errors.js";
import { valueAt } from "../../options/accepted.js";
import { show, showText } from "../../options/show.js";
import { differences } from "../differences.js";
import { type MethodName, methodNames } from "../methods/index.js";
import { readRunConfig } from "../read-run.js";
import { runStatus } from "../run-status.js";
import { type ComparisonPlan, type PlannedMethod, planComparison } from "./plan.js";

/** A run that is in the folder of a comparison already. */
interface FoundRun {
  readonly method: MethodName;
  readonly seed: number;
  readonly path: string;
  readonly finished: boolean;
}

/**
 * The plan of a comparison, widened by the methods and seeds of finished runs in its folder. Methods of the plan come
 * first, seeds in ascending order.
 *
 * @param entries names in the folder
 * @throws BayesBinnError `ERR_CONFIG` for runs that this comparison would not have made, whatever method and seed: they
 *   would be mixed into one table
 */
export async function widenPlan(
  plan: ComparisonPlan,
  path: string,
  entries: readonly string[],
): Promise<ComparisonPlan> {
  const runs = await findRuns(path, entries);
  const named = plan.methods.flatMap(({ method }) => methodNames.filter((name) => name === method.name));
  for (const name of methodNames) {
    const own = runs.filter(({ method }) => method === name);
    if (own.length === 0) continue;
    const planned = plan.methods.find(({ method }) => method.name === name) ?? (await planOf(plan, name, own[0]!));
    for (const run of own) await checkRun(run, planned);
  }
  const finished = runs.filter((run) => run.finished);
  const methods = [...named, ...methodNames.filter((name) => finished.some(({ method }) => method === name))];
  const seeds = [...plan.seeds, ...finished.map(({ seed }) => seed)].sort((a, b) => a - b);
  return planLike(plan, [...new Set(methods)], [...new Set(seeds)]);
}

function planLike({ recipe, epochs, settings }: ComparisonPlan, methods: MethodName[], seeds: number[]) {
  return planComparison(recipe.name, { methods, seeds, epochs, settings: [...settings] });
}

/** Of a method that is in the folder alone. */
async function planOf(plan: ComparisonPlan, name: MethodName, { path, seed }: FoundRun): Promise<PlannedMethod> {
  try {
    return (await planLike(plan, [name], [seed])).methods[0]!;
  } catch (cause) {
    if (!(cause instanceof BayesBinnError)) throw cause;
    const message = `${showText(path)}: a run of another configuration, since these settings do not fit it (${cause.message}); give another folder`;
    throw new BayesBinnError("ERR_CONFIG", message, { path }, { cause });
  }
}

async function findRuns(path: string, entries: readonly string[]): Promise<FoundRun[]> {
  const runs: FoundRun[] = [];
  for (const entry of entries) {
    const [, name, digits] = /^(.+)-seed(0|[1-9]\d*)$/.exec(entry) ?? [];
    const method = methodNames.find((known) => known === name);
    if (method === undefined || !Number.isSafeInteger(Number(digits))) continue;
    const run = join(path, entry);
    const status = await runStatus(run);
    if (status !== "absent") runs.push({ method, seed: Number(digits), path: run, finished: status === "finished" });
  }
  return runs;
}

async function checkRun({ path, seed }: FoundRun, { config }: PlannedMethod): Promise<void> {
  const there = await readRunConfig(path);
  const wanted = config(seed);
  const [key] = differences(there, wanted, movable);
  if (key === undefined) return;
  const [is, not] = [there, wanted].map((value) => show(valueAt(value, key.split("."))));
  const message = `${showText(path)}: a run of another configuration, whose ${key} is ${is} and not ${not}; give another folder`;
  throw new BayesBinnError("ERR_CONFIG", message, { path, key });
}

/** Data may lie elsewhere meanwhile. */
const movable: ReadonlySet<string> = new Set(["dataset.folder"]);
