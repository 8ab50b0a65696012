import { unknownName } from "../options/check.js";

/**
 * The entry with the name that was typed.
 *
 * @throws BayesBinnError `ERR_OPTION_RANGE` with the names there are
 */
export function dataName<Entry extends { readonly name: string }>(name: string, entries: readonly Entry[]): Entry {
  const entry = entries.find((candidate) => candidate.name === name);
  if (entry !== undefined) return entry;
  throw unknownName(
    "name",
    name,
    entries.map((candidate) => candidate.name),
  );
}
