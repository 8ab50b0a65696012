import { mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { writeTinyDigits } from "../support/tiny-digits.js";
import { runCli } from "./cli-process.js";
import { assertOneLine, lines, only } from "./small-training.js";

const test = suite("train on tasks in sequence");

const folder = await mkdtemp(join(tmpdir(), "bayesbinn-cli-"));
const data = join(folder, "digits");
await mkdir(data);
await writeTinyDigits(data);
test.after(() => rm(folder, { recursive: true }));

const small = [
  ...["permuted-mnist", "--set", `dataset.folder=${data}`, "--set", "dataset.tasks=2", "--set", "model.hiddenUnits=16"],
  ...["--set", "continual.evaluations=2", "--set", "continual.finalSamples=3", "--set", "batchSize=20"],
  ...["--epochs", "2", "--device", "cpu"],
];
const train = (args: readonly string[]) => runCli(["train", ...small, ...args], { cwd: folder });

const json = async (path: string) => JSON.parse(await readFile(path, "utf8"));

test("each task is evaluated on all, and the run folder says how it went", async () => {
  const { code, stderr, events } = await train(["--json", "--out", "run"]);
  assert.is(code, 0, stderr);
  assert.match(stderr, /^task 1: .*\n(.*\n)*task 2: /m);
  assert.match(stderr, /^average .* prior previous, batch norm shared$/m);
  const summary = only(events, "summary");
  const seen = events.filter(({ event }) => event === "evaluation");
  assert.equal(
    seen.map(({ task, epoch, samples }) => [task, epoch, samples]),
    [
      [1, 1, 10],
      [1, 2, 3],
      [2, 1, 10],
      [2, 2, 3],
    ],
  );
  const run = join(folder, "run");
  const continual = await json(join(run, "continual.json"));
  assert.equal(continual.accuracyMatrix[1], summary["accuracies"]);
  assert.is(continual.averageAccuracy[1], summary["averageAccuracy"]);
  assert.equal(
    continual.evaluations,
    seen.map(({ event: _, ...evaluation }) => evaluation),
  );
  assert.is(continual.distributions.length, 2);
  assert.equal(await json(join(run, "metrics.json")), JSON.parse(JSON.stringify({ ...summary, event: undefined })));
  const history = await lines(join(run, "history.jsonl"));
  assert.equal(
    history.map(({ task, epoch }) => [task, epoch]),
    [
      [1, 1],
      [1, 2],
      [2, 1],
      [2, 2],
    ],
  );
  const config = await json(join(run, "config.json"));
  assert.equal(config.continual, {
    prior: "previous",
    batchNorm: "shared",
    reestimationSamples: 5000,
    evaluations: 2,
    finalSamples: 3,
  });
});

test("the configuration of a run gives the same run", async () => {
  const first = await train(["--json", "--quiet", "--out", "first"]);
  assert.is(first.code, 0, first.stderr);
  const again = await runCli(["train", join("first", "config.json"), "--json", "--quiet", "--out", "again"], {
    cwd: folder,
  });
  assert.is(again.code, 0, again.stderr);
  for (const file of ["continual.json", "history.jsonl", "final.safetensors"]) {
    assert.equal(await readFile(join(folder, "again", file)), await readFile(join(folder, "first", file)), file);
  }
});

test("what tasks have no use for is refused", async () => {
  for (const [args, start] of [
    [["--stop-after", "1"], /--stop-after with a sequence of tasks/],
    [["--test-every-epoch"], /--test-every-epoch with/],
    [["--tensorboard"], /--tensorboard with/],
    [["--set", "continual.prior=last"], /continual\.prior: "last"/],
    [["--set", "earlyStopping.patience=2"], /earlyStopping: .* accepted: none for the tasks of permuted-mnist/],
  ] as const) {
    assertOneLine(await train(args), 2, start);
  }
});

test("settings of tasks need tasks", async () => {
  const result = await runCli(["train", "mnist-mlp", "--set", "continual.prior=none"], { cwd: folder });
  assertOneLine(result, 2, /continual: .* accepted: a data set of tasks: permuted-mnist/);
});

test("commands of single data sets say that this is none", async () => {
  await train(["--quiet", "--out", "single"]);
  assertOneLine(await runCli(["evaluate", "single"], { cwd: folder }), 2, /sequence of tasks/);
  assertOneLine(await runCli(["compare", ...small.slice(0, 3)], { cwd: folder }), 2, /sequence of tasks/);
  assertOneLine(await runCli(["train", "--resume", "single"], { cwd: folder }), 2, /sequence of tasks/);
});

test.run();
