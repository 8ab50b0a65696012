import { suite } from "uvu";
import * as assert from "uvu/assert";
import { addon, kernels } from "./support/addon.js";
import { close, epsilon32 } from "./support/compare.js";
import { guarded } from "./support/margins.js";
import { methodRows } from "./support/method-rows.js";
import { randomFloats } from "./support/random.js";
import { sameState } from "./support/same-state.js";
import { chain, labelled, openSession, trainCall } from "./support/specs.js";

const test = suite("optimizers");

test("every method has a row", () => {
  assert.equal([...new Set(methodRows.map(({ method }) => method.type))].sort(), addon.registry().optimizers.sort());
});

for (const { kind, method, variant, update, schedule } of methodRows) {
  const names = kernels.stateNames(method);
  const title = variant === undefined ? method.type : `${method.type} (${variant})`;

  test(`${title}: three updates as in float64`, () => {
    for (const count of [1, 3, 64, 65, 257]) {
      const latent = guarded(count, randomFloats(count, 1, -1.5, 1.5));
      const arrays = Object.fromEntries(names.map((name) => [name, guarded(count, 0)]));
      const state = Object.fromEntries(names.map((name) => [name, arrays[name]!.values]));
      const expected = Array.from(latent.values, (value) => ({
        latent: value,
        state: Object.fromEntries(names.map((name) => [name, 0])),
      }));
      const noise = [new Float32Array(count).fill(0.5)];
      for (const t of [1, 2, 3]) {
        const gradient = randomFloats(count, 10 + t);
        const call = { optimizer: method, latent: latent.values, state, noise, gradients: [gradient], t, threads: 1 };
        kernels.update(call);
        for (const [i, weight] of expected.entries()) {
          weight.latent = update(weight.latent, weight.state, gradient[i]!, t);
        }
      }
      // Values of up to 20, after three updates of some ten roundings each.
      const tolerance = 20 * 30 * epsilon32;
      close(
        latent.values,
        expected.map((weight) => weight.latent),
        tolerance,
        `latent, ${count} weights`,
      );
      for (const name of names) {
        close(
          state[name]!,
          expected.map((weight) => weight.state[name]!),
          tolerance,
          `${name}, ${count} weights`,
        );
      }
      for (const guard of [latent, ...Object.values(arrays)]) guard.check(`${count} weights`);
    }
  });

  const open = () =>
    openSession({
      inputShape: [7],
      layers: chain(
        ["linear", { units: 17, weights: kind }],
        ["batchNorm"],
        ["tanh"],
        ["linear", { units: 2, weights: kind }],
      ),
      [kind]: method,
    });

  test(`${title}: 6 steps are 3 and 3 from its state and counters`, async () => {
    const [whole, first, second] = [open(), open(), open()] as const;
    const steps = (session: typeof whole, firstBatch: number, batches: number) =>
      session.train(trainCall(session.addDataset(labelled(42, [7], 2)), { firstBatch, batches }));
    await steps(whole, 0, 6);
    await steps(first, 0, 3);
    await second.setState("training", await first.getState("training"));
    second.setCounters(first.counters());
    await steps(second, 3, 3);
    await sameState(second, whole, "6 steps");
  });

  test(`${title}: learns which half of 6 numbers has the larger sum`, async () => {
    const session = open();
    const samples = labelled(300, [7], 2);
    const targets = Int32Array.from({ length: 300 }, (_, i) => {
      const [a, b, c, d, e, f] = samples.inputs.subarray(7 * i, 7 * i + 6) as unknown as number[];
      return a! + b! + c! > d! + e! + f! ? 1 : 0;
    });
    const dataset = session.addDataset({ ...samples, targets });
    for (let epoch = 0; epoch < 30; epoch++) {
      if (schedule !== undefined) session.setHyperparameters(0, schedule(epoch));
      await session.train(trainCall(dataset, { epoch, batchSize: 20, batches: 15 }));
    }
    const { correct } = await session.evaluate({ dataset, batchSize: 32, samples: 0, draw: 0 });
    assert.ok(correct > 0.9 * 300, `${correct} of 300`);
  });
}

test.run();
