import { readFile } from "node:fs/promises";
import { resolve } from "node:path";

import { BayesBinnError } from "../native/errors.js";
import { show, showText } from "../options/show.js";
import { type Config, type ConfigInput, checkConfig, commonKeys } from "./config.js";
import { findRecipe } from "./find-recipe.js";
import { findMethod } from "./methods/find-method.js";
import type { MethodName, methods } from "./methods/index.js";
import { presetConfig } from "./preset.js";
import { applySettings, type Draft, parseSetting, type Setting } from "./setting.js";

/** What {@link resolveConfig} puts over a recipe or a file. */
export interface ResolveOptions extends Partial<ConfigInput> {
  /** Settings of another method in place of those of the recipe; see {@link methods}. */
  readonly method?: MethodName;
}

/**
 * The complete configuration of a run.
 *
 * A relative `dataset.folder`, also one of a configuration file, counts from the current folder and becomes absolute, so
 * that the configuration of a run can be used from anywhere.
 *
 * @example
 * const config = await resolveConfig("mnist-mlp", ["model.hiddenUnits=256"], { method: "ste", epochs: 20 });
 *
 * @param source name of a recipe, or path of a configuration file (with a `/` or ending in `.json`)
 * @param settings changes of single keys, `path=value`; see {@link parseSetting}
 * @param options `method`, for a recipe: settings of a method of the paper's Table 9, with schedules as long as the training,
 *   below `settings`; and keys of a configuration, which go over everything
 * @throws BayesBinnError `ERR_CONFIG` for an unknown recipe, a method without settings for it, a file that cannot be read or a
 *   file with a method;
 *   `ERR_OPTION_UNKNOWN`, `ERR_OPTION_TYPE` or `ERR_OPTION_RANGE` for what the schema refuses, or an unknown method
 */
export async function resolveConfig(
  source: string,
  settings: readonly string[] = [],
  { method, ...overrides }: ResolveOptions = {},
): Promise<Config> {
  const changes = settings.map(parseSetting);
  const input = /[/\\]|\.json$/.test(source)
    ? await fileConfig(source, method)
    : recipeConfig(source, method, overrides.epochs ?? lastOf("epochs", changes));
  return withAbsoluteFolder(checkConfig({ ...applySettings(input as Draft, changes, commonKeys), ...overrides }));
}

function withAbsoluteFolder(config: Config): Config {
  const { folder } = config.dataset;
  return typeof folder === "string" ? { ...config, dataset: { ...config.dataset, folder: resolve(folder) } } : config;
}

/** @param epochs as given, unchecked: what is no number of epochs, the schema refuses later */
function recipeConfig(name: string, method: string | undefined, epochs: unknown): ConfigInput {
  const recipe = findRecipe(name, "a file whose name ends in .json");
  if (method === undefined) return recipe.config;
  const length = Number.isInteger(epochs) && Number(epochs) >= 1 ? Number(epochs) : recipe.config.epochs;
  return presetConfig({ recipe, method: findMethod(method) }, length);
}

async function fileConfig(path: string, method: string | undefined): Promise<Draft> {
  if (method === undefined) return readConfigFile(path);
  const message = `method: ${show(method)} needs a recipe, but ${showText(path)} is a file, which has an optimizer of its own`;
  throw new BayesBinnError("ERR_CONFIG", message, { path: "method", value: method, accepted: "a recipe" });
}

/** The value that a key at the top ends up with; `undefined` where it is not set. */
function lastOf(key: string, settings: readonly Setting[]): unknown {
  return settings.findLast(({ path }) => path.length === 1 && path[0] === key)?.value;
}

/** Reads a configuration as written, unchecked. */
export async function readConfigFile(path: string): Promise<Draft> {
  return readJsonObject(path, "a configuration, which is a JSON object");
}

/** Reads a JSON file that holds an object. */
export async function readJsonObject(path: string, what = "a JSON object"): Promise<Draft> {
  let value: unknown;
  try {
    value = JSON.parse(await readFile(path, "utf8"));
  } catch (cause) {
    const reason = cause instanceof SyntaxError ? `not JSON: ${cause.message}` : fileReason(cause);
    throw new BayesBinnError("ERR_CONFIG", `${showText(path)}: ${reason}`, { path }, { cause });
  }
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Draft;
  throw new BayesBinnError("ERR_CONFIG", `${showText(path)}: not ${what}`, { path });
}

function fileReason(error: unknown): string {
  const { code } = error as NodeJS.ErrnoException;
  if (code === "ENOENT" || code === "ENOTDIR") return "no such file; accepted: a configuration (JSON) or a recipe";
  return `cannot be read (${code ?? String(error)})`;
}
