import type { ParameterKind } from "../layers/layer.js";
import type { Model } from "../model/model.js";
import { BayesBinnError } from "../native/errors.js";
import { optimizerTypes } from "../optimizers/index.js";
import { either, show } from "../options/show.js";

/** The parts of a configuration that decide what trains which parameters. */
interface Parts {
  readonly model: { readonly name: string };
  readonly optimizer: { readonly name: string };
  readonly realOptimizer?: { readonly name: string } | undefined;
}

const words = { binary: "binary", real: "real-valued" } as const;

/** Entries of the list of optimizers for parameters of one kind. */
export function optimizersFor(kind: ParameterKind) {
  return optimizerTypes.filter(({ claims }) => claims === kind);
}

/**
 * Refuses a second optimizer of real-valued parameters.
 *
 * @throws BayesBinnError `ERR_CONFIG`
 */
export function checkOptimizers({ optimizer, realOptimizer }: Parts): void {
  if (realOptimizer === undefined || trainsBinary(optimizer)) return;
  const reason = `beside the optimizer ${show(optimizer.name)}, which trains real-valued parameters itself`;
  throw misfit("realOptimizer", realOptimizer.name, reason, `no realOptimizer, or as optimizer ${namesFor("binary")}`);
}

/**
 * Refuses two optimizers one of which has nothing to train, and one for binary parameters alone where the network has
 * real-valued ones as well. What else is wrong with a single one, its trainer says.
 *
 * @throws BayesBinnError `ERR_CONFIG` for an optimizer without parameters, `ERR_OPTIMIZER_CLAIM` for parameters without one
 */
export function requireUsedOptimizers(parts: Parts, model: Model): void {
  const { optimizer, realOptimizer } = parts;
  const has = (kind: ParameterKind) => model.parameters().some((parameter) => parameter.kind === kind);
  const without = (kind: ParameterKind) =>
    `for the network ${parts.model.name}, which has no ${words[kind]} parameters`;
  if (realOptimizer !== undefined) {
    if (!has("real")) throw misfit("realOptimizer", realOptimizer.name, without("real"), "no realOptimizer");
    const accepted = `${namesFor("real")}, and no realOptimizer`;
    if (!has("binary")) throw misfit("optimizer", optimizer.name, without("binary"), accepted);
  } else if (trainsBinary(optimizer) && has("binary") && has("real")) {
    throw missing(parts, model);
  }
}

function trainsBinary({ name }: Parts["optimizer"]): boolean {
  return optimizersFor("binary").some(({ type }) => type === name);
}

function namesFor(kind: ParameterKind): string {
  return either(optimizersFor(kind).map(({ type }) => show(type)));
}

function misfit(path: string, value: string, reason: string, accepted: string): BayesBinnError {
  const message = `${path}: ${show(value)} ${reason}, accepted: ${accepted}`;
  return new BayesBinnError("ERR_CONFIG", message, { path, value, accepted });
}

function missing({ model: { name } }: Parts, model: Model): BayesBinnError {
  const path = "realOptimizer";
  const parameters = model.parameters().flatMap((parameter) => (parameter.kind === "real" ? [parameter.name] : []));
  const more = parameters.length > 3 ? ` and ${parameters.length - 3} more` : "";
  const what = `the real-valued parameters of the network ${name} (${parameters.slice(0, 3).join(", ")}${more})`;
  const accepted = namesFor("real");
  const message = `${path}: missing, but ${what} need an optimizer, accepted: ${accepted}`;
  return new BayesBinnError("ERR_OPTIMIZER_CLAIM", message, { path, parameters, accepted });
}
