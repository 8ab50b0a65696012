import { isDeepStrictEqual } from "node:util";

import type { Config } from "./config.js";

/** Keys that a published number does not depend on, or that say by themselves how a run was shortened. */
const ofExperiment: ReadonlySet<string> = new Set(["name", "seed", "epochs", "evaluation", "dataset.folder"]);

/**
 * Paths of the keys in which two complete configurations describe other experiments: `dataset.name`, `model.width`.
 *
 * Seed, epochs, evaluation, name and the folder of the data do not count. Where a part is another choice, such as
 * another data set, that is the only difference named of it: the options of the two have nothing to do with each other.
 *
 * @param free paths that do not count, in place of these
 */
export function differences(a: Config, b: Config, free: ReadonlySet<string> = ofExperiment): string[] {
  return differing(a, b, "", free);
}

function differing(a: unknown, b: unknown, path: string, free: ReadonlySet<string>): string[] {
  if (free.has(path) || isDeepStrictEqual(a, b)) return [];
  if (!isPlain(a) || !isPlain(b)) return [path];
  const at = (key: string) => (path === "" ? key : `${path}.${key}`);
  if (path !== "" && a["name"] !== b["name"]) return [at("name")];
  const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...keys].flatMap((key) => differing(a[key], b[key], at(key), free));
}

function isPlain(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
