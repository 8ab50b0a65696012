import { Command } from "commander";

import type { DeviceName } from "../../native/contract.js";
import { either } from "../../options/show.js";
import { type MethodName, methodNames } from "../../recipes/methods/index.js";
import { choices, integer, path, repeated } from "../arguments.js";
import type { Context } from "../context.js";
import { deviceOption, mostThreads } from "../device-options.js";
import { JsonEvents } from "../json-events.js";
import { seedList } from "../seeds.js";

interface Options {
  methods?: MethodName[];
  seeds?: number[];
  epochs?: number;
  set?: string[];
  out?: string;
  device?: DeviceName;
  threads?: number;
  checkpointEvery?: number;
  keepCheckpoints?: number;
  json?: true;
  quiet?: true;
}

const examples = `
Examples:
  bayesbinn compare mnist-mlp                     the paper's Table 2 for MNIST
  bayesbinn compare mnist-mlp --methods bayesbinn,ste --seeds 1..3 --epochs 5
  bayesbinn compare cifar10-vgg --seeds 1,3,7 --epochs 20 --out runs/cifar
  bayesbinn compare mnist-mlp --epochs 5 --set model.hiddenUnits=256
  bayesbinn compare mnist-mlp --epochs 5 --json --quiet > events.jsonl

For a seed, all methods see the same samples in the same order. Each has its
settings of the paper's Table 9, with schedules as long as the training. The
table has mean +- standard deviation over the seeds of the accuracies at the
best validation epoch, and beside them the paper's (500 epochs, 5 runs) where
the experiment is the same but for its length.

Each run goes to <out>/<method>-seed<seed>, the table to comparison.md, .csv and
.json in <out>, after each run. Ctrl+C stops; the same command with the same
--out goes on: what has finished is not trained again. The table is of all
finished runs in <out>, so that other seeds or methods are added to it. If a run
fails, as where its loss is no number, the others go on, and the exit code is 1.

The table goes to stdout. With --json, that has the lines of \`bayesbinn train\`
after a line {"event":"run"} for each run, {"event":"failure"} for one that
fails, and {"event":"comparison"} at the end; the table goes to stderr.
`;

/** `bayesbinn compare <recipe>`. */
export function compareCommand(context: Context): Command {
  return new Command("compare")
    .summary("compare methods on a recipe, with several seeds")
    .description("Trains a recipe with several methods under equal conditions, and writes a table of their accuracies.")
    .argument("<recipe>", "name of a recipe (see `bayesbinn recipes`)")
    .option(
      "--methods <a,b,...>",
      `of ${either(methodNames)}; default: all with settings for the recipe`,
      choices("--methods", methodNames),
    )
    .option("--seeds <list>", "a range, or a list; default: 1..5", seedList("--seeds"))
    .option("--epochs <n>", "length of each training and of its schedules", integer("--epochs", 1))
    .option("--set <path=value>", "change one key of every configuration; repeatable", repeated)
    .option(
      "--out <dir>",
      "new or empty, or a comparison to go on with; default: runs/compare-<recipe>, or -2, -3",
      path("--out", "the path of a folder"),
    )
    .option(...deviceOption)
    .option("--threads <n>", "compute threads; default: one for each core", integer("--threads", 1, mostThreads))
    .option(
      "--checkpoint-every <n>",
      "epochs from one checkpoint of a run to the next; default: that of the recipe, or 1",
      integer("--checkpoint-every", 1),
    )
    .option("--keep-checkpoints <n>", "how many stay, beside the best; default: 2", integer("--keep-checkpoints", 1))
    .option("--json", "write JSON lines to stdout")
    .option("--quiet", "write nothing for people but errors and warnings")
    .addHelpText("after", examples)
    .action((recipe: string, options: Options) => compare(recipe, options, context));
}

async function compare(recipe: string, { set, json, quiet, ...options }: Options, context: Context): Promise<void> {
  // Loaded here, so that --help and usage errors need not wait for it.
  const [{ compareMethods }, { CompareReport }] = await Promise.all([
    import("../../recipes/comparison/compare-methods.js"),
    import("../compare-report.js"),
  ]);
  const events = json ? new JsonEvents(context.stdout) : undefined;
  const report = new CompareReport(context, { events, quiet: quiet === true });
  const { signal } = context;
  try {
    report.result(await compareMethods(recipe, { ...options, settings: set, signal, ...report.listeners }));
  } catch (error) {
    if (signal.aborted) report.stopped();
    throw error;
  } finally {
    report.close();
  }
}
