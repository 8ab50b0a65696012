// A process of the life cycle tests: `node child.mjs <addon> <scenario> [detail]`. It prints "done" and ends by itself.
import { once } from "node:events";
import { setImmediate, setTimeout } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import { emptySession, load, longCalls, openSession, stateHash, train } from "./training.mjs";

const [path = "", scenario = "", detail = ""] = process.argv.slice(2);
const done = () => console.log("done");

/**
 * @param {string} task
 * @param {Uint8Array} [bytes]
 */
const startWorker = (task, bytes) =>
  new Worker(new URL("worker.mjs", import.meta.url), { workerData: { path, task, bytes } });

/**
 * Collects garbage until `ready` holds. Finalizers run between turns of the event loop.
 *
 * @param {() => boolean} ready
 */
async function collectUntil(ready) {
  for (let i = 0; i < 200 && !ready(); i++) {
    globalThis.gc?.();
    await setImmediate();
  }
  if (!ready()) throw new Error("not collected");
}

/** @type {Record<string, () => Promise<void> | void>} */
const scenarios = {
  async undisposed() {
    await train(openSession(load(path)), 3);
    done();
  },

  /** The process stays for a call that nobody awaits. */
  unawaited() {
    train(openSession(load(path)), 50).then(done);
  },

  /** Nothing keeps a process alive that only holds idle sessions, nor one whose sessions were disposed of. */
  idle() {
    const sessions = Array.from({ length: 20 }, () => openSession(load(path)));
    for (const session of sessions.slice(10)) session.dispose();
    done();
  },

  async exitInMidCall() {
    longCalls[detail]?.(openSession(load(path)));
    await setTimeout(20);
    done();
    process.exit(7);
  },

  /** First weights are drawn by the first call: one that is stopped at once touches little of their memory. */
  async cancelledWhileInitialising() {
    const addon = load(path);
    const [session, quiet] = [openSession(addon, { units: 1 << 18 }), openSession(addon, { units: 1 << 18 })];
    const state = 2 * 4 * (64 + 10) * (1 << 18); // natural parameters and momentum
    for (const call of Object.values(longCalls).slice(0, 3)) {
      const before = process.memoryUsage.rss();
      const running = call(session);
      session.cancel();
      const result = /** @type {{ cancelled: boolean, steps?: number, count?: number }} */ (await running);
      if (!result.cancelled || (result.steps ?? 0) > 0 || (result.count ?? 0) > 0) throw new Error("not cancelled");
      const grown = process.memoryUsage.rss() - before;
      if (grown > state / 4) throw new Error(`${grown} bytes of ${state} were touched`);
    }
    // What begins anew ends as if nothing had been.
    for (const call of [session, quiet]) await train(call, 1);
    if ((await stateHash(session)) !== (await stateHash(quiet))) throw new Error("not what an undisturbed session has");
    done();
  },

  trainingStartedWhileExiting() {
    const session = openSession(load(path));
    process.on("exit", () => {
      train(session);
      done();
    });
  },

  async uncaughtErrorInMidTraining() {
    train(openSession(load(path)));
    await setTimeout(20);
    throw new Error("on purpose");
  },

  async garbage() {
    const addon = load(path);
    let collected = 0;
    const registry = new FinalizationRegistry(() => collected++);
    // Idle, used, disposed and subclassed ones.
    const make = async (/** @type {number} */ i) => {
      const session = openSession(addon, { units: 512 });
      if (i % 4 === 1) await train(session, 1);
      if (i % 4 === 2) session.dispose();
      registry.register(session, i);
    };
    for (let i = 0; i < 40; i++) await make(i);
    await collectUntil(() => collected === 40);
    // A session is kept while it works, whether or not anyone holds it.
    let running = true;
    const call = train(openSession(addon), 50).finally(() => {
      running = false;
    });
    while (running) {
      globalThis.gc?.();
      await setImmediate();
    }
    const { steps } = await call;
    if (steps !== 50) throw new Error(`${steps} steps`);
    done();
  },

  /** Nobody asks for a collection here: that native memory is known to the collector makes it come. */
  async memoryPressure() {
    const addon = load(path);
    let collected = 0;
    const registry = new FinalizationRegistry(() => collected++);
    // 40 MB each, which the system hands out when it is touched.
    for (let i = 0; i < 100 && collected === 0; i++) {
      registry.register(emptySession(addon, { units: 65536 }), i);
      await setImmediate();
    }
    if (collected === 0) throw new Error("no session of 100 was collected");
    done();
  },

  async workersTrainAtOnce() {
    const workers = Array.from({ length: 8 }, () => startWorker("hash"));
    const exits = workers.map((worker) => once(worker, "exit"));
    const results = await Promise.all(workers.map(async (worker) => (await once(worker, "message"))[0]));
    await Promise.all(exits);
    console.log(JSON.stringify(results));
  },

  async workersAreTerminated() {
    for (const task of Object.keys(longCalls)) {
      const workers = Array.from({ length: 8 }, () => startWorker(task));
      await Promise.all(workers.map((worker) => once(worker, "message")));
      await setTimeout(10);
      const codes = await Promise.all(workers.map((worker) => worker.terminate()));
      if (codes.some((code) => code !== 1)) throw new Error(`exit codes ${codes}`);
    }
    done();
  },

  /** Terminated while they read bytes that this thread shares with them, and that nobody else holds. */
  async workersShareBytes() {
    for (let round = 0; round < 3; round++) {
      const bytes = () => new Uint8Array(new SharedArrayBuffer(64 * 5000)).fill(round);
      const workers = Array.from({ length: 4 }, () => startWorker("shared", bytes()));
      await Promise.all(workers.map((worker) => once(worker, "message")));
      globalThis.gc?.();
      await setTimeout(10);
      const codes = await Promise.all(workers.map((worker) => worker.terminate()));
      if (codes.some((code) => code !== 1)) throw new Error(`exit codes ${codes}`);
    }
    done();
  },

  async workersExit() {
    const workers = Array.from({ length: 8 }, () => startWorker("exit"));
    const codes = await Promise.all(workers.map(async (worker) => (await once(worker, "exit"))[0]));
    if (codes.some((code) => code !== 0)) throw new Error(`exit codes ${codes}`);
    done();
  },

  async exitWhileWorkersTrain() {
    const workers = Array.from({ length: 8 }, () => startWorker("train"));
    await Promise.all(workers.map((worker) => once(worker, "message")));
    done();
    process.exit(0);
  },
};

await scenarios[scenario]?.();
