import { readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Model } from "../../lib/model/model.js";
import { loadData } from "../../lib/recipes/assemble.js";
import { checkConfig } from "../../lib/recipes/config.js";
import { type Event, runCli } from "./cli-process.js";
import { assertOneLine, lines, only, type SmallTraining, smallTraining } from "./small-training.js";

let folder: string;
let train: SmallTraining["train"];

const cli = suite("bayesbinn train and evaluate as a process");
cli.before(async () => {
  ({ folder, train } = await smallTraining());
});
cli.after(() => rm(folder, { recursive: true, force: true }));

cli("train --json: the events of a run, and its folder", async () => {
  const run = join(folder, "events");
  const { code, events, stdout, stderr } = await train([
    ...["--epochs", "4", "--json", "--quiet", "--test-every-epoch", "--seed", "3", "--out", run],
  ]);
  assert.is(code, 0, stderr);
  assert.is(stderr, "");
  assert.is(stdout.trimEnd().split("\n").length, events.length, "JSON lines only");
  assert.equal(
    events.map(({ event }) => event),
    ["start", "epoch", "epoch", "epoch", "epoch", "summary"],
  );

  const start = only(events, "start");
  assert.equal(start["samples"], { train: 540, validation: 60, test: 200 });
  assert.equal(start["parameters"], { binary: 16 * (784 + 10), real: 0 });

  const epochs = events.filter(({ event }) => event === "epoch");
  assert.equal(Object.keys(epochs[0]!), [
    ...["event", "epoch", "learningRate", "train", "validation", "test", "seconds", "stepsPerSecond"],
  ]);
  for (const [index, { epoch, learningRate, train, validation, test, seconds, stepsPerSecond }] of epochs.entries()) {
    assert.is(epoch, index + 1);
    // Cosine from 1e-4 to 1e-16 over 4 epochs, the first at the initial value; differences are of rounding.
    const cosine = (1e-4 * (1 + Math.cos((Math.PI * index) / 4))) / 2;
    assert.ok(Math.abs(learningRate - cosine) <= 1e-15, `${learningRate}`);
    for (const metrics of [train, validation, test]) {
      assert.equal(Object.keys(metrics), ["loss", "accuracy"]);
      assert.ok(metrics.accuracy >= 0 && metrics.accuracy <= 1);
    }
    assert.ok(seconds.train > 0 && seconds.evaluate > 0 && stepsPerSecond > 0);
  }

  const summary = only(events, "summary");
  assert.equal(Object.keys(summary), [
    ...["event", "recipe", "optimizer", "device", "seed", "epochs", "bestEpoch", "validation", "test"],
    ...["trainSeconds", "stepSeconds", "peakMemoryBytes", "run"],
  ]);
  const best = Math.max(...epochs.map(({ validation }) => validation.accuracy));
  assert.is(summary["bestEpoch"], epochs.find(({ validation }) => validation.accuracy === best)?.["epoch"]);
  assert.equal(summary["validation"], epochs[summary["bestEpoch"] - 1]?.["validation"]);
  assert.equal(summary["test"].mode, epochs[summary["bestEpoch"] - 1]?.["test"]);
  assert.equal(Object.keys(summary["test"].mean), ["loss", "accuracy", "samples"]);
  assert.is(summary["test"].mean.samples, 10);
  assert.ok(summary["stepSeconds"].median > 0);
  assert.ok(summary["peakMemoryBytes"] > 2 ** 24);
  // 200 images of ten disjoint bars: whoever learns anything gets nearly all of them; chance is 0.1.
  assert.ok(summary["test"].mode.accuracy > 0.9, `accuracy ${summary["test"].mode.accuracy}`);

  assert.equal((await readdir(run)).sort(), [
    ...["best.safetensors", "checkpoints", "config.json", "final.safetensors", "history.csv", "history.jsonl"],
    ...["metrics.json", "run.json", "timings.jsonl"],
  ]);
  const history = await lines(join(run, "history.jsonl"));
  const [header, ...rows] = (await readFile(join(run, "history.csv"), "utf8")).trimEnd().split("\n");
  assert.match(header!, /^epoch,learningRate,train.loss,.*,flipRatio$/);
  assert.equal(
    rows.map((row) => [Number(row.split(",")[0]), Number(row.split(",").at(-1))]),
    history.map(({ epoch, flipRatio }) => [epoch, flipRatio]),
  );
  for (const { flipRatio, distribution } of history) {
    assert.ok(flipRatio >= 0 && flipRatio < 0.5);
    assert.is(distribution.quantity, "probability");
    const total = distribution.counts.reduce((sum: number, count: number) => sum + count, 0);
    assert.equal([total, distribution.counts.length], [16 * (784 + 10), 20]);
  }
  assert.equal(
    history.map(({ epoch, learningRate, train, validation, test }) => ({
      epoch,
      learningRate,
      train,
      validation,
      test,
    })),
    epochs.map(({ epoch, learningRate, train, validation, test }) => ({
      epoch,
      learningRate,
      train,
      validation,
      test,
    })),
  );
  const { event: _, ...metrics } = summary;
  assert.equal(JSON.parse(await readFile(join(run, "metrics.json"), "utf8")), metrics);
  const config = JSON.parse(await readFile(join(run, "config.json"), "utf8"));
  assert.is(config.seed, 3);
  assert.is(config.model.hiddenUnits, 16);
  assert.is(config.optimizer.temperature, 1e-10);
});

