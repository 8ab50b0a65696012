import { BayesBinnError } from "../native/errors.js";
import { show } from "../options/show.js";

/** An object of a configuration while it is put together; the schema looks at it afterwards. */
export type Draft = Record<string, unknown>;

/** A change of one key: `optimizer.learningRate=1e-3`. */
export interface Setting {
  readonly path: readonly string[];
  readonly value: unknown;
}

/**
 * Reads `path=value`. The value is JSON or, where it is not, text: `3`, `true`, `[1,2]`, `{"name":"cosine"}`, `mnist`.
 * Blanks around the path and the value do not count.
 *
 * @throws BayesBinnError `ERR_CONFIG` for a text of another form
 */
export function parseSetting(text: string): Setting {
  const equals = text.indexOf("=");
  const path = text
    .slice(0, Math.max(equals, 0))
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
 * Puts settings into a copy of `draft`. Objects on the way are made; whether a key exists is for the schema to say.
 *
 * A setting of the `name` of a part chooses another data set, model, optimizer or schedule. The options of the old
 * choice are dropped then, since they mean nothing to the new one. Such settings go first, wherever they stand.
 *
 * @throws BayesBinnError `ERR_OPTION_UNKNOWN` where a path leads through something that is not an object
 */
export function applySettings(draft: Draft, settings: readonly Setting[]): Draft {
  const result = structuredClone(draft);
  const choices = settings.filter(isChoice);
  const others = settings.filter((setting) => !isChoice(setting));
  for (const setting of [...choices, ...others]) apply(result, setting);
  return result;
}

function isChoice({ path }: Setting): boolean {
  return path.length > 1 && path.at(-1) === "name";
}

function apply(root: Draft, setting: Setting): void {
  const { path, value } = setting;
  const key = path.at(-1)!;
  let parent = root;
  path.slice(0, -1).forEach((step, depth) => {
    parent = child(parent, step, path.slice(0, depth + 1));
  });
  if (isChoice(setting) && parent.name !== value) {
    for (const old of Object.keys(parent)) delete parent[old];
  }
  put(parent, key, value);
}

function child(parent: Draft, key: string, path: readonly string[]): Draft {
  if (!Object.hasOwn(parent, key)) put(parent, key, {});
  const value = parent[key];
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Draft;
  const at = path.join(".");
  throw new BayesBinnError("ERR_OPTION_UNKNOWN", `${at}: ${show(value)} has no options that could be set`, {
    path: at,
    value,
    accepted: [],
  });
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
