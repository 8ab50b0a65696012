import { setImmediate } from "node:timers/promises";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { NativeSession } from "../../lib/native/contract.js";
import { addon } from "./support/addon.js";
import { longCalls, openSession, stateHash, train } from "./support/lifecycle/training.mjs";
import { refusedBy } from "./support/refused.js";
import { type Ending, runChild } from "./support/run-child.js";

const test = suite("session life cycle");

/** Everything that a session can be asked, with arguments that are right. */
const calls: Readonly<Record<string, (session: NativeSession) => unknown>> = {
  ...longCalls,
  describe: (session) => session.describe(),
  addDataset: (session) =>
    session.addDataset({
      name: "one",
      inputs: new Float32Array(64),
      sampleShape: [64],
      scale: Float32Array.of(1),
      shift: Float32Array.of(0),
      targets: Int32Array.of(0),
      targetWidth: 1,
    }),
  addSubset: (session) => session.addSubset(1, Uint32Array.of(0)),
  removeDataset: (session) => session.removeDataset(1),
  setHyperparameters: (session) => session.setHyperparameters(0, { learningRate: 0.1 }),
  replay: (session) =>
    session.replay({ inputs: new Float32Array(64), targets: Int32Array.of(1), batch: 1, phase: "eval", commit: false }),
  setState: (session) => session.setState("training", []),
  stateLayout: (session) => session.stateLayout("model"),
  readState: (session) => session.readState("out.weight", 0, new Float32Array(1)),
  keepState: (session) => session.keepState("best"),
  restoreState: (session) => session.restoreState(),
  counters: (session) => session.counters(),
  setCounters: (session) => session.setCounters({ step: 1, updates: [1] }),
};

test("every method is in the table", () => {
  const own = Object.getOwnPropertyNames(addon.Session.prototype).filter((name) => name !== "constructor");
  assert.equal([...Object.keys(calls), "cancel", "dispose", "profile", "keptLayout", "readKept"].sort(), own.sort());
});

test("while a call runs, every other is refused with ERR_BUSY and changes nothing", async () => {
  const [session, quiet] = [openSession(addon), openSession(addon)];
  const running = train(session, 5);
  for (const [name, call] of Object.entries(calls)) {
    await refusedBy(() => call(session), "ERR_BUSY", "running");
    assert.ok(true, name);
  }
  assert.is((await running).steps, 5);
  await train(quiet, 5);
  assert.equal(await session.getState("training"), await quiet.getState("training"));
  assert.equal(session.counters(), { step: 5, updates: [5] });
});

test("a session is free again when its call has ended, well or not", async () => {
  const session = openSession(addon);
  for (let i = 0; i < 3; i++) {
    await refusedBy(() => session.setState("model", []), "ERR_CHECKPOINT_MISMATCH");
    assert.is((await train(session, 2)).steps, 2);
  }
});

test("the event loop turns while a call runs", async () => {
  const session = openSession(addon);
  let running = true;
  const call = train(session).finally(() => {
    running = false;
  });
  for (let turns = 0; turns < 100; turns++) await setImmediate();
  assert.ok(running, "100 turns take longer than 5000 steps");
  session.cancel();
  assert.is((await call).cancelled, true);
});

test("sessions work side by side", async () => {
  const sessions = Array.from({ length: 5 }, () => openSession(addon));
  const results = await Promise.all(sessions.map((session) => train(session, 20)));
  const states = await Promise.all(sessions.map((session) => session.getState("training")));
  for (const i of [1, 2, 3, 4]) {
    assert.is(results[i]!.lossSum, results[0]!.lossSum);
    assert.equal(states[i], states[0]);
  }
});

test("dispose is idempotent, and ERR_DISPOSED answers everything but dispose and cancel", async () => {
  const session = openSession(addon);
  await train(session, 1);
  for (let i = 0; i < 3; i++) {
    session.dispose();
    session.cancel();
  }
  for (const call of Object.values(calls)) await refusedBy(() => call(session), "ERR_DISPOSED");
});

for (const [name, call] of Object.entries(longCalls)) {
  test(`dispose while ${name} runs stops it`, async () => {
    const session = openSession(addon);
    const running = call(session);
    session.dispose();
    session.dispose();
    for (const other of Object.values(calls)) await refusedBy(() => other(session), "ERR_DISPOSED");
    const result = (await running) as { cancelled?: boolean };
    assert.is(result.cancelled, name === "getState" ? undefined : true);
    session.dispose();
    await refusedBy(() => call(session), "ERR_DISPOSED");
  });
}

test("a session can be disposed of before its first call, and many made and thrown away", () => {
  for (let i = 0; i < 100; i++) openSession(addon, { units: 8 }).dispose();
});

const inChild = (scenario: string, nodeOptions: readonly string[] = [], ...details: readonly string[]) =>
  runChild({ script: "lifecycle/child.mjs", args: [scenario, ...details], nodeOptions });

function ended({ code, signal, stdout, stderr }: Ending, expected = 0, errors: RegExp = /^$/): void {
  const story = `code ${code}, signal ${signal}, printed ${JSON.stringify(stdout)}, ${JSON.stringify(stderr)}`;
  assert.is(signal, null, story);
  assert.is(code, expected, story);
  assert.match(stderr, errors, story);
}

for (const [name, scenario, options] of [
  ["a process ends by itself without dispose", "undisposed"],
  ["a process waits for a call that nobody awaits", "unawaited"],
  ["idle sessions keep no process alive", "idle"],
  ["a call that starts while the process exits", "trainingStartedWhileExiting"],
  ["sessions that nobody holds are collected, but not while they work", "garbage", ["--expose-gc"]],
  ["the collector knows of native memory", "memoryPressure"],
  ["a call that is cancelled while it draws the first weights stops", "cancelledWhileInitialising"],
  ["8 workers are terminated in mid-chunk, in every kind of call", "workersAreTerminated"],
  ["workers are terminated while they read bytes in shared memory", "workersShareBytes", ["--expose-gc"]],
  ["8 workers exit in mid-chunk", "workersExit"],
  ["the process exits while 8 workers train", "exitWhileWorkersTrain"],
] as const) {
  test(`${name}`, async () => {
    const ending = await inChild(scenario, options);
    ended(ending);
    assert.is(ending.stdout, "done\n");
  });
}

// Whatever thread still computes while the process unloads its libraries crashes it, sooner or later: each kind twice.
for (const call of Object.keys(longCalls)) {
  test(`process.exit in mid-call ends the process with its code: ${call}`, async () => {
    for (const _ of [1, 2]) ended(await inChild("exitInMidCall", [], call), 7);
  });
}

test("an uncaught error in mid-training ends the process as usual", async () => {
  ended(await inChild("uncaughtErrorInMidTraining"), 1, /Error: on purpose/);
});

test("8 workers train at once with the same results as this thread", async () => {
  const ending = await inChild("workersTrainAtOnce");
  ended(ending);
  const session = openSession(addon);
  const { steps } = await train(session, 40);
  assert.equal(JSON.parse(ending.stdout), new Array(8).fill({ steps, hash: await stateHash(session) }));
});

test.run();