cli(
  "the same seed gives the same bytes whatever the threads, also from the config of a run; another seed does not",
  async () => {
    const outs = ["a", "b", "c", "d"].map((name) => join(folder, `same-${name}`)) as [string, string, string, string];
    const config = join(outs[0], "config.json");
    const results = [
      await train(["--epochs", "2", "--threads", "1", "--out", outs[0]]),
      await train(["--epochs", "2", "--threads", "3", "--out", outs[1]]),
      await runCli(["train", config, "--device", "cpu", "--out", outs[2]], { cwd: folder }),
      await train(["--epochs", "2", "--seed", "2", "--out", outs[3]]),
    ];
    for (const { code, stderr } of results) assert.is(code, 0, stderr);
    for (const file of ["config.json", "history.jsonl", "history.csv", "final.safetensors", "best.safetensors"]) {
      const [a, b, c, d] = await Promise.all(outs.map((out) => readFile(join(out, file))));
      assert.ok(a?.equals(b!), `${file} on 3 threads`);
      assert.ok(a?.equals(c!), `${file} from config.json`);
      assert.not.ok(a?.equals(d!), `${file} with another seed`);
    }
  },
);

cli("--stop-after leaves the schedule as it is, and the default folders are numbered", async () => {
  const args = ["--epochs", "100", "--stop-after", "2", "--json", "--seed", "9"];
  for (const number of [1, 2]) {
    const { code, events, stderr } = await train(args);
    assert.is(code, 0, stderr);
    const summary = only(events, "summary");
    assert.is(summary["epochs"], 2);
    assert.is(summary["run"], join("runs", `mnist-mlp-seed9-${number}`));
    assert.match(stderr, /test accuracy: [\d.]+ % \(mode\)/);
    assert.match(stderr, summary["run"]);
    const second = events.filter(({ event }) => event === "epoch")[1];
    // Second of 100 epochs: still within 0.1 % of the initial value; of 2 epochs it would be half of it.
    assert.ok(second?.["learningRate"] > 0.999e-4);
    assert.not.ok("test" in second!);
  }
});

cli("a run whose data were named relative to one folder can be used from another", async () => {
  const run = join(folder, "moved");
  const { code, stderr } = await train(["--set", "dataset.folder=digits", "--epochs", "1", "--out", run]);
  assert.is(code, 0, stderr);
  const away = { cwd: tmpdir() };
  const evaluated = await runCli(["evaluate", run, "--device", "cpu"], away);
  assert.is(evaluated.code, 0, evaluated.stderr);
  const again = join(folder, "moved-again");
  const trained = await runCli(["train", join(run, "config.json"), "--device", "cpu", "--out", again], away);
  assert.is(trained.code, 0, trained.stderr);
});

cli("evaluate gives the numbers of the run again", async () => {
  const run = join(folder, "again");
  const trained = await train(["--epochs", "3", "--json", "--out", run]);
  const { test } = only(trained.events, "summary") as Event & { test: { mode: object; mean: object } };
  const evaluate = (...args: string[]) => runCli(["evaluate", run, "--device", "cpu", ...args], { cwd: folder });

  const again = await evaluate("--json", "--quiet");
  assert.is(again.code, 0, again.stderr);
  assert.is(again.stderr, "");
  assert.equal(only(again.events, "evaluation"), {
    ...{ event: "evaluation", recipe: "mnist-mlp", weights: "best", split: "test" },
    ...{ mode: test.mode, mean: test.mean, run },
  });

  const final = await evaluate("--weights", "final", "--split", "validation", "--samples", "3", "--json", "--quiet");
  const last = (await lines(join(run, "history.jsonl"))).at(-1)!;
  assert.equal(only(final.events, "evaluation")["mode"], last["validation"]);
  assert.is(only(final.events, "evaluation")["mean"].samples, 3);

  const people = await evaluate();
  assert.is(people.stderr, "");
  assert.match(people.stdout, /mode: loss [\d.]+ accuracy [\d.]+ %/);
});

