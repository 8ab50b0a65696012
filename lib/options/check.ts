import type { z } from "zod";

import { BayesBinnError, type ErrorCode } from "../native/errors.js";
import {
  describeAccepted,
  kindFits,
  knownKeys,
  knownWords,
  nodesAt,
  type SchemaNode,
  schemaNode,
  valueAt,
} from "./accepted.js";
import { nearest, nearestWord } from "./nearest.js";
import { either, show, showText } from "./show.js";

/**
 * Holds options against their schema and fills in the defaults.
 *
 * An error names one thing, an unknown name before anything else (a misspelt name also looks like a missing one):
 *
 * - `ERR_OPTION_UNKNOWN`: `learningrat: unknown option, did you mean "learningRate"?`
 * - `ERR_OPTION_TYPE`: `units: missing, accepted: an integer >= 1`
 * - `ERR_OPTION_RANGE`: `temperature: 0 is out of range, accepted: a number > 0`
 *
 * Its `details` are `{ path, value, accepted, nearest }`. What a schema can only say in code (`z.custom`, `refine`,
 * `regex`) says what it accepts in its message; `params: { code: "ERR_OPTION_RANGE" }` of a `refine` picks the code.
 *
 * @param path put before the path of the error, such as `"linear"` or `"optimizer"`
 */
export function checkOptions<Schema extends z.ZodType>(schema: Schema, value: unknown, path = ""): z.output<Schema> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issues = result.error.issues;
  const issue = issues.find(({ code }) => code === "unrecognized_keys") ?? issues[0]!;
  throw issue.code === "unrecognized_keys"
    ? unknownKey(schema, value, [...issue.path, issue.keys[0]!], path)
    : wrongValue(schema, value, issue, path);
}

/** `ERR_OPTION_RANGE` for what no schema can know, such as a limit that another object sets. */
export function outOfRange(path: string, value: unknown, accepted: string): BayesBinnError {
  return new BayesBinnError("ERR_OPTION_RANGE", `${path}: ${show(value)} is out of range, accepted: ${accepted}`, {
    path,
    value,
    accepted,
  });
}

/** `ERR_OPTION_TYPE` for an argument that has no schema. */
export function wrongType(path: string, value: unknown, accepted: string): BayesBinnError {
  return new BayesBinnError("ERR_OPTION_TYPE", `${path}: ${show(value)} has the wrong type, accepted: ${accepted}`, {
    path,
    value,
    accepted,
  });
}

/** `ERR_OPTION_RANGE` for a word that is in no list, with the one that was probably meant. */
export function unknownName(path: string, value: unknown, accepted: readonly string[]): BayesBinnError {
  const meant = typeof value === "string" ? nearestWord(value, accepted) : undefined;
  const help = `accepted: ${either(accepted.map(show))}${meant === undefined ? "" : `; did you mean "${meant}"?`}`;
  return new BayesBinnError("ERR_OPTION_RANGE", `${path}: ${show(value)} is unknown, ${help}`, {
    path,
    value,
    accepted,
    nearest: meant,
  });
}

function unknownKey(schema: z.ZodType, value: unknown, at: PropertyKey[], prefix: string): BayesBinnError {
  const key = String(at.at(-1));
  const names = knownKeys(nodesAt(schemaNode(schema), value, at.slice(0, -1)));
  return unknownOption(joinPath(prefix, at), key, valueAt(value, at), names);
}

/** `ERR_OPTION_UNKNOWN` for the option `key` at `path`, which is none of `names`. */
export function unknownOption(path: string, key: string, value: unknown, names: readonly string[]): BayesBinnError {
  const meant = nearest(key, names);
  const accepted = names.length === 0 ? "no options" : names.join(", ");
  const help = meant === undefined ? `accepted: ${accepted}` : `did you mean "${meant}"?`;
  return new BayesBinnError("ERR_OPTION_UNKNOWN", `${path}: unknown option, ${help}`, {
    path,
    value,
    accepted: names,
    nearest: meant,
  });
}

function wrongValue(schema: z.ZodType, root: unknown, issue: z.core.$ZodIssue, prefix: string): BayesBinnError {
  const value = valueAt(root, issue.path);
  const nodes = nodesAt(schemaNode(schema), root, issue.path);
  const inCode = issue.code === "custom" || issue.code === "invalid_format";
  const accepted = inCode ? issue.message : describeAccepted(nodes, value) || issue.message;
  const path = joinPath(prefix, issue.path) || "options";
  const meant = typeof value === "string" ? nearestWord(value, knownWords(nodes)) : undefined;
  const code = codeOf(issue, kindFits(nodes, value));
  const help = `accepted: ${accepted}${meant === undefined ? "" : `; did you mean "${meant}"?`}`;
  return new BayesBinnError(code, `${path}: ${complaint(code, value, nodes)}, ${help}`, {
    path,
    value,
    accepted,
    nearest: meant,
  });
}

function codeOf(issue: z.core.$ZodIssue, kindFits: boolean): ErrorCode {
  if (issue.code === "custom") return (issue.params?.["code"] as ErrorCode | undefined) ?? "ERR_OPTION_TYPE";
  return kindFits ? "ERR_OPTION_RANGE" : "ERR_OPTION_TYPE";
}

function complaint(code: ErrorCode, value: unknown, nodes: readonly SchemaNode[]): string {
  if (value === undefined) return "missing";
  if (code === "ERR_OPTION_TYPE") return `${show(value)} has the wrong type`;
  if (typeof value !== "string") return `${show(value)} is out of range`;
  return `${show(value)} is ${knownWords(nodes).length > 0 ? "unknown" : "not accepted"}`;
}

/** `optimizer.schedules.milestones[0]`. */
function joinPath(prefix: string, path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, key) => {
    if (typeof key === "number") return `${text}[${key}]`;
    const name = showText(String(key));
    return text === "" ? name : `${text}.${name}`;
  }, prefix);
}
