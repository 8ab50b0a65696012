import { readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { assertOneLine, lines, only, type SmallTraining, smallTraining } from "./small-training.js";

let folder: string;
let compare: SmallTraining["compare"];

const cli = suite("bayesbinn compare as a process");
cli.before(async () => {
  ({ folder, compare } = await smallTraining());
});
cli.after(() => rm(folder, { recursive: true, force: true }));

const tables = ["comparison.csv", "comparison.json", "comparison.md"];
const small = ["--methods", "bayesbinn,adam", "--seeds", "1,3", "--epochs", "2"];
const inOrder = ["bayesbinn-seed1", "adam-seed1", "bayesbinn-seed3", "adam-seed3"];

const tablesOf = (out: string) => Promise.all(tables.map((name) => readFile(join(out, name), "utf8")));

cli("the table is that of the runs, and goes to stdout and three files", async () => {
  const out = join(folder, "table");
  const { code, stdout, stderr } = await compare([...small, "--out", out]);
  assert.is(code, 0, stderr);
  assert.equal((await readdir(out)).sort(), [...[...inOrder].sort(), ...tables]);
  for (const [index, run] of inOrder.entries()) {
    assert.match(stderr, `run ${index + 1} of 4: ${run.replace("-seed", ", seed ")}\n`);
  }
  assert.match(stderr, `the comparison is in ${out}\n`);

  const [csv, json, markdown] = (await tablesOf(out)) as [string, string, string];
  assert.is(stdout, markdown);
  const rows = csv
    .trimEnd()
    .split("\n")
    .slice(1)
    .map((line) => line.split(","));
  assert.equal(
    rows.map(([method, prediction, runs]) => [method, prediction, runs]),
    [
      ["bayesbinn", "mode", "2"],
      ["bayesbinn", "mean", "2"],
      ["adam", "mode", "2"],
    ],
  );

  // Of two numbers, the population form of the deviation is half their distance.
  const [first, second] = await Promise.all(["bayesbinn-seed1", "bayesbinn-seed3"].map((run) => numbersOf(out, run)));
  const [, mean] = rows.map((row) => row.slice(3, 9).map(Number));
  for (const [index, number] of (["train", "validation", "mean"] as const).entries()) {
    const [a, b] = [first![number], second![number]];
    assert.ok(Math.abs(mean![2 * index]! - (a + b) / 2) < 1e-12, number);
    assert.ok(Math.abs(mean![2 * index + 1]! - Math.abs(a - b) / 2) < 1e-12, number);
  }

  const { recipe, epochs, seeds, runs } = JSON.parse(json);
  assert.equal({ recipe, epochs, seeds }, { recipe: "mnist-mlp", epochs: 2, seeds: [1, 3] });
  assert.equal(
    runs.map(({ folder }: { folder: string }) => folder),
    inOrder,
  );
  assert.equal(runs[2].result, second);
});

/** From the files of a run itself. */
async function numbersOf(out: string, run: string) {
  const { bestEpoch, validation, test } = JSON.parse(await readFile(join(out, run, "metrics.json"), "utf8"));
  const best = (await lines(join(out, run, "history.jsonl"))).find(({ epoch }) => epoch === bestEpoch);
  return {
    ...{ bestEpoch, train: best?.["train"].accuracy as number, validation: validation.accuracy as number },
    ...{ mode: test.mode.accuracy as number, mean: test.mean.accuracy as number },
  };
}

cli("--json: the events of every run in its order, and the comparison at the end", async () => {
  const out = join(folder, "events");
  const { code, events, stderr } = await compare([...small, "--out", out, "--json", "--quiet"]);
  assert.is(code, 0, stderr);
  assert.is(stderr, "");
  const ofRun = ["run", "start", "epoch", "epoch", "summary"];
  assert.equal(
    events.map(({ event }) => event),
    [...inOrder.flatMap(() => ofRun), "comparison"],
  );
  const [, second] = events.filter(({ event }) => event === "run");
  assert.equal(second, {
    ...{ event: "run", method: "adam", seed: 1, number: 2, of: 4, status: "absent", run: join(out, inOrder[1]!) },
  });
  const { event: _, ...comparison } = only(events, "comparison");
  assert.equal(comparison, JSON.parse(await readFile(join(out, "comparison.json"), "utf8")));
});

cli("interrupted and continued, the tables have the bytes of an uninterrupted comparison", async () => {
  const [whole, out] = [join(folder, "whole"), join(folder, "inter rupted")];
  const args = ["--methods", "bayesbinn,adam", "--seeds", "1,3", "--epochs", "40", "--json"];
  assert.is((await compare([...args, "--out", whole])).code, 0);
  let run: string | undefined;
  const { code, stderr } = await compare([...args, "--out", out], {
    onEvent: ({ event, ...fields }, child) => {
      if (event === "run") run = fields["run"];
      if (event === "epoch" && run === join(out, inOrder[2]!)) child.kill("SIGINT");
    },
  });
  assert.is(code, 130, stderr);
  assert.not.match(stderr, /error|\n +at /);
  assert.match(stderr, `--out '${out}'\n`);
  assert.match(await readFile(join(out, "comparison.md"), "utf8"), /1 of 2/);
  const finished = join(out, inOrder[1]!, "metrics.json");
  const before = await stat(finished);

  const again = await compare([...args, "--out", out]);
  assert.is(again.code, 0, again.stderr);
  assert.equal(
    again.events.filter(({ event }) => event === "run").map(({ status }) => status),
    ["finished", "finished", "started", "absent"],
  );
  assert.is((await stat(finished)).mtimeMs, before.mtimeMs, "not trained again");
  assert.equal(await tablesOf(out), await tablesOf(whole));
});

cli("a run that was stopped goes on where the data lie now", async () => {
  const [out, moved] = [join(folder, "moved"), join(folder, "digits-elsewhere")];
  const args = ["--methods", "adam", "--seeds", "1", "--epochs", "40", "--out", out, "--json"];
  const stopped = await compare(args, {
    onEvent: ({ event }, child) => void (event === "epoch" && child.kill("SIGINT")),
  });
  assert.is(stopped.code, 130, stopped.stderr);
  await rename(join(folder, "digits"), moved);
  try {
    const { code, events, stderr } = await compare([...args, "--set", `dataset.folder=${moved}`]);
    assert.is(code, 0, stderr);
    assert.is(only(events, "run")["status"], "started");
    assert.ok(only(events, "start")["firstEpoch"] > 1);
  } finally {
    await rename(moved, join(folder, "digits"));
  }
});

cli("a comparison grows: what was there before stays in the tables, whatever the order", async () => {
  const [whole, out] = [join(folder, "at-once"), join(folder, "grown")];
  const grow = (...args: string[]) => compare([...args, "--epochs", "2", "--quiet", "--json"]);
  const ofBoth = ["--methods", "bayesbinn,adam", "--seeds", "1,2"];
  assert.is((await grow(...ofBoth, "--out", whole)).code, 0);

  assert.is((await grow("--methods", "adam", "--seeds", "2", "--out", out)).code, 0);
  assert.is((await grow("--methods", "bayesbinn", "--seeds", "2", "--out", out)).code, 0);
  const { code, events } = await grow("--methods", "bayesbinn,adam", "--seeds", "1", "--out", out);
  assert.is(code, 0);
  assert.equal(
    events.filter(({ event }) => event === "run").map(({ method, seed, status }) => [method, seed, status]),
    [
      ["bayesbinn", 1, "absent"],
      ["adam", 1, "absent"],
    ],
    "only what was asked for is trained",
  );
  assert.equal(await tablesOf(out), await tablesOf(whole));

  // What has not finished is no row of the table, unless it is asked for.
  await rm(join(out, "bayesbinn-seed2", "metrics.json"));
  assert.is((await grow("--methods", "adam", "--seeds", "1", "--out", out)).code, 0);
  assert.match((await tablesOf(out))[2]!, /\| BayesBiNN \(mode\) .*\| 1 of 2 \|/);
});

cli("a finished run whose files are damaged is one that failed, and the others go on", async () => {
  const out = join(folder, "damaged");
  assert.is((await compare([...small, "--seeds", "1", "--out", out, "--quiet"])).code, 0);
  await rm(join(out, "bayesbinn-seed1", "history.jsonl"));
  const { code, events, stderr } = await compare([...small, "--out", out, "--json", "--quiet"]);
  assert.is(code, 1, stderr);
  assert.match(stderr, /^error \[ERR_CONFIG\]: bayesbinn, seed 1: .*history\.jsonl: not the history of a run\n$/);
  const { runs } = only(events, "comparison");
  assert.equal(
    runs.map(({ result, failure }: { result?: object; failure?: { code: string } }) => [
      result !== undefined,
      failure?.code,
    ]),
    [
      [false, "ERR_CONFIG"],
      [true, undefined],
      [true, undefined],
      [true, undefined],
    ],
  );
});

cli("a folder with runs of another configuration is refused, and stays as it is", async () => {
  const out = join(folder, "another");
  assert.is((await compare([...small, "--out", out, "--quiet"])).code, 0);
  const before = await tablesOf(out);
  const epochs = await compare([...small, "--epochs", "3", "--out", out]);
  assertOneLine(
    epochs,
    2,
    /ERR_CONFIG\]: .*bayesbinn-seed1: a run of another configuration, whose epochs is 2 and not 3/,
  );
  const rate = await compare([...small, "--seeds", "9", "--set", "optimizer.learningRate=1", "--out", out]);
  assertOneLine(rate, 2, /ERR_CONFIG\]: .*optimizer\.learningRate is 0\.0001 and not 1; give another folder/);
  // The runs of all methods and seeds in the folder make one table, whatever is asked for.
  const other = await compare(["--methods", "ste", "--seeds", "9", "--epochs", "3", "--out", out]);
  assertOneLine(other, 2, /ERR_CONFIG\]: .*bayesbinn-seed1: .* whose epochs is 2 and not 3/);
  // What BayesBiNN has anyhow, and Adam has not at all.
  const temperature = ["--methods", "bayesbinn", "--epochs", "2", "--set", "optimizer.temperature=1e-10"];
  const misfit = await compare([...temperature, "--seeds", "9", "--out", out]);
  assertOneLine(misfit, 2, /ERR_CONFIG\]: .*adam-seed[13]: .*do not fit it \(adam: optimizer\.temperature: unknown/);
  assert.equal(await tablesOf(out), before);
  assertOneLine(await compare([...small, "--out", folder]), 2, /ERR_OUTPUT\]: .*holds no comparison/);
});

