/** Runs of a network with binary weights and real biases: one optimizer for each. */
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { RunFolder } from "../../../lib/io/run-folder.js";
import type { SessionDescription } from "../../../lib/native/contract.js";
import type { ContinualConfig } from "../../../lib/recipes/continual/continual-config.js";
import { continualSummary } from "../../../lib/recipes/continual/continual-summary.js";
import { evaluateRun } from "../../../lib/recipes/evaluate-run.js";
import { resolveConfig } from "../../../lib/recipes/resolve-config.js";
import { resumeRun } from "../../../lib/recipes/resume-run.js";
import { runConfig } from "../../../lib/recipes/run.js";
import type { RunStart } from "../../../lib/recipes/run-report.js";
import type { ContinualHistory } from "../../../lib/training/continual/continual-history.js";
import { temporaryFolder } from "../../support/temporary-folder.js";
import { failure } from "./failure.js";

const test = suite("runs with two optimizers");

const folder = temporaryFolder();
const whole = join(folder, "whole");
const machine = { device: "cpu", threads: 1 } as const;
const epochs = 4;
const settings = [
  ...["model.hiddenUnits=7", "model.bias=real", "dataset.samples=53", "dataset.validationFraction=0.2", "batchSize=10"],
  ...["optimizer.temperature=0.5", "optimizer.schedules.temperature.name=exponential"],
  ...["optimizer.schedules.temperature.gamma=0.5", "realOptimizer.name=adam", "realOptimizer.learningRate=0.25"],
  ...["realOptimizer.schedules.learningRate.name=exponential", "realOptimizer.schedules.learningRate.gamma=0.125"],
];
const configOf = (...more: string[]) => resolveConfig("two-moons", [...settings, ...more], { epochs });

let start: RunStart;
test.before(async () => {
  const onStart = (facts: RunStart) => {
    start = facts;
  };
  await runConfig(await configOf(), { ...machine, out: whole, checkpointEvery: 1, onStart });
});

const json = async (...path: string[]) => JSON.parse(await readFile(join(...path), "utf8"));

async function history(run: string): Promise<{ learningRate: number; hyperparameters: Record<string, number> }[]> {
  return (await readFile(join(run, "history.jsonl"), "utf8"))
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
}

test("start and summary name both, with the parameters of each", async () => {
  assert.equal([start.optimizer, start.realOptimizer], ["bayesbinn", "adam"]);
  // 2-7-7-1: weights, and a bias for each unit.
  assert.equal(start.parameters, { binary: 2 * 7 + 7 * 7 + 7, real: 7 + 7 + 1 });
  const { optimizer, realOptimizer } = await json(whole, "metrics.json");
  assert.equal([optimizer, realOptimizer], ["bayesbinn", "adam"]);
});

test("the history has the schedules of both", async () => {
  const found = await history(whole);
  assert.is(found.length, epochs);
  for (const [epoch, { hyperparameters, learningRate }] of found.entries()) {
    const { "bayesbinn.learningRate": first, ...scheduled } = hyperparameters;
    assert.is(learningRate, first, "that of the first optimizer");
    // Powers of two, which are exact.
    assert.equal(scheduled, {
      "bayesbinn.temperature": 0.5 * 0.5 ** epoch,
      "adam.learningRate": 0.25 * 0.125 ** epoch,
    });
  }
});

test("a run that was stopped goes on with the state of both, to the same bytes", async () => {
  const out = join(folder, "stopped");
  await runConfig(await configOf(), { ...machine, out, checkpointEvery: 1, stopAfter: 2 });
  await resumeRun(out, { threads: 1, stopAfter: epochs });
  for (const file of ["config.json", "history.jsonl", "history.csv", "final.safetensors", "best.safetensors"]) {
    const [actual, expected] = await Promise.all([out, whole].map((run) => readFile(join(run, file))));
    assert.ok(actual!.equals(expected!), file);
  }
});

test("a run does not go on with another second optimizer", async () => {
  const out = join(folder, "changed");
  await runConfig(await configOf(), { ...machine, out, checkpointEvery: 1, stopAfter: 1 });
  const file = join(out, "config.json");
  const config = await json(file);
  config.realOptimizer.learningRate = 0.125;
  await writeFile(file, JSON.stringify(config));
  const resume = () => resumeRun(out, { threads: 1, stopAfter: epochs });
  await failure(resume, "ERR_CHECKPOINT_MISMATCH", "optimizers.1.options.learningRate was 0.25 and is 0.125 now");
});

test("both kinds of parameters are evaluated again as the run did", async () => {
  const { mode, mean } = await evaluateRun(whole, machine);
  assert.equal({ mode, mean }, (await json(whole, "metrics.json")).test);
});

test("the summary of tasks in sequence names both as well", async () => {
  const settings = ["realOptimizer.name=sgd"];
  const config = (await resolveConfig("permuted-mnist", settings)) as ContinualConfig;
  const matrix = [[0.5]];
  const history = {
    ...{ tasks: ["one"], epochsPerTask: 1, epochs: [], distributions: [], seconds: { train: 1, evaluate: 1 } },
    ...{ accuracyMatrix: matrix, modeAccuracyMatrix: matrix, averageAccuracy: [0.5] },
    evaluations: [{ task: 1, epoch: 1, samples: 10, accuracies: [0.5], modeAccuracies: [0.5] }],
  } as unknown as ContinualHistory;
  const run = RunFolder.at(folder);
  const { optimizer, realOptimizer } = continualSummary(config, { device: "cpu" } as SessionDescription, history, run);
  assert.equal([optimizer, realOptimizer], ["bayesbinn", "sgd"]);
});

test("an optimizer with nothing to train, and parameters without one, are refused before there is a folder", async () => {
  const network = "for the network toyMlp, which has no";
  const rows = [
    [["model.bias=binary"], "ERR_CONFIG", `realOptimizer: "adam" ${network} real-valued parameters, accepted: no`],
    [["model.weights=real"], "ERR_CONFIG", `optimizer: "bayesbinn" ${network} binary parameters, accepted: "adam" or`],
    [
      ["realOptimizer=null"],
      "ERR_OPTIMIZER_CLAIM",
      "realOptimizer: missing, but the real-valued parameters of the network toyMlp (linear1.bias, linear2.bias, linear3.bias) need",
      'accepted: "adam" or "sgd"',
    ],
    [["realOptimizer=null", 'optimizer={"name":"adam"}'], "ERR_OPTIMIZER_CLAIM", "linear1.weight"],
    [["realOptimizer=null", "model.bias=binary", "model.weights=real"], "ERR_OPTIMIZER_CLAIM", "linear1.weight"],
  ] as const;
  for (const [changes, code, ...texts] of rows) {
    const out = join(folder, "never-made");
    const config = await configOf(...changes);
    await failure(() => runConfig(config, { ...machine, out }), code, ...texts);
  }
  assert.not.ok((await readdir(folder)).includes("never-made"));
});

test("more than three parameters without an optimizer are counted", async () => {
  const config = await configOf("realOptimizer=null", "model.hiddenLayers=4");
  await failure(
    () => runConfig(config, machine),
    "ERR_OPTIMIZER_CLAIM",
    "(linear1.bias, linear2.bias, linear3.bias and 2 more)",
  );
});

test.run();
