import { Command, CommanderError } from "commander";

import { commands } from "./commands/index.js";
import type { Context } from "./context.js";
import { reportError } from "./report-error.js";
import { usageError } from "./usage-error.js";

const examples = `
Examples:
  bayesbinn doctor                               check the installation
  bayesbinn recipes                              list what can be trained
  bayesbinn train mnist-mlp --stop-after 2       train
  bayesbinn compare mnist-mlp --epochs 5         compare methods
  bayesbinn evaluate runs/mnist-mlp-seed1-1      evaluate what was trained
  bayesbinn figures runs/mnist-mlp-seed1-1       draw figures of it
  bayesbinn segment runs/em-unet-small-seed1-1   segment whole images with it
  bayesbinn data download cifar10                get a data set

Exit codes: 0; 1 for an unexpected failure; 2 for wrong usage, configuration or
data; 130 after Ctrl+C (SIGINT); 143 after SIGTERM.
`;

/**
 * Runs one command line (without `node` and the script's name).
 *
 * @returns the exit code; errors have been written to `context.stderr`
 */
export async function runProgram(args: readonly string[], version: string, context: Context): Promise<number> {
  const program = createProgram(version, context);
  try {
    if (args.length === 0) program.outputHelp();
    else await program.parseAsync([...args], { from: "user" });
    return context.exitCode;
  } catch (error) {
    // Help and version have been written.
    if (error instanceof CommanderError && error.exitCode === 0) return 0;
    const { text, exitCode } = reportError(error);
    context.stderr.write(text);
    return exitCode;
  }
}

function createProgram(version: string, context: Context): Command {
  const program = new Command("bayesbinn")
    .description("Trains binary neural networks with the Bayesian learning rule (BayesBiNN).")
    .version(version, "-v, --version", "print the version")
    .addHelpText("after", examples);
  for (const create of commands) program.addCommand(create(context));
  for (const command of withSubcommands(program)) {
    command
      .helpCommand(false)
      .helpOption("-h, --help", "print this help")
      .configureOutput({
        // Also on wider terminals: the texts below the options are written for it.
        getOutHelpWidth: () => 80,
        writeOut: (text) => context.stdout.write(text),
        // Errors are written once, by reportError.
        writeErr: () => {},
      })
      .exitOverride((error) => {
        throw error.exitCode === 0 ? error : usageError(error, command);
      });
  }
  return program;
}

function withSubcommands(command: Command): Command[] {
  return [command, ...command.commands.flatMap(withSubcommands)];
}
