/** Views with permuted features on the device: beside copies of the arrays, and in turn in recorded steps. */
import "./support/unfused.js";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { permuted, permutedSets } from "../native/support/permuted-sets.js";
import { refusedBy } from "../native/support/refused.js";
import { sameState } from "../native/support/same-state.js";
import { openSession, trainCall } from "../native/support/specs.js";

const test = suite("permuted features on CUDA");

const { count, order, parts, sets } = permutedSets;
const open = () => openSession({ ...parts, device: "cuda" });

for (const [name, data] of sets) {
  test(`${name}: training and evaluating are those of a permuted copy, bit for bit`, async () => {
    for (const batchSize of [7, 37]) {
      const [view, copy] = [open(), open()];
      assert.is(view.describe().device, "cuda");
      const here = view.addSubset(view.addDataset(data), undefined, order);
      const there = copy.addDataset(permuted(data, order));
      const call = { batchSize, batches: Math.ceil(count / batchSize) };
      assert.equal(
        (await view.train(trainCall(here, call))).stepLosses,
        (await copy.train(trainCall(there, call))).stepLosses,
      );
      await sameState(view, copy, `batches of ${batchSize}`);
      const choice = { batchSize, samples: 2, draw: 0 };
      assert.equal(
        await view.evaluate({ ...choice, dataset: here }),
        await copy.evaluate({ ...choice, dataset: there }),
      );
    }
  });
}

test("recorded steps of several orders do not get mixed up", async () => {
  const data = sets[0]![1];
  const [mixed, copies] = [open(), open()];
  const base = mixed.addDataset(data);
  const orders = [order, order.slice().reverse()];
  // Stored features come in between.
  const views = [...orders.map((each) => mixed.addSubset(base, undefined, each)), base];
  const copied = [...orders.map((each) => copies.addDataset(permuted(data, each))), copies.addDataset(data)];
  for (const task of [0, 1, 2, 0, 2, 1]) {
    await mixed.train(trainCall(views[task]!, { batchSize: 13, batches: 3 }));
    await copies.train(trainCall(copied[task]!, { batchSize: 13, batches: 3 }));
  }
  await sameState(mixed, copies, "in turn");
});

test("what is no permutation is refused, and so is augmentation of permuted features", async () => {
  const session = open();
  const base = session.addDataset(sets[0]![1]);
  const before = session.describe().deviceMemory!.inUse;
  await refusedBy(() => session.addSubset(base, undefined, order.slice().fill(105, 0, 1)), "ERR_OPTION_RANGE");
  assert.is(session.describe().deviceMemory!.inUse, before);
  const view = session.addSubset(base, undefined, order);
  const augmentation = [{ type: "randomFlip", horizontal: 0.5, vertical: 0 }];
  await refusedBy(() => session.train(trainCall(view, { augmentation })), "ERR_OPTION_RANGE", /permuted/);
  session.removeDataset(view);
  assert.is(session.describe().deviceMemory!.inUse, before);
});

test.run();
