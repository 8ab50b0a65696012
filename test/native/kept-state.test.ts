// A copy of the model's state in native memory, and states read in pieces.
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { sizeOf } from "../../lib/layers/shape.js";
import type { NativeSession, TensorLayout } from "../../lib/native/contract.js";
import { addon } from "./support/addon.js";
import { sameBits } from "./support/compare.js";
import { openSession as openLong, train as trainLong } from "./support/lifecycle/training.mjs";
import { refusedBy } from "./support/refused.js";
import { everything, labelled, openSession, stateOf, trainCall } from "./support/specs.js";

const test = suite("kept state");

const set = labelled(19, [2, 2, 3], 4);

/** A session that has made some steps, and makes more. */
async function trained() {
  const session = openSession(everything());
  const dataset = session.addDataset(set);
  const train = (firstBatch: number) => session.train(trainCall(dataset, { firstBatch, batches: 1, batchSize: 5 }));
  await train(0);
  return { session, train };
}

type Read = NativeSession["readState"];

/** All values, read in pieces of an odd length into one array. */
function inPieces(layout: readonly TensorLayout[], read: Read): Map<string, Float32Array> {
  const piece = new Float32Array(7);
  return new Map(
    layout.map(({ name, shape }) => {
      const values = new Float32Array(sizeOf(shape));
      for (let first = 0; first < values.length; first += piece.length) {
        const part = piece.subarray(0, Math.min(piece.length, values.length - first));
        read(name, first, part);
        values.set(part, first);
      }
      return [name, values];
    }),
  );
}

async function sameModel(values: Map<string, Float32Array>, session: NativeSession, what: string) {
  const state = await stateOf(session, "model");
  assert.equal([...values.keys()], [...state.keys()], what);
  for (const [name, { data }] of state) sameBits(values.get(name)!, data, `${what}: ${name}`);
}

const keptOf = (session: NativeSession) =>
  inPieces(session.keptLayout("best"), (...call) => session.readKept("best", ...call));

test("a state in pieces is the state, also of a session that has drawn no weights yet", async () => {
  for (const session of [openSession(everything()), (await trained()).session]) {
    for (const scope of ["model", "training"] as const) {
      const layout = await session.stateLayout(scope);
      const state = await stateOf(session, scope);
      assert.equal(
        layout,
        [...state.values()].map(({ name, shape }) => ({ name, shape })),
      );
      const values = inPieces(layout, (...call) => session.readState(...call));
      for (const [name, { data }] of state) sameBits(values.get(name)!, data, name);
    }
  }
});

test("what was kept stays, is overwritten by the next, and comes back bit for bit", async () => {
  const { session, train } = await trained();
  assert.equal(session.keptLayout("best"), []);
  await session.keepState("best");
  const first = keptOf(session);
  await sameModel(first, session, "kept");
  await train(1);
  const before = await stateOf(session, "model");
  for (const [name, values] of keptOf(session)) sameBits(values, first.get(name)!, `after a step: ${name}`);
  await session.restoreState();
  await sameModel(first, session, "restored");
  const other = (await trained()).session;
  const call = { inputs: new Float32Array(12).fill(0.5), batchSize: 1, output: "logits" as const, samples: 0, draw: 0 };
  sameBits((await session.predict(call)).values, (await other.predict(call)).values, "weights are drawn anew");
  await session.setState("model", [...before.values()]);
  await session.keepState("best");
  const second = keptOf(session);
  await sameModel(second, session, "kept again");
  assert.ok([...second].some(([name, values]) => values.some((value, i) => value !== first.get(name)![i])));
});

test("the copy counts once, however often it is taken", async () => {
  const { session, train } = await trained();
  const bytes = () => session.describe().memoryBytes;
  const before = bytes();
  await session.keepState("best");
  const values = [...keptOf(session).values()].reduce((sum, { length }) => sum + length, 0);
  assert.is(bytes() - before, 4 * values);
  await train(1);
  await session.keepState("best");
  assert.is(bytes() - before, 4 * values);
});

test("the copy outlives a cancelled call, answers while one runs, and after dispose", async () => {
  const session = openLong(addon);
  await session.keepState("best");
  const kept = keptOf(session);
  const running = trainLong(session);
  for (const [name, values] of keptOf(session)) sameBits(values, kept.get(name)!, name);
  setTimeout(() => session.cancel(), 50);
  assert.ok((await running).cancelled);
  await session.restoreState();
  await sameModel(kept, session, "restored after the cancelled call");
  session.dispose();
  for (const [name, values] of keptOf(session)) sameBits(values, kept.get(name)!, `disposed: ${name}`);
});

test("a snapshot holds all that training goes on from, and leaves the best alone", async () => {
  const { session, train } = await trained();
  await session.keepState("best");
  const best = keptOf(session);
  await train(1);
  await session.keepState("snapshot");
  const state = await stateOf(session, "training");
  await train(2);
  const snapshot = inPieces(session.keptLayout("snapshot"), (...call) => session.readKept("snapshot", ...call));
  assert.equal([...snapshot.keys()], [...state.keys()]);
  for (const [name, { data }] of state) sameBits(snapshot.get(name)!, data, name);
  for (const [name, values] of keptOf(session)) sameBits(values, best.get(name)!, `best: ${name}`);
});

test("pieces that are not there", async () => {
  const { session } = await trained();
  await refusedBy(() => session.restoreState(), "ERR_CHECKPOINT_MISMATCH", /no state was kept/);
  await refusedBy(
    () => session.readKept("best", "linear11.weight", 0, new Float32Array(1)),
    "ERR_OPTION_RANGE",
    /none was kept/,
  );
  await session.keepState("best");
  const [{ name, shape }] = (await session.stateLayout("model")) as [TensorLayout];
  const count = sizeOf(shape);
  const reads: Read[] = [(...call) => session.readState(...call), (...call) => session.readKept("best", ...call)];
  for (const read of reads) {
    read(name, count, new Float32Array(0));
    await refusedBy(() => read("nobody", 0, new Float32Array(1)), "ERR_OPTION_RANGE", /"nobody"/);
    await refusedBy(() => read(3 as never, 0, new Float32Array(1)), "ERR_OPTION_TYPE", /name/);
    for (const first of [-1, 0.5, Number.NaN, 2 ** 60])
      await refusedBy(() => read(name, first, new Float32Array(1)), "ERR_OPTION_RANGE", /first/);
    await refusedBy(() => read(name, count + 1, new Float32Array(0)), "ERR_OPTION_RANGE", /first/);
    await refusedBy(() => read(name, 1, new Float32Array(count)), "ERR_SHAPE_MISMATCH", /into/);
    for (const into of [undefined, [1], new Float64Array(1)])
      await refusedBy(() => read(name, 0, into as never), "ERR_OPTION_TYPE", /into/);
  }
  await refusedBy(() => session.stateLayout("all" as never), "ERR_OPTION_RANGE", /scope/);
  for (const [copy, code] of [["worst", "ERR_OPTION_RANGE"] as const, [undefined, "ERR_OPTION_TYPE"] as const]) {
    await refusedBy(() => session.keepState(copy as never), code, /copy/);
    await refusedBy(() => session.keptLayout(copy as never), code, /copy/);
    await refusedBy(() => session.readKept(copy as never, name, 0, new Float32Array(1)), code, /copy/);
  }
});

test.run();
