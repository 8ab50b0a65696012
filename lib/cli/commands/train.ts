import { Command } from "commander";

import type { DeviceName } from "../../native/contract.js";
import { BayesBinnError } from "../../native/errors.js";
import { either, showText } from "../../options/show.js";
import type { Config } from "../../recipes/config.js";
import { type MethodName, methodNames } from "../../recipes/methods/index.js";
import { choice, given, integer, path, repeated } from "../arguments.js";
import type { Context } from "../context.js";
import { deviceOption, mostThreads } from "../device-options.js";
import { JsonEvents } from "../json-events.js";
import type { TrainReport } from "../train-report.js";

interface Options {
  device?: DeviceName;
  method?: MethodName;
  epochs?: number;
  stopAfter?: number;
  testEveryEpoch?: true;
  seed?: number;
  threads?: number;
  resume?: string;
  checkpointEvery?: number;
  keepCheckpoints?: number;
  checkpoints: boolean;
  tensorboard?: true;
  set?: readonly string[];
  out?: string;
  json?: true;
  quiet?: true;
}

const examples = `
Examples:
  bayesbinn train mnist-mlp                  the paper's network, 500 epochs
  bayesbinn train mnist-mlp --stop-after 2   only the first two of these epochs
  bayesbinn train mnist-mlp --epochs 20 --set model.hiddenUnits=256
  bayesbinn train mnist-mlp --method ste     the same with another method
  bayesbinn train mnist-mlp --set dataset.name=fashion-mnist
  bayesbinn train permuted-mnist --epochs 8 --set continual.prior=none
  bayesbinn train mnist-mlp --json --quiet > events.jsonl
  bayesbinn train runs/mnist-mlp-seed1-1/config.json --seed 2
  bayesbinn train --resume runs/mnist-mlp-seed1-1

--method trains a recipe with the settings of the paper's Table 9 for bayesbinn
(default), ste, bop, pmf or, at full precision, adam; their schedules are as
long as the training. The synthetic problems have settings for bayesbinn and
ste, tasks in sequence for bayesbinn alone. --set goes over it.

--set path=value changes one key of the configuration; the value is JSON or,
failing that, text. Setting the name of a part (such as optimizer.name) starts
that part from its defaults; augmentation[0].padding is a key of the first step,
and the value null takes a key away. A network with real-valued parameters
beside binary ones needs a second optimizer: --set realOptimizer.name=adam.
\`bayesbinn schema\` prints every key. A relative dataset.folder, also one of a
configuration file, counts from the current folder.

With --json, stdout carries one JSON object a line: {"event":"start"},
{"event":"epoch"} for each epoch and {"event":"summary"}; with tasks in sequence
also {"event":"task"} and {"event":"evaluation"}. Text for people goes
to stderr. Ctrl+C stops within a step; what was written stays.

--resume goes on from the last checkpoint of a run, or from the checkpoint that
is named, with the run's own configuration, and ends as if the run had never
stopped. Only --epochs, --stop-after, --threads, the options of checkpoints and
those of the output can be given beside it.
`;

/** What a run that is resumed has settled. */
const settled = [
  { key: "device", flag: "--device" },
  { key: "method", flag: "--method" },
  { key: "testEveryEpoch", flag: "--test-every-epoch" },
  { key: "seed", flag: "--seed" },
  { key: "set", flag: "--set" },
  { key: "out", flag: "--out" },
] as const satisfies readonly { readonly key: keyof Options; readonly flag: string }[];

/** `bayesbinn train <recipe|config.json>`. */
export function trainCommand(context: Context): Command {
  return new Command("train")
    .summary("train a recipe or a configuration")
    .description("Trains a network, and writes its configuration, history and weights to a run folder.")
    .argument("[recipe|config.json]", "name of a recipe (see `bayesbinn recipes`) or a configuration file")
    .option(
      "--resume <run|checkpoint>",
      "go on with a run that was stopped, in place of a recipe",
      path("--resume", "a run folder, or a checkpoint in one"),
    )
    .option(...deviceOption)
    .option("--method <name>", `settings of a method: ${either(methodNames)}`, choice("--method", methodNames))
    .option("--epochs <n>", "length of the training and of its schedules", integer("--epochs", 1))
    .option("--stop-after <n>", "stop after n epochs of the unchanged schedule", integer("--stop-after", 1))
    .option("--test-every-epoch", "evaluate the test set after every epoch")
    .option("--seed <n>", "seed of everything that is random; default: that of the recipe", integer("--seed", 0))
    .option("--threads <n>", "compute threads; default: one for each core", integer("--threads", 1, mostThreads))
    .option("--set <path=value>", "change one key of the configuration; repeatable", repeated)
    .option(
      "--out <dir>",
      "run folder, new or empty; default: runs/<recipe>-seed<seed>-<n>",
      path("--out", "the path of a folder"),
    )
    .option(
      "--checkpoint-every <n>",
      "epochs from one checkpoint to the next; default: that of the recipe, or 1",
      integer("--checkpoint-every", 1),
    )
    .option("--keep-checkpoints <n>", "how many stay, beside the best; default: 2", integer("--keep-checkpoints", 1))
    .option("--no-checkpoints", "write none: the run cannot be resumed")
    .option("--tensorboard", "write event files for TensorBoard to the run folder")
    .option("--json", "write JSON lines to stdout")
    .option("--quiet", "write nothing for people but errors and warnings")
    .addHelpText("after", examples)
    .action((source: string | undefined, options: Options) => train(source, options, context));
}

