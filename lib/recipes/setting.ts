import { BayesBinnError } from "../native/errors.js";
import { outOfRange } from "../options/check.js";
import { show } from "../options/show.js";

/** An object of a configuration while it is put together; the schema looks at it afterwards. */
export type Draft = Record<string, unknown>;

/** A change of one key: `optimizer.learningRate=1e-3`, or `augmentation[0].padding=3` of an entry of a list. */
export interface Setting {
  readonly path: readonly string[];
  readonly value: unknown;
}

/**
 * Reads `path=value`. The value is JSON or, where it is not, text: `3`, `true`, `[1,2]`, `{"name":"cosine"}`, `mnist`.
 * Blanks around the path and the value do not count. An index may stand in brackets or behind a dot.
 *
 * @throws BayesBinnError `ERR_CONFIG` for a text of another form
 */
export function parseSetting(text: string): Setting {
  const equals = text.indexOf("=");
  const path = text
    .slice(0, Math.max(equals, 0))
    .replace(/\[(\d+)\]/g, ".$1")
    .split(".")
    .map((key) => key.trim());
  if (path.some((key) => key === "")) {
    const accepted = "path=value, such as optimizer.learningRate=1e-3";
    throw new BayesBinnError("ERR_CONFIG", `--set: ${show(text)} cannot be read, accepted: ${accepted}`, {
      value: text,
      accepted,
    });
  }
  return { path, value: jsonOrText(text.slice(equals + 1).trim()) };
}

/**
 * Puts settings into a copy of `draft`. Objects on the way are made; whether a key exists is for the schema to say. The
 * value `null`, which no key has, takes a key away: what can be left out is at its default then.
 *
 * A setting of the `name` of a part chooses another data set, model, optimizer or schedule. The options of the old
 * choice are dropped then, since they mean nothing to the new one. Such settings go first, wherever they stand.
 *
 * @param common keys that every choice of a part has, by the path of the part; these stay
 * @throws BayesBinnError `ERR_OPTION_UNKNOWN` where a path leads through something that is no object and no list,
 *   `ERR_OPTION_RANGE` for an entry that a list does not have
 */
export function applySettings(
  draft: Draft,
  settings: readonly Setting[],
  common: Readonly<Record<string, readonly string[]>> = {},
): Draft {
  const result = structuredClone(draft);
  const choices = settings.filter(isChoice);
  const others = settings.filter((setting) => !isChoice(setting));
  for (const setting of [...choices, ...others]) apply(result, setting, common);
  return result;
}

function isChoice({ path }: Setting): boolean {
  return path.length > 1 && path.at(-1) === "name";
}

function apply(root: Draft, setting: Setting, common: Readonly<Record<string, readonly string[]>>): void {
  const { path, value } = setting;
  const last = path.length - 1;
  let parent = root;
  path.slice(0, -1).forEach((_, depth) => {
    parent = child(parent, path, depth);
  });
  if (isChoice(setting) && parent.name !== value) {
    const kept = common[path.slice(0, -1).join(".")] ?? [];
    for (const old of Object.keys(parent)) if (!kept.includes(old)) delete parent[old];
  }
  checkEntry(parent, path, last);
  if (value === null && !Array.isArray(parent)) delete parent[path[last]!];
  else put(parent, path[last]!, value);
}

function child(parent: Draft, path: readonly string[], depth: number): Draft {
  const key = path[depth]!;
  checkEntry(parent, path, depth);
  if (!Object.hasOwn(parent, key)) put(parent, key, isIndex(path[depth + 1]!) ? [] : {});
  const value = parent[key];
  const intoList = Array.isArray(value) && isIndex(path[depth + 1]!);
  if (intoList || (typeof value === "object" && value !== null && !Array.isArray(value))) return value as Draft;
  const at = path.slice(0, depth + 1).join(".");
  const problem = Array.isArray(value)
    ? `a list has no ${show(path[depth + 1])}, accepted: an entry such as ${at}[0]`
    : `${show(value)} has no options that could be set`;
  throw new BayesBinnError("ERR_OPTION_UNKNOWN", `${at}: ${problem}`, {
    path: at,
    value,
    accepted: [],
  });
}

function isIndex(key: string): boolean {
  return /^\d+$/.test(key);
}

/** Lists do not grow entry by entry. */
function checkEntry(parent: Draft, path: readonly string[], depth: number): void {
  if (!Array.isArray(parent) || Object.hasOwn(parent, path[depth]!)) return;
  const list = path.slice(0, depth).join(".");
  const { length } = parent;
  const accepted = `${length === 0 ? "" : `0 to ${length - 1}, or `}the whole list: ${list}=[...]`;
  throw outOfRange(`${list}[${path[depth]}]`, Number(path[depth]), accepted);
}

/** An own property whatever its name is: `__proto__` is for the schema to refuse. */
function put(parent: Draft, key: string, value: unknown): void {
  Object.defineProperty(parent, key, { value, enumerable: true, configurable: true, writable: true });
}

function jsonOrText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
