/** Runs that are killed, and go on: the files that they leave are those of a run that was never stopped. */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { cp, mkdir, readdir, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { type CliResult, runCli } from "./cli-process.js";
import { assertOneLine, lines, only, type SmallTraining, smallTraining } from "./small-training.js";

const cli = suite("bayesbinn train --resume");

let folder: string;
let train: SmallTraining["train"];
let whole: string;

const epochs = 8;
/** Deterministic files: everything but durations and facts of the machine. */
const files = ["best.safetensors", "config.json", "final.safetensors", "history.csv", "history.jsonl"];
const settings = ["--epochs", String(epochs), "--test-every-epoch", "--set", "optimizer.momentum=0.9"];

cli.before(async () => {
  ({ folder, train } = await smallTraining());
  whole = join(folder, "whole");
  const { code, stderr } = await train([...settings, "--out", whole]);
  assert.is(code, 0, stderr);
});
cli.after(() => rm(folder, { recursive: true, force: true }));

const resume = (run: string, ...args: string[]) => runCli(["train", "--resume", run, ...args], { cwd: folder });

async function assertSame(run: string, what: string): Promise<void> {
  for (const name of files) {
    const [actual, expected] = await Promise.all([readFile(join(run, name)), readFile(join(whole, name))]);
    assert.ok(actual.equals(expected), `${what}: ${name}`);
  }
  const { test, bestEpoch } = JSON.parse(await readFile(join(run, "metrics.json"), "utf8"));
  const expected = JSON.parse(await readFile(join(whole, "metrics.json"), "utf8"));
  assert.equal({ test, bestEpoch }, { test: expected.test, bestEpoch: expected.bestEpoch }, what);
  const left = (await readdir(run, { recursive: true })).filter((name) => name.endsWith(".tmp"));
  assert.equal(left, [], `${what}: leftovers`);
}

/** A moment of a run, seen from what is in its folder. */
type Moment = (run: string) => boolean;

const tryTo = <T>(look: () => T, otherwise: T): T => {
  try {
    return look();
  } catch {
    return otherwise;
  }
};
const names = (path: string) => tryTo(() => readdirSync(path), []);
const lineCount = (path: string) => tryTo(() => readFileSync(path, "utf8").split("\n").length - 1, 0);
const checkpoints = (run: string) => names(join(run, "checkpoints"));

/** As soon as the folder has been seen to be so; no clock is needed. */
const moments: Readonly<Record<string, Moment>> = {
  "the folder was made": (run) => tryTo(() => statSync(run).isDirectory(), false),
  "the configuration was written, before the first checkpoint": (run) => names(run).includes("config.json"),
  "the first line of the history was flushed": (run) => lineCount(join(run, "history.jsonl")) >= 1,
  "the first checkpoint was begun": (run) => checkpoints(run).length > 0,
  "a checkpoint was half written": (run) =>
    checkpoints(run).some((name) => name.endsWith(".tmp")) && lineCount(join(run, "history.jsonl")) >= 2,
  "the third line of the history was flushed": (run) => lineCount(join(run, "history.jsonl")) >= 3,
  "the fourth checkpoint was there": (run) => checkpoints(run).includes("epoch-0004.safetensors"),
  "the last line of the history was flushed": (run) => lineCount(join(run, "history.jsonl")) >= epochs,
  "the last checkpoint was there": (run) => checkpoints(run).includes(`epoch-000${epochs}.safetensors`),
  "the final weights were written": (run) => names(run).some((name) => name.includes("final.safetensors")),
};

/** Runs `command` and kills it at a moment, a few milliseconds later where `delay` says so. */
async function killed(command: typeof train, args: readonly string[], run: string, moment: Moment): Promise<CliResult> {
  return command(args, {
    onStart: async (child) => {
      let watched = true;
      child.once("exit", () => {
        watched = false;
      });
      while (watched && !moment(run)) await setTimeout(1);
      child.kill("SIGKILL");
    },
  });
}

for (const [index, [what, moment]] of Object.entries(moments).entries()) {
  cli(`killed when ${what}`, async () => {
    const run = join(folder, `killed-${index}`);
    await killed(train, [...settings, "--out", run], run, moment);
    if (!names(run).includes("config.json")) {
      // It had nothing yet: the same command begins it.
      assertOneLine(await resume(run), 2, /^error \[ERR_CONFIG\]: .*no run folder/);
      assert.is((await train([...settings, "--out", run])).code, 0);
    } else if (!names(run).includes("metrics.json")) {
      const { code, stderr } = await resume(run, "--threads", "1");
      assert.is(code, 0, stderr);
    }
    await assertSame(run, what);
  });
}

cli("killed again and again, each time after at least one more epoch", async () => {
  const run = join(folder, "often");
  for (let sitting = 1; sitting <= 4; sitting++) {
    const moment: Moment = () => checkpoints(run).includes(`epoch-000${2 * sitting - 1}.safetensors`);
    const args = sitting === 1 ? [...settings, "--out", run] : ["train", "--resume", run];
    const command: typeof train = sitting === 1 ? train : (line, options) => runCli(line, { cwd: folder, ...options });
    await killed(command, args, run, moment);
  }
  if (!names(run).includes("metrics.json")) assert.is((await resume(run)).code, 0);
  await assertSame(run, "often");
  const { sittings } = JSON.parse(await readFile(join(run, "run.json"), "utf8"));
  assert.ok(sittings.length >= 2);
  assert.is(sittings[0].firstEpoch, 1);
  for (const { machine, threads, startedAt } of sittings) {
    assert.is(machine.node, process.version);
    assert.ok(threads >= 1 && Number.isFinite(Date.parse(startedAt)));
    assert.match(machine.instructionSet, /^(baseline|avx2|avx512|neon)$/);
  }
});

cli("Ctrl+C, and on with --resume: the events and the text say where", async () => {
  const run = join(folder, "interrupted");
  const first = await train([...settings, "--out", run, "--json"], {
    onEvent: ({ event, epoch }, child) => {
      if (event === "epoch" && epoch === 3) child.kill("SIGINT");
    },
  });
  assert.is(first.code, 130, first.stderr);
  assert.match(first.stderr, new RegExp(`bayesbinn train --resume ${run}`));
  const second = await resume(run, "--json");
  assert.is(second.code, 0, second.stderr);
  const { firstEpoch } = only(second.events, "start");
  assert.ok(firstEpoch >= 3 && firstEpoch <= 5);
  assert.equal(
    second.events.filter(({ event }) => event === "epoch").map(({ epoch }) => epoch),
    Array.from({ length: epochs - firstEpoch + 1 }, (_, index) => firstEpoch + index),
  );
  assert.match(second.stderr, new RegExp(`resumed after epoch ${firstEpoch - 1}\n`));
  await assertSame(run, "interrupted");
});

cli("--stop-after in sittings, and a longer run of one that has finished", async () => {
  const run = join(folder, "sittings");
  assert.is((await train([...settings, "--stop-after", "3", "--out", run])).code, 0);
  assertOneLine(await resume(run, "--stop-after", "3"), 2, /^error \[ERR_CONFIG\]: .*finished its 3 epochs/);
  assert.is((await resume(run, "--stop-after", "5")).code, 0);
  assert.is((await lines(join(run, "history.jsonl"))).length, 5);
  assert.is((await resume(run)).code, 0);
  await assertSame(run, "sittings");
  assertOneLine(await resume(run), 2, /^error \[ERR_CONFIG\]: .*finished its 8 epochs; accepted: more than 8 epochs/);
  const longer = await resume(run, "--epochs", "9", "--json");
  assert.is(longer.code, 0, longer.stderr);
  assert.is(only(longer.events, "summary")["epochs"], 9);
  assert.is(JSON.parse(await readFile(join(run, "config.json"), "utf8")).epochs, 9);
});

cli("--tensorboard holds for all sittings, and a log that cannot be written is a warning", async () => {
  const run = join(folder, "logged");
  const events = join(run, "tensorboard");
  assert.is((await train([...settings, "--tensorboard", "--stop-after", "2", "--out", run])).code, 0);
  assert.is(names(events).length, 1);
  assert.is((await resume(run, "--stop-after", "3")).code, 0);
  assert.equal(
    names(events).map((name) => /^events\.out\.tfevents\./.test(name)),
    [true, true],
  );
  await rm(events, { recursive: true });
  await writeFile(events, "no folder");
  const { code, stderr } = await resume(run, "--quiet");
  assert.is(code, 0, stderr);
  assert.match(stderr, /^warning: tensorBoard: .*tensorboard" cannot be written: .*\n$/);
  await assertSame(run, "logged");
});

cli("lines of the history beyond the checkpoint are cut, and a torn one as well", async () => {
  const run = join(folder, "torn");
  await killed(train, [...settings, "--out", run], run, moments["the third line of the history was flushed"]!);
  await writeFile(join(run, "history.jsonl"), '{"epoch":7,"not":"true"}\n{"epo', { flag: "a" });
  assert.is((await resume(run)).code, 0);
  await assertSame(run, "torn");
});

cli("a damaged checkpoint is named, and the one before offered", async () => {
  const run = join(folder, "damaged");
  await cp(whole, run, { recursive: true });
  await rm(join(run, "metrics.json"));
  const [before, last] = [epochs - 1, epochs].map((epoch) => join(run, "checkpoints", `epoch-000${epoch}.safetensors`));
  await truncate(last!, statSync(last!).size - 3);
  const result = await resume(run);
  assertOneLine(result, 2, /^error \[ERR_CHECKPOINT_FORMAT\]: .*the file ends before "\S+" does/);
  assert.ok(result.stderr.includes(`that of epoch 7 is whole: resume from ${before}`), result.stderr);
  assert.is((await resume(before!)).code, 0);
  await assertSame(run, "damaged");
  await rm(join(run, "metrics.json"));
  const best = join(run, "checkpoints", "best.safetensors");
  const copy = await readFile(best);
  for (const path of [before!, last!]) await writeFile(path, "damaged");
  await rm(best);
  await writeFile(best, copy);
  assert.ok((await resume(run)).stderr.includes(`is whole: resume from ${best}`));
  await writeFile(best, "damaged");
  assert.not.match((await resume(run)).stderr, /is whole/);
});

cli("one process at a time", async () => {
  const run = join(folder, "two");
  let second: Promise<CliResult> | undefined;
  const first = await train([...settings, "--epochs", "100000", "--json", "--out", run], {
    onEvent: ({ event, epoch }, child) => {
      if (event === "epoch" && epoch === 2) second = resume(run).finally(() => child.kill("SIGINT"));
    },
  });
  assert.is(first.code, 130, first.stderr);
  assertOneLine(await second!, 1, /^error \[ERR_BUSY\]: .*process \d+ on .* is at work in it/);
  assert.not.ok(names(run).includes("run.lock"));
  assert.is((await resume(run, "--stop-after", "60")).code, 0, "when it has gone, another may");
});

cli("a run that was killed before it had a configuration can be begun in its folder", async () => {
  const run = join(folder, "never-begun");
  await mkdir(run);
  await writeFile(join(run, "run.json"), "{");
  await writeFile(join(run, "run.lock"), '{"pid":1,"host":"');
  await writeFile(join(run, ".config.json.0123abcd-0000-4000-8000-0123456789ab.tmp"), "half");
  assert.is((await train([...settings, "--out", run])).code, 0);
  assert.not.ok(names(run).some((name) => name.endsWith(".lock")));
  await rm(join(run, ".config.json.0123abcd-0000-4000-8000-0123456789ab.tmp"), { force: true });
  await assertSame(run, "never begun");
});

cli("paths of checkpoints, from wherever they count", async () => {
  const run = join(folder, "paths");
  await cp(whole, run, { recursive: true });
  const name = `epoch-000${epochs - 1}.safetensors`;
  const inside = join(run, "checkpoints");
  assert.is((await runCli(["train", "--resume", name], { cwd: inside })).code, 0);
  await assertSame(run, "paths");
  const elsewhere = join(folder, name);
  await cp(join(inside, name), elsewhere);
  for (const path of [join(run, "best.safetensors"), elsewhere]) {
    assertOneLine(
      await resume(path),
      2,
      /^error \[ERR_CONFIG\]: .*safetensors: no checkpoint in a run folder; accepted: /,
    );
  }
  assertOneLine(await resume(join(inside, "none.safetensors")), 2, /ERR_CHECKPOINT_FORMAT\]: .*no such file\n$/);
});

cli("a run that early stopping ended stays ended", async () => {
  const run = join(folder, "early");
  const stopping = ["--set", "earlyStopping.patience=2", "--set", "earlyStopping.minDelta=0.9"];
  assert.is((await train([...settings, ...stopping, "--out", run])).code, 0);
  const metrics = await readFile(join(run, "metrics.json"), "utf8");
  assert.is(JSON.parse(metrics).stopped, "early");
  assertOneLine(await resume(run), 2, /^error \[ERR_CONFIG\]: .*early stopping ended the run after 3 epochs/);
  assert.is(await readFile(join(run, "metrics.json"), "utf8"), metrics);
});

cli("where a run was to stop is remembered until it has", async () => {
  const run = join(folder, "stop-after");
  const moment: Moment = () => checkpoints(run).includes("epoch-0002.safetensors");
  await killed(train, [...settings, "--stop-after", "5", "--out", run], run, moment);
  if (!names(run).includes("metrics.json")) assert.is((await resume(run)).code, 0);
  assert.is((await lines(join(run, "history.jsonl"))).length, 5);
});

cli("a run without checkpoints is not begun anew in silence", async () => {
  const run = join(folder, "none");
  assert.is((await train([...settings, "--no-checkpoints", "--stop-after", "3", "--out", run])).code, 0);
  assertOneLine(
    await resume(run),
    2,
    /^error \[ERR_CONFIG\]: .*no checkpoint to go on from, although 3 epochs were trained/,
  );
  assert.is((await lines(join(run, "history.jsonl"))).length, 3);
});

cli("--no-checkpoints writes none, and --keep-checkpoints so many", async () => {
  const [without, three] = [join(folder, "without"), join(folder, "three")];
  assert.is((await train([...settings, "--no-checkpoints", "--out", without])).code, 0);
  assert.equal(checkpoints(without), []);
  await assertSame(without, "without checkpoints");
  const keep = ["--keep-checkpoints", "3", "--checkpoint-every", "3"];
  assert.is((await train([...settings, ...keep, "--out", three])).code, 0);
  const kept = checkpoints(three).filter((name) => name !== "best.safetensors");
  assert.equal(
    kept.sort(),
    [3, 6, 8].map((epoch) => `epoch-000${epoch}.safetensors`),
  );
});

cli.run();
