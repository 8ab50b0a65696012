import type { ParameterKind } from "../layers/layer.js";
import { BayesBinnError } from "../native/errors.js";
import { either, show } from "../options/show.js";
import { optimizerTypes } from "./index.js";
import type { Optimizer } from "./optimizer.js";

/** A parameter that wants an optimizer. */
export interface Claimable {
  readonly name: string;
  readonly kind: ParameterKind;
}

/** An optimizer with the parameters that belong to it. */
export interface Claim {
  readonly optimizer: Optimizer;
  readonly parameters: readonly string[];
}

/**
 * Gives each parameter to the one optimizer that claims its kind. Optimizers that nothing is left for are left out, so
 * that the same list serves networks with and without real-valued parameters.
 *
 * @throws BayesBinnError `ERR_OPTIMIZER_CLAIM` where a kind has no optimizer, or two
 */
export function claimParameters(parameters: readonly Claimable[], optimizers: readonly Optimizer[]): Claim[] {
  for (const kind of new Set(parameters.map((parameter) => parameter.kind))) {
    const owners = optimizers.filter(({ claims }) => claims === kind);
    if (owners.length !== 1) throw claimError(kind, namesOf(parameters, kind), owners, optimizers);
  }
  return optimizers
    .map((optimizer) => ({ optimizer, parameters: namesOf(parameters, optimizer.claims) }))
    .filter((claim) => claim.parameters.length > 0);
}

function namesOf(parameters: readonly Claimable[], kind: ParameterKind): string[] {
  return parameters.filter((parameter) => parameter.kind === kind).map(({ name }) => name);
}

const words = { binary: "binary", real: "real-valued" } as const;
const remedies = { binary: "new BayesBiNN()", real: "new Adam()" } as const;

function claimError(
  kind: ParameterKind,
  names: string[],
  owners: readonly Optimizer[],
  given: readonly Optimizer[],
): BayesBinnError {
  const shown = names.length > 3 ? `${names.slice(0, 3).join(", ")} and ${names.length - 3} more` : names.join(", ");
  const what = `the ${words[kind]} parameters (${shown})`;
  const others = [...new Set(given.map(({ type, claims }) => `${show(type)} trains ${words[claims]} parameters`))];
  const suited = optimizerTypes.filter(({ claims }) => claims === kind).map(({ type }) => show(type));
  const types = owners.map(({ type }) => type);
  const message =
    owners.length === 0
      ? `${what} belong to no optimizer: add ${remedies[kind]} for them (${[...others, `accepted for ${words[kind]} ones: ${either(suited)}`].join("; ")})`
      : `${what} are claimed by ${owners.length} optimizers (${types.join(", ")}): leave only one of them`;
  return new BayesBinnError("ERR_OPTIMIZER_CLAIM", message, { kind, parameters: names, optimizers: types });
}