async function train(source: string | undefined, options: Options, context: Context): Promise<void> {
  requireOneSource(source, options);
  const { method, epochs, seed, set = [], json, quiet, resume, checkpoints, tensorboard, ...rest } = options;
  // Loaded here, so that --help and usage errors need not wait for it.
  const [
    { resolveConfig },
    { runConfig },
    { resumedConfig, resumeRun },
    { isContinual },
    { paperComparison },
    { TrainReport },
  ] = await Promise.all([
    import("../../recipes/resolve-config.js"),
    import("../../recipes/run.js"),
    import("../../recipes/resume-run.js"),
    import("../../recipes/continual/continual-config.js"),
    import("../paper-comparison.js"),
    import("../train-report.js"),
  ]);
  const config =
    resume === undefined
      ? await resolveConfig(source!, set, given({ method, epochs, seed }))
      : await resumedConfig(resume, given({ epochs }));
  const report = new TrainReport(context.stderr, {
    events: json ? new JsonEvents(context.stdout) : undefined,
    quiet: quiet === true,
    comparison: paperComparison(config),
  });
  const sitting = {
    ...(!checkpoints && { checkpointEvery: 0 }),
    ...given({ tensorBoard: tensorboard }),
    signal: context.signal,
    ...report.listeners,
  };
  try {
    if (resume === undefined && isContinual(config)) {
      refuseForTasks(options);
      await trainOnTasks(config, rest, report, context);
    } else {
      const summary =
        resume === undefined
          ? await runConfig(config, { ...rest, ...sitting })
          : await resumeRun(resume, { ...rest, ...sitting, ...given({ epochs }) });
      report.summary(summary);
    }
  } catch (error) {
    if (context.signal.aborted) report.stopped();
    throw error;
  } finally {
    report.close();
  }
}

/** What a sequence of tasks has no use for: it is tested on all of them, and has no checkpoints. */
function refuseForTasks(options: Options): void {
  const flags = [
    ["--stop-after", options.stopAfter],
    ["--test-every-epoch", options.testEveryEpoch],
    ["--checkpoint-every", options.checkpointEvery],
    ["--keep-checkpoints", options.keepCheckpoints],
    ["--tensorboard", options.tensorboard],
  ] as const;
  const [flag, value] = flags.find(([, value]) => value !== undefined) ?? [];
  if (flag === undefined) return;
  const accepted = "--epochs, the length of each task, and --set continual.evaluations";
  const message = `${flag} with a sequence of tasks, accepted: ${accepted}`;
  throw new BayesBinnError("ERR_CONFIG", message, { path: flag, value, accepted });
}

async function trainOnTasks(
  config: Config,
  { device, threads, out }: Pick<Options, "device" | "threads" | "out">,
  report: TrainReport,
  { signal }: Context,
): Promise<void> {
  const { runContinual } = await import("../../recipes/continual/run-continual.js");
  const summary = await runContinual(config, {
    ...given({ device, threads, out }),
    ...report.continualListeners,
    signal,
  });
  report.continualSummary(summary);
}

/** A recipe or a run; a run is resumed as it was begun. */
function requireOneSource(source: string | undefined, options: Options): void {
  const { resume } = options;
  if (resume === undefined && source === undefined) {
    const message = "missing required argument 'recipe|config.json', or --resume; see `bayesbinn train --help`";
    throw new BayesBinnError("ERR_CONFIG", message);
  }
  const ignored = options.checkpoints ? undefined : [options.checkpointEvery, options.keepCheckpoints].find(Boolean);
  if (ignored !== undefined) {
    const message = `--no-checkpoints: ${ignored} beside it, accepted: no other option of checkpoints`;
    throw new BayesBinnError("ERR_CONFIG", message, { value: ignored });
  }
  if (resume === undefined) return;
  const beside =
    source ?? settled.map(({ key, flag }) => (options[key] === undefined ? undefined : flag)).find(Boolean);
  if (beside === undefined) return;
  const accepted = "--epochs, --stop-after, --threads, and options of checkpoints and output";
  const message = `${showText(beside)} beside --resume: a run goes on as it was begun, accepted: ${accepted}`;
  throw new BayesBinnError("ERR_CONFIG", message, { value: beside, accepted });
}
