import type { Command, CommanderError } from "commander";

import { BayesBinnError } from "../native/errors.js";
import { nearest } from "../options/nearest.js";
import { either, showText } from "../options/show.js";
import { recipes } from "../recipes/index.js";

/**
 * What commander throws while it reads the arguments of `command`, in the words of this package: an unknown option is
 * `ERR_OPTION_UNKNOWN`, every other wrong use `ERR_CONFIG`.
 */
export function usageError(error: CommanderError, command: Command): BayesBinnError {
  const message = error.message
    .replace(/^error: /, "")
    .replace(/\n.*$/s, "")
    .replace(/\.$/, "");
  if (error.code === "commander.unknownOption") return unknownOption(quoted(message), command);
  if (error.code === "commander.unknownCommand") return unknownCommand(quoted(message), command);
  if (error.code === "commander.help") return missingCommand(command);
  return new BayesBinnError("ERR_CONFIG", `${message}; see \`${fullName(command)} --help\``, {}, { cause: error });
}

function unknownOption(option: string, command: Command): BayesBinnError {
  const accepted = command
    .createHelp()
    .visibleOptions(command)
    .flatMap(({ long }) => long ?? []);
  const meant = nearest(option, accepted);
  const help = meant === undefined ? `accepted: ${either(accepted)}` : `did you mean "${meant}"?`;
  return new BayesBinnError("ERR_OPTION_UNKNOWN", `${option}: unknown option of \`${fullName(command)}\`, ${help}`, {
    path: option,
    accepted,
    nearest: meant,
  });
}

/** A command that only has others below it, without one of these. */
function missingCommand(command: Command): BayesBinnError {
  const accepted = command.commands.map((below) => below.name());
  const message = `missing command after \`${fullName(command)}\`, accepted: ${either(accepted)}`;
  return new BayesBinnError("ERR_CONFIG", message, { accepted });
}

function unknownCommand(name: string, program: Command): BayesBinnError {
  const accepted = program.commands.map((command) => command.name());
  // Only where `train` is among the commands.
  const recipe = program.parent === null && recipes.some((candidate) => candidate.name === name);
  const meant = recipe ? `${program.name()} train ${name}` : nearest(name, accepted);
  const quote = recipe ? "`" : '"';
  const help = meant === undefined ? "" : `; did you mean ${quote}${meant}${quote}?`;
  return new BayesBinnError("ERR_CONFIG", `${showText(name)}: unknown command, accepted: ${either(accepted)}${help}`, {
    value: name,
    accepted,
    nearest: meant,
  });
}

/** The word that commander quotes in its message. */
function quoted(message: string): string {
  return /'(.*)'/s.exec(message)?.[1] ?? message;
}

function fullName(command: Command): string {
  return command.parent === null ? command.name() : `${fullName(command.parent)} ${command.name()}`;
}
