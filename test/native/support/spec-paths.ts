/** A place in a tree of plain data, such as `["layers", 3, "units"]`. */
export type Path = readonly (string | number)[];

/** Deeper than any spec; trees of nonsense may have no end. */
const deepest = 8;

/** Every place in the plain objects and arrays of `tree` below its root, parents first. */
export function pathsOf(tree: unknown, start: Path = []): Path[] {
  const plain = Array.isArray(tree) || Object.prototype.toString.call(tree) === "[object Object]";
  if (!plain || start.length === deepest) return [];
  const entries: [string | number, unknown][] = Array.isArray(tree)
    ? [...tree.entries()]
    : Object.entries(tree as object);
  return entries.flatMap(([key, value]) => [[...start, key], ...pathsOf(value, [...start, key])]);
}

/** What is at `path`. */
export function valueAt(tree: unknown, path: Path): unknown {
  return path.reduce<unknown>((at, key) => (at as Record<string | number, unknown>)[key], tree);
}

/** A copy of `tree` with `value` at `path`; `undefined` takes the entry away. */
export function withValue<T>(tree: T, path: Path, value: unknown): T {
  const copy = structuredClone(tree);
  const parent = valueAt(copy, path.slice(0, -1)) as Record<string | number, unknown>;
  const key = path.at(-1)!;
  if (value !== undefined) parent[key] = value;
  else if (Array.isArray(parent)) parent.splice(key as number, 1);
  else delete parent[key];
  return copy;
}

/** `layers[3].units` */
export function pathText(path: Path): string {
  return path.reduce<string>((text, key) => {
    if (typeof key === "number") return `${text}[${key}]`;
    return text === "" ? key : `${text}.${key}`;
  }, "");
}
