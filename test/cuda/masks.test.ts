/** Masks that are larger than the output, on the device: in steps one by one, recorded ones, and evaluations. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { NativeSession } from "../../lib/native/contract.js";
import { close } from "../native/support/compare.js";
import { bends, centreOf, flips, image, masksOf, moves, regression, segmenter } from "../native/support/mask-rows.js";
import { differences, sameState } from "../native/support/same-state.js";
import { openSession, type SessionParts, sessionSpec, trainCall } from "../native/support/specs.js";
import { layerTolerance } from "./support/parity.js";

const test = suite("masks of more than the output on CUDA");

const open = (parts: SessionParts, graphs = true) =>
  openSession({ ...parts, device: "cuda", cuda: { ...sessionSpec(parts).cuda, graphs } });

/** Two epochs of four batches of 8 and one of 5, each form issued, recorded and replayed; losses, and of an evaluation. */
async function losses(session: NativeSession, dataset: number, augmentation = flips): Promise<number[]> {
  const all: number[] = [];
  for (const epoch of [0, 1]) {
    const call = { batchSize: 8, batches: 5, epoch, augmentation };
    all.push(...(await session.train(trainCall(dataset, call))).stepLosses);
  }
  return [...all, (await session.evaluate({ dataset, batchSize: 11, samples: 0, draw: 0 })).lossSum];
}

for (const [kind, parts] of [
  ["labels", segmenter],
  ["floats", regression],
] as const) {
  for (const [grid, augmentation] of [
    [image, []],
    [image, moves],
    [image, bends],
    [[7, 13], flips],
  ] as const) {
    const steps = augmentation.map(({ type }) => type).join(", ") || "no augmentation";
    test(`${kind} on ${grid.join(" x ")}, ${steps}: as on the CPU, with graphs and without`, async () => {
      const data = masksOf(grid, kind);
      const sessions = [open(parts), open(parts, false), openSession(parts)] as const;
      const [recorded, single, cpu] = [
        await losses(sessions[0], sessions[0].addDataset(data), augmentation),
        await losses(sessions[1], sessions[1].addDataset(data), augmentation),
        await losses(sessions[2], sessions[2].addDataset(data), augmentation),
      ];
      assert.equal(recorded, single);
      await sameState(sessions[0], sessions[1], "graphs");
      // A wrong mask changes losses by hundredths and more.
      const tolerances = cpu.map((loss) => layerTolerance * (1 + loss));
      close(recorded, cpu, tolerances, "losses");
    });
  }

  test(`${kind}: a centre is the same bits as a data set of just that`, async () => {
    const [one, other] = [open(parts), open(parts)];
    const data = masksOf(image, kind);
    const results = [
      await losses(one, one.addDataset(data), []),
      await losses(other, other.addDataset(centreOf(data)), []),
    ];
    assert.equal(results[0], results[1]);
    await sameState(one, other, "after training");
  });
}

test("steps with elastic deformations and without are recorded apart", async () => {
  const [recorded, single] = [open(segmenter), open(segmenter, false)];
  const data = masksOf(image, "labels");
  const [own, same] = [recorded.addDataset(data), single.addDataset(data)];
  for (const augmentation of [moves, bends, moves, bends]) {
    assert.equal(await losses(recorded, own, augmentation), await losses(single, same, augmentation));
  }
  await sameState(recorded, single, "graphs");
});

test("a data set in the memory of another is read by its own shape", async () => {
  const [session, fresh] = [open(segmenter), open(segmenter)];
  const [wide, high] = [masksOf([5, 13], "labels"), masksOf([9, 7], "labels")];
  // Nearly as many values: blocks of memory are the same.
  for (const [at, data] of [wide, high, wide].entries()) {
    const dataset = session.addDataset(data);
    await losses(session, dataset);
    session.removeDataset(dataset);
    await losses(fresh, fresh.addDataset(centreOf(data)), flips);
    await sameState(session, fresh, `data set ${at}`);
  }
  assert.ok((await differences(session, open(segmenter))).length > 0);
});

test.run();
