import { unknownName } from "../../options/check.js";
import { methodNames, methods } from "./index.js";
import type { Method } from "./method.js";

/**
 * The method of this name.
 *
 * @param path what the name was given as, for the error
 * @throws BayesBinnError `ERR_OPTION_RANGE` with the names there are
 */
export function findMethod(name: string, path = "method"): Method {
  const method = methods.find((candidate) => candidate.name === name);
  if (method === undefined) throw unknownName(path, name, methodNames);
  return method;
}
