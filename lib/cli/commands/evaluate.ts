import { Command } from "commander";

import type { EvaluateRunOptions } from "../../recipes/evaluate-run.js";
import { splits, weightChoices } from "../../recipes/run-choices.js";
import { choice, integer } from "../arguments.js";
import type { Context } from "../context.js";
import { deviceOption, mostThreads } from "../device-options.js";
import { evaluationText } from "../evaluation-report.js";
import { JsonEvents } from "../json-events.js";

type Options = Omit<EvaluateRunOptions, "signal"> & { readonly json?: true; readonly quiet?: true };

const examples = `
Examples:
  bayesbinn evaluate runs/mnist-mlp-seed1-1
  bayesbinn evaluate runs/mnist-mlp-seed1-1 --weights final --split validation
  bayesbinn evaluate runs/mnist-mlp-seed1-1 --samples 100 --json
  bayesbinn evaluate runs/mnist-mlp-seed1-1 --reestimate-batch-norm
  bayesbinn evaluate runs/mnist-mlp-seed1-1 --calibration
  bayesbinn evaluate runs/mnist-mlp-seed1-1 --out-of-distribution fashion-mnist

The result goes to stdout. With --json it is one line {"event":"evaluation"},
whose accuracies are fractions, and the text for people goes to stderr.

The running statistics of batch norm are those of the weights that the last
steps drew. --reestimate-batch-norm gathers them anew for the weights that are
evaluated, from the run's training samples without augmentation, and reports
both: "reestimated" in JSON.

--calibration says how far the probabilities can be relied on: negative log
likelihood (NLL), Brier score, and the expected calibration error (ECE) of 15
bins. --out-of-distribution takes the name of a data set with samples of the
same shape, and says how well uncertainty tells its test samples from those
evaluated: the area under the ROC (AUROC), 0.5 for chance and 1 for always. The
scores are the entropy of predictions and, of the mean, the mutual information
of prediction and weights.
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
    .option("--calibration", "also say how far probabilities can be relied on: NLL, Brier score, ECE")
    .option("--out-of-distribution <dataset>", "also say how well uncertainty tells this data set's samples apart")
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
