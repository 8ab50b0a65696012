import { readFile } from "node:fs/promises";
import { resolve } from "node:path";

import { BayesBinnError } from "../native/errors.js";
import { nearest } from "../options/nearest.js";
import { either, showText } from "../options/show.js";
import { type Config, type ConfigInput, checkConfig, commonKeys } from "./config.js";
import { recipes } from "./index.js";
import { applySettings, type Draft, parseSetting } from "./setting.js";

/**
 * The complete configuration of a run.
 *
 * A relative `dataset.folder`, also one of a configuration file, counts from the current folder and becomes absolute, so
 * that the configuration of a run can be used from anywhere.
 *
 * @param source name of a recipe, or path of a configuration file (with a `/` or ending in `.json`)
 * @param settings changes of single keys, `path=value`; see {@link parseSetting}
 * @param overrides what goes over both
 * @throws BayesBinnError `ERR_CONFIG` for an unknown recipe or a file that cannot be read; `ERR_OPTION_UNKNOWN`,
 *   `ERR_OPTION_TYPE` or `ERR_OPTION_RANGE` for what the schema refuses
 */
export async function resolveConfig(
  source: string,
  settings: readonly string[] = [],
  overrides: Partial<ConfigInput> = {},
): Promise<Config> {
  const changes = settings.map(parseSetting);
  const input = /[/\\]|\.json$/.test(source) ? await readConfigFile(source) : recipeConfig(source);
  return withAbsoluteFolder(checkConfig({ ...applySettings(input as Draft, changes, commonKeys), ...overrides }));
}

function withAbsoluteFolder(config: Config): Config {
  const { folder } = config.dataset;
  return typeof folder === "string" ? { ...config, dataset: { ...config.dataset, folder: resolve(folder) } } : config;
}

function recipeConfig(name: string): ConfigInput {
  const recipe = recipes.find((candidate) => candidate.name === name);
  if (recipe !== undefined) return recipe.config;
  const names = recipes.map((candidate) => candidate.name);
  const meant = nearest(name, names);
  const help = meant === undefined ? "" : `; did you mean "${meant}"?`;
  const accepted = `${either(names)}, or a file whose name ends in .json${help}`;
  throw new BayesBinnError("ERR_CONFIG", `${showText(name)}: unknown recipe, accepted: ${accepted}`, {
    value: name,
    accepted: names,
    nearest: meant,
  });
}

/** Reads a configuration as written, unchecked. */
export async function readConfigFile(path: string): Promise<Draft> {
  let value: unknown;
  try {
    value = JSON.parse(await readFile(path, "utf8"));
  } catch (cause) {
    const reason = cause instanceof SyntaxError ? `not JSON: ${cause.message}` : fileReason(cause);
    throw new BayesBinnError("ERR_CONFIG", `${showText(path)}: ${reason}`, { path }, { cause });
  }
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Draft;
  throw new BayesBinnError("ERR_CONFIG", `${showText(path)}: not a configuration, which is a JSON object`, { path });
}

function fileReason(error: unknown): string {
  const { code } = error as NodeJS.ErrnoException;
  if (code === "ENOENT" || code === "ENOTDIR") return "no such file; accepted: a configuration (JSON) or a recipe";
  return `cannot be read (${code ?? String(error)})`;
}
