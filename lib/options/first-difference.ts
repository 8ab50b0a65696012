import { isDeepStrictEqual } from "node:util";

/** A place where two values differ. */
export interface Difference {
  /** Keys and indices joined by dots; empty where the values differ as wholes. */
  readonly path: string;
  readonly one: unknown;
  readonly other: unknown;
}

/** The first place, in the order of the keys, where two values as JSON has them differ; `undefined` where none does. */
export function firstDifference(one: unknown, other: unknown, path = ""): Difference | undefined {
  if (isDeepStrictEqual(one, other)) return undefined;
  if (!isContainer(one) || !isContainer(other) || Array.isArray(one) !== Array.isArray(other)) {
    return { path, one, other };
  }
  for (const key of new Set([...Object.keys(one), ...Object.keys(other)])) {
    const found = firstDifference(one[key], other[key], path === "" ? key : `${path}.${key}`);
    if (found !== undefined) return found;
  }
  return { path, one, other };
}

function isContainer(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}
