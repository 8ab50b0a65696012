import { mkdir, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { type CliResult, runCli } from "./cli-process.js";
import { assertOneLine, type SmallTraining, smallTraining } from "./small-training.js";

let folder: string;
let train: SmallTraining["train"];
let recipe: readonly string[];

const figures = (...args: string[]): Promise<CliResult> =>
  runCli(["figures", ...args, "--device", "cpu"], { cwd: folder });

const cli = suite("bayesbinn figures");
cli.before(async () => {
  ({ folder, train } = await smallTraining());
  recipe = [
    ...["mnist-mlp", "--set", `dataset.folder=${join(folder, "digits")}`, "--set", "model.hiddenUnits=16"],
    ...["--set", "model.hiddenLayers=1", "--set", "batchSize=20", "--epochs", "2"],
  ];
  const runs = [
    await train(["--epochs", "3", "--quiet", "--test-every-epoch", "--out", "runs/a"]),
    await train(["--epochs", "2", "--quiet", "--method", "ste", "--out", "runs/b"]),
  ];
  for (const { code, stderr } of runs) assert.is(code, 0, stderr);
});
cli.after(() => rm(folder, { recursive: true, force: true }));

const files = (...names: string[]) => names.flatMap((name) => [`${name}.png`, `${name}.svg`]).sort();

cli("of one run, into its folder; the files are listed on stdout", async () => {
  const { code, stdout, stderr } = await figures("runs/a");
  assert.is(code, 0, stderr);
  assert.is(stderr, "");
  const there = await readdir(join(folder, "runs/a/figures"));
  assert.equal(there.sort(), files("training-curves", "reliability-diagram", "confusion-matrix"));
  assert.is(stdout.trimEnd().split("\n").length, 3);
  assert.match(stdout, "runs/a/figures/confusion-matrix.svg, runs/a/figures/confusion-matrix.png");
  const svg = await readFile(join(folder, "runs/a/figures/confusion-matrix.svg"), "utf8");
  assert.match(svg, "BayesBiNN (a), 200 test samples, mean of 10 draws");
  // 20 images of each class, which it has learnt: the diagonal has them all but for a few.
  assert.ok([...svg.matchAll(/>20<\/text>/g)].length >= 8);
});

cli("of several runs, in one picture where there is room, with --json", async () => {
  const { code, events, stdout, stderr } = await figures("runs/a", "runs/b", "./runs/a", "--out", "both", "--json");
  assert.is(code, 0, stderr);
  assert.is(stdout.trimEnd().split("\n").length, events.length);
  assert.equal(
    events.map(({ event, name, runs }) => [event, name, runs.length]),
    [
      ["figure", "training-curves", 2],
      ["figure", "reliability-diagram", 2],
      ["figure", "confusion-matrix-a", 1],
      ["figure", "confusion-matrix-b", 1],
    ],
  );
  for (const { svg, png } of events)
    for (const file of [svg, png]) assert.ok((await stat(join(folder, file))).size > 0);
  const svg = await readFile(join(folder, "both/training-curves.svg"), "utf8");
  for (const label of ["BayesBiNN (a)", "STE Adam (b)"]) assert.match(svg, label);
  assert.equal((await figures("runs/b", "--quiet", "--out", "quiet")).stdout, "");
});

cli("of a recipe: trains what its figures show, once", async () => {
  const args = [...recipe, "--out", "of-recipe", "--json", "--quiet"];
  const first = await figures(...args);
  assert.is(first.code, 0, first.stderr);
  assert.equal(
    first.events.map(({ event }) => event),
    ["run", "start", "epoch", "epoch", "summary", "figure", "figure", "figure"],
  );
  assert.is(first.events[0]!["run"], "of-recipe/bayesbinn-seed1");
  const again = await figures(...args);
  assert.equal(
    again.events.map(({ event, status }) => [event, status]),
    [["run", "finished"], ...Array.from({ length: 3 }, () => ["figure", undefined])],
  );
  const other = await figures(...recipe, "--set", "optimizer.temperature=0.5", "--out", "of-recipe");
  assertOneLine(other, 2, /^error \[ERR_CONFIG\]: of-recipe\/bayesbinn-seed1: a run of another configuration, whose/);
});

cli(
  "of a recipe of tasks in sequence: with and without the prior of the tasks before, which cannot be resumed",
  async () => {
    const args = [
      ...["permuted-mnist", "--set", `dataset.folder=${join(folder, "digits")}`, "--set", "dataset.tasks=2"],
      ...["--set", "model.hiddenUnits=16", "--set", "continual.finalSamples=3", "--set", "continual.evaluations=1"],
      ...["--set", "batchSize=20", "--epochs", "1", "--seed", "4", "--out", "tasks", "--json", "--quiet"],
    ];
    const { code, events, stderr } = await figures(...args);
    assert.is(code, 0, stderr);
    assert.is(stderr, "");
    const training = [
      "run",
      "start",
      ...["task", "epoch", "evaluation"],
      ...["task", "epoch", "evaluation"],
      "summary",
    ];
    assert.equal(
      events.map(({ event }) => event),
      [...training, ...training, "figure", "figure", "figure", "figure"],
    );
    assert.equal(
      events.filter(({ event }) => event === "summary").map(({ run, prior, seed }) => [run, prior, seed]),
      [
        ["tasks/with-prior-seed4", "previous", 4],
        ["tasks/without-prior-seed4", "none", 4],
      ],
    );
    const svg = await readFile(join(folder, "tasks/task-accuracies.svg"), "utf8");
    for (const label of [">with prior<", ">without prior<"]) assert.match(svg, label);
    await rm(join(folder, "tasks/without-prior-seed4/metrics.json"));
    assertOneLine(
      await figures(...args),
      2,
      /ERR_CONFIG.*tasks\/without-prior-seed4: a run on tasks .* cannot be resumed; accepted: to remove the folder/,
    );
  },
);

cli("mistakes are one line, and leave no folder", async () => {
  const rows: [string[], RegExp][] = [
    [
      ["runs/none"],
      /ERR_CONFIG.*runs\/none: no run folder, accepted: folders that `bayesbinn train` wrote, or one recipe/,
    ],
    [["runs/a", "mnist-mlp"], /ERR_CONFIG.*mnist-mlp: a recipe beside other runs/],
    [["runs/a", "runs/b"], /ERR_CONFIG.*figures of 2 runs need a folder of their own, accepted: --out <dir>/],
    [["runs/a", "--epochs", "3", "--out", "no"], /ERR_CONFIG.*--epochs with run folders/],
    [["runs/a", "--samples", "0", "--out", "no"], /ERR_OPTION_RANGE.*--samples/],
    [[], /ERR_CONFIG.*run/],
  ];
  for (const [args, pattern] of rows) assertOneLine(await figures(...args), 2, pattern);
  assert.not.ok((await readdir(folder)).includes("no"));
});

cli("a run without files is nothing to draw, and a history that is damaged is named", async () => {
  const run = join(folder, "runs/damaged");
  await mkdir(run);
  await writeFile(join(run, "config.json"), await readFile(join(folder, "runs/a/config.json")));
  assertOneLine(
    await figures("runs/damaged"),
    2,
    /ERR_CONFIG.*runs\/damaged: nothing to draw yet; accepted: runs that/,
  );
  await writeFile(join(run, "history.jsonl"), '{"epoch":1}\n');
  assertOneLine(await figures("runs/damaged"), 2, /ERR_CONFIG.*runs\/damaged\/history.jsonl: not the history of a run/);
});

cli.run();