cli("evaluate --reestimate-batch-norm reports both numbers", async () => {
  const run = join(folder, "reestimated");
  const trained = await train(["--epochs", "1", "--out", run]);
  assert.is(trained.code, 0, trained.stderr);
  const evaluate = (...args: string[]) => runCli(["evaluate", run, "--device", "cpu", ...args], { cwd: folder });
  const running = only((await evaluate("--json", "--quiet")).events, "evaluation");
  assert.not.ok("reestimated" in running);

  const both = await evaluate("--reestimate-batch-norm", "--json");
  assert.is(both.code, 0, both.stderr);
  const { reestimated, ...rest } = only(both.events, "evaluation");
  assert.equal(rest, running);
  assert.equal(Object.keys(reestimated), ["mode", "mean"]);
  assert.equal(Object.keys(reestimated.mode), ["loss", "accuracy"]);
  assert.equal(Object.keys(reestimated.mean), ["loss", "accuracy", "samples"]);
  assert.not.equal(reestimated.mode.loss, running["mode"].loss);
  // What the library says of the run's training samples.
  const config = checkConfig(JSON.parse(await readFile(join(run, "config.json"), "utf8")));
  const data = await loadData(config);
  await using model = await Model.load(join(run, "best.safetensors"));
  for (const samples of [0, 10]) {
    const expected = await model.evaluate(data.test, { samples, reestimateBatchNorm: data.train });
    assert.equal(samples === 0 ? { ...reestimated.mode, samples } : reestimated.mean, expected);
  }
  const numbers = / {2}mode: loss [\d.]+ accuracy [\d.]+ %\n {2}mean of 10 samples: loss [\d.]+ accuracy [\d.]+ %\n/;
  const text = new RegExp(`samples:\n${numbers.source}with re-estimated batch-norm statistics:\n${numbers.source}$`);
  assert.match(both.stderr, text);
  assert.match((await evaluate("--reestimate-batch-norm")).stdout, text);
});

cli("without validation the last epoch is the best", async () => {
  const run = join(folder, "no-validation");
  const { code, events, stderr } = await train([
    ...["--epochs", "2", "--json", "--out", run, "--set", "dataset.validationFraction=0"],
  ]);
  assert.is(code, 0, stderr);
  assert.is(only(events, "summary")["bestEpoch"], 2);
  assert.not.ok("validation" in only(events, "summary"));
  assert.ok((await readFile(join(run, "best.safetensors"))).equals(await readFile(join(run, "final.safetensors"))));
  assertOneLine(
    await runCli(["evaluate", run, "--split", "validation"], { cwd: folder }),
    2,
    /^error \[ERR_CONFIG\]: .*no validation samples/,
  );
});

cli("SIGINT in the middle of an epoch: exit code 130, and what was written stays", async () => {
  const run = join(folder, "interrupted");
  const { code, signal, events, stderr } = await train(["--epochs", "1000000", "--json", "--out", run], {
    onEvent: ({ event, epoch }, child) => {
      if (event === "epoch" && epoch === 3) child.kill("SIGINT");
    },
  });
  assert.is(signal, null);
  assert.is(code, 130, stderr);
  assert.not.match(stderr, /error|\n +at /);
  assert.not.ok(events.some(({ event }) => event === "summary"));
  const history = await lines(join(run, "history.jsonl"));
  assert.ok(history.length >= 3);
  assert.equal(
    history.map(({ epoch }) => epoch),
    history.map((_, index) => index + 1),
  );
  assert.equal((await readdir(run)).sort(), [
    ...["best.safetensors", "checkpoints", "config.json", "history.csv", "history.jsonl", "run.json"],
    "timings.jsonl",
  ]);
  const { code: evaluated } = await runCli(["evaluate", run, "--quiet"], { cwd: folder });
  assert.is(evaluated, 0, "the best weights so far can be used");
});

cli("a reader that closes stdout ends the run with one line", async () => {
  const result = await train(["--epochs", "1000000", "--json", "--quiet"], {
    onEvent: ({ event }, child) => {
      if (event === "epoch") child.stdout?.destroy();
    },
  });
  assert.is(result.code, 2, result.stderr);
  assert.match(result.stderr, /^error \[ERR_OUTPUT\]: [^\n]*\n$/);
});

cli.run();