cli("a run that fails does not stop the others, is in the table, and gives exit code 1", async () => {
  const out = join(folder, "failing");
  // STE clips what its steps make of the weights; BayesBiNN's steps are as large as its gradients, and overflow.
  const methods = ["--methods", "bayesbinn,ste", "--seeds", "1,3", "--epochs", "2"];
  const args = [...methods, "--set", "optimizer.learningRate=1e30", "--out", out, "--json", "--quiet"];
  const { code, events, stderr } = await compare(args);
  assert.is(code, 1, stderr);
  const expected = ["bayesbinn, seed 1", "bayesbinn, seed 3"].map(
    (run) => new RegExp(`^error \\[ERR_NUMERIC\\]: ${run}: `),
  );
  const [first, second, ...more] = stderr.trimEnd().split("\n");
  assert.match(first!, expected[0]!);
  assert.match(second!, expected[1]!);
  assert.is(more.length, 0, stderr);
  assert.equal(
    events.filter(({ event }) => event === "failure").map(({ method, seed, code }) => [method, seed, code]),
    [
      ["bayesbinn", 1, "ERR_NUMERIC"],
      ["bayesbinn", 3, "ERR_NUMERIC"],
    ],
  );
  const { rows, runs } = only(events, "comparison");
  assert.equal(
    rows.map(({ method, runs }: { method: string; runs: number }) => [method, runs]),
    [
      ["bayesbinn", 0],
      ["bayesbinn", 0],
      ["ste", 2],
    ],
  );
  assert.is(runs[0].failure.code, "ERR_NUMERIC");
  assert.match(await readFile(join(out, "comparison.md"), "utf8"), "- `bayesbinn-seed3`: ERR_NUMERIC, ");
});

cli("data that are missing leave no folder", async () => {
  const result = await compare([...small, "--set", "dataset.folder=/nowhere"]);
  assertOneLine(result, 2, /ERR_DATASET_MISSING/);
  assert.not.ok((await readdir(folder)).includes("runs"));
});

cli("folders by default: the first free of a name", async () => {
  for (const name of ["compare-mnist-mlp", "compare-mnist-mlp-2"]) {
    const args = ["--methods", "adam", "--seeds", "2", "--epochs", "1"];
    const { code, stderr } = await compare(args);
    assert.is(code, 0, stderr);
    assert.match(stderr, `the comparison is in ${join("runs", name)}\n`);
  }
});

cli.run();
