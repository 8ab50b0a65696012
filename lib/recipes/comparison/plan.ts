import { z } from "zod";

import { BayesBinnError } from "../../native/errors.js";
import { checkOptions } from "../../options/check.js";
import { type Config, checkConfig } from "../config.js";
import { requireOneDataset } from "../continual/continual-config.js";
import { differences } from "../differences.js";
import { findRecipe } from "../find-recipe.js";
import { findMethod } from "../methods/find-method.js";
import { type MethodName, methodNames } from "../methods/index.js";
import type { Method } from "../methods/method.js";
import { methodsOf, presetConfig } from "../preset.js";
import type { Recipe } from "../recipe.js";
import { resolveConfig } from "../resolve-config.js";
import { parseSetting } from "../setting.js";
import { mostSeeds } from "./most-seeds.js";

const once = (values: readonly unknown[]) => new Set(values).size === values.length;
const twice = { params: { code: "ERR_OPTION_RANGE" } };

/** What is compared. */
const planOptions = z.strictObject({
  methods: z
    .array(z.enum(methodNames as [MethodName, ...MethodName[]]))
    .min(1)
    .refine(once, { ...twice, error: "names of methods, each once" })
    .optional()
    .describe("Methods, in the order of the table; default: all that there are settings of for the recipe"),
  seeds: z
    .array(z.int().min(0))
    .min(1)
    .max(mostSeeds)
    .refine(once, { ...twice, error: "seeds, each once" })
    .default([1, 2, 3, 4, 5])
    .describe("Seeds, each of which is a run of every method"),
  epochs: z.int().min(1).optional().describe("Length of each training and of its schedules"),
  settings: z.array(z.string()).default([]).describe("Changes of single keys of every configuration, `path=value`"),
});

export type PlanOptions = z.input<typeof planOptions>;

/** Keys that a comparison decides for each run; a setting of them would make runs of one method out of another. */
const decided = new Set(["name", "seed", "optimizer", "optimizer.name", "model.weights"]);

/** A method in a comparison. */
export interface PlannedMethod {
  readonly method: Method;
  /** The configuration of its run with a seed. */
  readonly config: (seed: number) => Config;
  /** Paths of the keys in which its runs are another experiment than that of the paper's Table 10. */
  readonly differing: readonly string[];
}

/** What a comparison trains. */
export interface ComparisonPlan {
  readonly recipe: Recipe;
  readonly methods: readonly PlannedMethod[];
  readonly seeds: readonly number[];
  readonly epochs: number;
  /** Whether validation samples choose the epoch. */
  readonly validated: boolean;
  readonly settings: readonly string[];
}

/**
 * The configurations of all runs. For a seed they are alike in everything but optimizer and kind of weights.
 *
 * @throws BayesBinnError `ERR_CONFIG` for an unknown recipe and a setting of what the comparison decides; `ERR_OPTION_UNKNOWN`,
 *   `ERR_OPTION_TYPE`, `ERR_OPTION_RANGE`
 */
export async function planComparison(recipeName: string, options: PlanOptions): Promise<ComparisonPlan> {
  const recipe = findRecipe(recipeName);
  const checked = checkOptions(planOptions, options, "compare");
  const { methods = methodsOf(recipe).map(({ name }) => name), seeds, epochs, settings } = checked;
  for (const setting of settings) checkSetting(setting);
  const overrides = { seed: seeds[0]!, ...(epochs !== undefined && { epochs }) };
  const planned: PlannedMethod[] = [];
  for (const name of methods) {
    const method = findMethod(name);
    const config = await inMethod(name, () => resolveConfig(recipe.name, settings, { method: name, ...overrides }));
    requireOneDataset(config);
    const own = checkConfig(presetConfig({ recipe, method }, config.epochs));
    planned.push({ method, config: (seed) => ({ ...config, seed }), differing: differences(config, own) });
  }
  // Of any of them: in this they are alike.
  const { epochs: length, dataset } = planned[0]!.config(seeds[0]!);
  return {
    recipe,
    methods: planned,
    seeds,
    epochs: length,
    validated: (dataset.validationFraction ?? 0) > 0,
    settings,
  };
}

function checkSetting(text: string): void {
  const path = parseSetting(text).path.join(".");
  if (!decided.has(path)) return;
  const message = `--set: ${path} belongs to each run of a comparison, accepted: other keys; methods and seeds have options of their own`;
  throw new BayesBinnError("ERR_CONFIG", message, { path, value: text });
}

/** Says of which method options were refused: the same setting may fit another one. */
async function inMethod<T>(name: string, resolve: () => Promise<T>): Promise<T> {
  try {
    return await resolve();
  } catch (error) {
    const ofMethod =
      error instanceof BayesBinnError && /^(optimizer|realOptimizer)\b/.test(String(error.details["path"]));
    if (!ofMethod) throw error;
    throw new BayesBinnError(error.code, `${name}: ${error.message}`, error.details, { cause: error });
  }
}
