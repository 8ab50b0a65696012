/** Steps that the device runs by itself: graphs, chunks, and what goes wrong within one. */
import { setTimeout } from "node:timers/promises";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { DatasetSpec } from "../../lib/native/contract.js";
import { addon } from "../native/support/addon.js";
import { refusedBy } from "../native/support/refused.js";
import { sameState } from "../native/support/same-state.js";
import {
  bits,
  branches,
  everything,
  labelled,
  openSession,
  pmf,
  type SessionParts,
  sessionSpec,
  trainCall,
} from "../native/support/specs.js";
import { emulated } from "./support/on-device.js";

const test = suite("queued steps on CUDA");

const open = (parts: SessionParts, options: object = {}) =>
  openSession({ ...parts, device: "cuda", cuda: { ...sessionSpec(parts).cuda, ...options } });

/** Values too large for the network from a sample on. */
function overflowing(good: DatasetSpec, first: number): DatasetSpec {
  const inputs = (good.inputs as Float32Array).slice();
  inputs.fill(3e38, first * (inputs.length / good.targets.length));
  return { ...good, inputs };
}

for (const [name, parts] of Object.entries({
  everything: everything(),
  branches: branches(),
  bits: bits(),
  "no bits": bits({ binary: pmf() }),
})) {
  test(`${name}: graphs, single steps and chunks are the same bits`, async () => {
    const data = labelled(31, parts.inputShape!, 4);
    const sessions = [open(parts), open(parts, { graphs: false }), open(parts)];
    for (const [i, session] of sessions.entries()) {
      const dataset = session.addDataset(data);
      for (let epoch = 0; epoch < 3; epoch++) {
        // Four batches of 7 and one of 3: two forms, each issued, recorded and replayed.
        for (let firstBatch = 0; firstBatch < 5; firstBatch += i === 2 ? 1 : 5) {
          const result = await session.train(trainCall(dataset, { epoch, firstBatch, batches: i === 2 ? 1 : 5 }));
          assert.is(result.steps, i === 2 ? 1 : 5);
        }
      }
    }
    await sameState(sessions[1]!, sessions[0]!, "without graphs");
    await sameState(sessions[2]!, sessions[0]!, "one step a call");
  });
}

test("a hyperparameter that changes reaches steps that are replayed", async () => {
  const data = labelled(28, [12], 4);
  const sessions = [open(bits()), open(bits(), { graphs: false })];
  for (const session of sessions) {
    const dataset = session.addDataset(data);
    for (const [epoch, learningRate] of [0.01, 0.5, 0.003].entries()) {
      session.setHyperparameters(0, { learningRate, klWeight: learningRate });
      await session.train(trainCall(dataset, { epoch, batches: 4 }));
    }
    // Weights that are no signs any more have other kernels.
    session.setHyperparameters(0, { temperature: 0.1 });
    await session.train(trainCall(dataset, { epoch: 3, batches: 4 }));
  }
  await sameState(sessions[1]!, sessions[0]!, "without graphs");
});

for (const graphs of [true, false]) {
  test(`a loss that is no number within a chunk, ${graphs ? "" : "without "}graphs: the steps before it stay, and nothing of it`, async () => {
    const good = labelled(63, [12], 4);
    const [failed, exact] = [open(bits(), { graphs }), open(bits(), { graphs })];
    const bad = failed.addDataset(overflowing(good, 42));
    const call = { shuffle: false, batches: 9 };
    await refusedBy(() => failed.train(trainCall(bad, call)), "ERR_NUMERIC", "step 6");
    await exact.train(trainCall(exact.addDataset(good), { ...call, batches: 6 }));
    await sameState(failed, exact, "six good steps");
    for (const session of [failed, exact])
      await session.train(trainCall(session.addDataset(good), { ...call, firstBatch: 6, batches: 3 }));
    await sameState(failed, exact, "steps after the failed one");
  });
}

test("an update that leaves float32: ERR_NUMERIC for its step, and no further step", async () => {
  const session = open(bits());
  const dataset = session.addDataset(labelled(28, [12], 4));
  await session.train(trainCall(dataset, { batches: 2 }));
  session.setHyperparameters(0, { learningRate: 1e38, trainSetSize: 1e38 });
  await refusedBy(() => session.train(trainCall(dataset, { batches: 4 })), "ERR_NUMERIC", "step 2");
  assert.is(session.counters().step, 3);
  await refusedBy(() => session.train(trainCall(dataset)), "ERR_NUMERIC", "step 2");
  const other = open(bits());
  await session.setState("training", await other.getState("training"));
  session.setHyperparameters(0, { learningRate: 0.01, trainSetSize: 10 });
  assert.is((await session.train(trainCall(dataset, { batches: 4 }))).steps, 4);
});

test("products in one bf16 term are near those in three, and not the same", async () => {
  const inputs = labelled(21, [12], 4).inputs as Float32Array;
  const outputs = new Map<string, Float32Array>();
  for (const precision of ["float32", "bf16x2", "bf16"]) {
    const call = { inputs, batchSize: 21, samples: 0, draw: 0, output: "logits" as const };
    outputs.set(precision, (await open(bits(), { precision }).predict(call)).values);
  }
  const exact = outputs.get("float32")!;
  const largest = Math.max(...exact.map(Math.abs));
  const error = (precision: string) =>
    Math.max(...outputs.get(precision)!.map((value, i) => Math.abs(value - exact[i]!))) / largest;
  // 8 and 16 bits of what is summed up; a sum of 33 terms is smaller than they are together by a few times.
  assert.ok(error("bf16") < 2 ** -4 && error("bf16x2") < 2 ** -12, `${error("bf16")}, ${error("bf16x2")}`);
  // Before capability 8.0 all are float32.
  if (Number(addon.systemInfo().cuda.devices[0]!.capability) < 8) return;
  assert.ok(error("bf16") > 2 ** -14 && error("bf16x2") > 2 ** -22, `${error("bf16")}, ${error("bf16x2")}`);
});

test("a training that is cancelled has whole steps, and goes on from there", async () => {
  const [session, whole] = [open(bits()), open(bits())];
  const batches = 20;
  const data = labelled(7 * batches, [12], 4);
  const [dataset, same] = [session.addDataset(data), whole.addDataset(data)];
  let [done, halfway] = [0, 0];
  // Later each time, until some call comes to its end.
  for (let wait = 0; done < batches; wait += 5) {
    const left = batches - done;
    const running = session.train(trainCall(dataset, { firstBatch: done, batches: left }));
    await setTimeout(wait);
    session.cancel();
    const { steps, cancelled } = await running;
    if (cancelled && steps > 0 && steps < left) halfway++;
    done += steps;
    assert.is(session.counters().step, done);
  }
  await whole.train(trainCall(same, { batches }));
  await sameState(session, whole, "after all steps");
  // A real device may be faster than all of the waits.
  if (emulated) assert.ok(halfway > 0);
});

test.run();
