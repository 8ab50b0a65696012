import { Command } from "commander";

import type { DeviceName } from "../../native/contract.js";
import { BayesBinnError } from "../../native/errors.js";
import { either, showText } from "../../options/show.js";
import { given, integer, path, repeated } from "../arguments.js";
import type { Context } from "../context.js";
import { deviceOption, mostThreads } from "../device-options.js";
import { JsonEvents } from "../json-events.js";

interface Options {
  out?: string;
  samples?: number;
  seed?: number;
  epochs?: number;
  set?: readonly string[];
  device?: DeviceName;
  threads?: number;
  json?: true;
  quiet?: true;
}

const examples = `
Examples:
  bayesbinn figures runs/mnist-mlp-seed1-1
  bayesbinn figures runs/a runs/b --out figures      several runs in one picture
  bayesbinn figures runs/mnist-mlp-seed1-1 --samples 100 --json
  bayesbinn figures mnist-mlp --epochs 5             train, then draw

Of each run what fits it is drawn, as <figure>.svg and <figure>.png (twice the
size): training curves; of classifiers a reliability diagram and a confusion
matrix, with the mean prediction of the best weights on the test samples; of
some recipes the figures of the paper.

With a recipe in place of runs, the runs that its figures show are trained
first, into <out>/<name>-seed<seed>, and the figures go to <out>. Runs that have
finished there are not trained again, and others resumed, but for those on tasks
in sequence, which cannot be. --seed, --epochs and --set are for them.

The files are listed on stdout. With --json, that has a line {"event":"figure"}
for each figure and, of a recipe, before them a line {"event":"run"} and the
lines of \`bayesbinn train\` for each run; text for people goes to stderr.

Letters in PNG files are those of the fonts of this machine, empty boxes where
it has none. SVG files take those of the machine that shows them.
`;

/** `bayesbinn figures <run...|recipe>`. */
export function figuresCommand(context: Context): Command {
  return new Command("figures")
    .summary("draw figures of runs")
    .description("Draws figures of one or more runs, or of a recipe, as SVG and PNG.")
    .argument("<run...>", "run folders that `bayesbinn train` wrote, or the name of a recipe")
    .option(
      "--out <dir>",
      "folder of the figures; default: <run>/figures, of a recipe runs/figures-<recipe>",
      path("--out", "the path of a folder"),
    )
    .option(
      "--samples <n>",
      "weight samples of mean predictions; default: those of the run, and 100 for regressions",
      integer("--samples", 1),
    )
    .option("--seed <n>", "of a recipe: seed of its runs", integer("--seed", 0))
    .option("--epochs <n>", "of a recipe: length of each training and of its schedules", integer("--epochs", 1))
    .option("--set <path=value>", "of a recipe: change one key of every configuration; repeatable", repeated)
    .option(...deviceOption)
    .option("--threads <n>", "compute threads; default: one for each core", integer("--threads", 1, mostThreads))
    .option("--json", "write JSON lines to stdout")
    .option("--quiet", "write nothing for people but errors and warnings")
    .addHelpText("after", examples)
    .action((sources: string[], options: Options) => figures(sources, options, context));
}

async function figures(sources: readonly string[], options: Options, context: Context): Promise<void> {
  // Loaded here, so that --help and usage errors need not wait for it.
  const [{ drawFigures }, { figuresFolder, trainForFigures }, { FiguresReport }] = await Promise.all([
    import("../../recipes/figures/draw-figures.js"),
    import("../../recipes/figures/train-for-figures.js"),
    import("../figures-report.js"),
  ]);
  const { out, samples, seed, epochs, set, device, threads, json, quiet } = options;
  const recipe = await recipeOf(sources);
  if (recipe === undefined) refuseForRuns(options);
  const { signal } = context;
  const report = new FiguresReport(context, {
    events: json ? new JsonEvents(context.stdout) : undefined,
    quiet: quiet === true,
  });
  const shared = { ...given({ device, threads }), signal };
  const folder = recipe === undefined ? out : (out ?? figuresFolder(recipe));
  try {
    const runs =
      recipe === undefined
        ? sources
        : await trainForFigures(recipe, {
            ...shared,
            ...given({ out: folder, seed, epochs, settings: set }),
            ...report.trainings,
          });
    report.close();
    await drawFigures(runs, { ...shared, ...given({ out: folder, samples }), ...report.drawings });
  } catch (error) {
    if (signal.aborted && recipe !== undefined) report.stopped(folder!);
    throw error;
  } finally {
    report.close();
  }
}

/** The recipe that is meant, or nothing where all are run folders. */
async function recipeOf(sources: readonly string[]): Promise<string | undefined> {
  const [{ runStatus }, { recipes }] = await Promise.all([
    import("../../recipes/run-status.js"),
    import("../../recipes/index.js"),
  ]);
  const names = recipes.map(({ name }) => name);
  for (const source of sources) {
    if ((await runStatus(source)) !== "absent") continue;
    const isRecipe = names.includes(source);
    if (isRecipe && sources.length === 1) return source;
    const accepted = `folders that \`bayesbinn train\` wrote, or one recipe: ${either(names)}`;
    const what = isRecipe ? "a recipe beside other runs" : "no run folder";
    const message = `${showText(source)}: ${what}, accepted: ${accepted}`;
    throw new BayesBinnError("ERR_CONFIG", message, { value: source, accepted: names });
  }
  return undefined;
}

/** What trains has no meaning for runs that are there. */
function refuseForRuns({ seed, epochs, set }: Options): void {
  const flags = [
    ["--seed", seed],
    ["--epochs", epochs],
    ["--set", set],
  ] as const;
  const [flag, value] = flags.find(([, value]) => value !== undefined) ?? [];
  if (flag === undefined) return;
  const message = `${flag} with run folders, which have been trained; accepted: a recipe`;
  throw new BayesBinnError("ERR_CONFIG", message, { path: flag, value, accepted: "a recipe" });
}
