import { Command } from "commander";

import type { EvaluateRunOptions, ModeAndMean, RunEvaluation } from "../../recipes/evaluate-run.js";
import { splits, weightChoices } from "../../recipes/run-choices.js";
import { choice, integer } from "../arguments.js";
import type { Context } from "../context.js";
import { deviceOption, mostThreads } from "../device-options.js";
import { metricsText } from "../format.js";
import { JsonEvents } from "../json-events.js";

type Options = Omit<EvaluateRunOptions, "signal"> & { readonly json?: true; readonly quiet?: true };

const examples = `
Examples:
  bayesbinn evaluate runs/mnist-mlp-seed1-1
  bayesbinn evaluate runs/mnist-mlp-seed1-1 --weights final --split validation
  bayesbinn evaluate runs/mnist-mlp-seed1-1 --samples 100 --json
  bayesbinn evaluate runs/mnist-mlp-seed1-1 --reestimate-batch-norm

The result goes to stdout. With --json it is one line {"event":"evaluation"},
whose accuracies are fractions, and the text for people goes to stderr.

The running statistics of batch norm are those of the weights that the last
steps drew. --reestimate-batch-norm gathers them anew for the weights that are
evaluated, from the run's training samples without augmentation, and reports
both: "reestimated" in JSON.
`;

/** `bayesbinn evaluate <run>`. */
export function evaluateCommand(context: Context): Command {
  return new Command("evaluate")
    .summary("evaluate the weights of a run")
    .description(
      "Evaluates the weights in a run folder: with the most probable weights (mode) and with the mean prediction.",
    )
    .argument("<run>", "run folder that `bayesbinn train` wrote")
    .option(
      "--weights <best|final>",
      "weights of the best validation epoch (default) or of the last",
      choice("--weights", weightChoices),
    )
    .option("--split <test|validation|train>", "samples to evaluate on; default: test", choice("--split", splits))
    .option("--samples <n>", "weight samples of the mean; default: those of the run", integer("--samples", 1))
    .option(
      "--reestimate-batch-norm",
      "also evaluate with batch-norm statistics of these weights on the training samples",
    )
    .option(...deviceOption)
    .option("--threads <n>", "compute threads; default: one for each core", integer("--threads", 1, mostThreads))
    .option("--json", "write a JSON line to stdout")
    .option("--quiet", "write nothing for people but errors")
    .addHelpText("after", examples)
    .action(async (run: string, { json, quiet, ...options }: Options) => {
      const { evaluateRun } = await import("../../recipes/evaluate-run.js");
      const evaluation = await evaluateRun(run, { ...options, signal: context.signal });
      if (json) new JsonEvents(context.stdout).write("evaluation", evaluation);
      // The text is the result, unless that is JSON.
      if (!quiet) (json ? context.stderr : context.stdout).write(evaluationText(evaluation));
    });
}

function evaluationText({ run, weights, split, reestimated, ...running }: RunEvaluation): string {
  return [
    `${run}, ${weights} weights, ${split} samples:`,
    ...metricsLines(running),
    ...(reestimated === undefined ? [] : ["with re-estimated batch-norm statistics:", ...metricsLines(reestimated)]),
    "",
  ].join("\n");
}

function metricsLines({ mode, mean }: ModeAndMean): string[] {
  return [`  mode: ${metricsText(mode)}`, `  mean of ${mean.samples} samples: ${metricsText(mean)}`];
}
