// What an evaluation sums up, against the predictions of the same weights.
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { everything, labelled, openSession } from "./support/specs.js";

const test = suite("evaluation");

const [length, classes] = [23, 4];
const set = labelled(length, [2, 2, 3], classes);
const inputs = set.inputs as Float32Array;
const labels = set.targets as Int32Array;

for (const samples of [0, 1, 3]) {
  for (const batchSize of [1, 7, 32]) {
    const weights = samples === 0 ? "the mode" : `${samples} samples`;
    test(`${weights} in batches of ${batchSize}: the loss of the mean prediction`, async () => {
      const session = openSession(everything());
      const choice = { batchSize, samples, draw: 5 };
      const { values } = await session.predict({ ...choice, inputs, output: "probabilities" });
      const result = await session.evaluate({ ...choice, dataset: session.addDataset(set) });
      const rows = Array.from(labels, (label, i) => ({
        label,
        row: [...values.subarray(i * classes, (i + 1) * classes)],
      }));
      const loss = rows.reduce((sum, { label, row }) => sum - Math.log(row[label]!), 0);
      const correct = rows.filter(({ label, row }) => row.indexOf(Math.max(...row)) === label).length;
      assert.is(result.cancelled, false);
      assert.is(result.count, length);
      assert.is(result.correct, correct);
      // Probabilities in float32, of 2^-24 each relative to the largest; the logarithm of small ones loses some bits.
      assert.ok(Math.abs(result.lossSum - loss) < 1e-4 * loss, `${result.lossSum}, but ${loss}`);
    });
  }
}

test("what is cancelled says so, and counts nothing of a mean that is not complete", async () => {
  const session = openSession(everything());
  const dataset = session.addDataset(set);
  const running = session.evaluate({ dataset, batchSize: 1, samples: 2 ** 20, draw: 0 });
  session.cancel();
  const { cancelled, count, lossSum } = await running;
  assert.equal({ cancelled, count, lossSum }, { cancelled: true, count: 0, lossSum: 0 });
});

test.run();
