// Histograms of what a method keeps for its weights, against a plain count in double precision.
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { sizeOf } from "../../lib/layers/shape.js";
import type { NativeSession } from "../../lib/native/contract.js";
import { randomFloats } from "./support/random.js";
import { refusedBy } from "./support/refused.js";
import {
  bop,
  chain,
  everything,
  labelled,
  openSession,
  pmf,
  type SessionParts,
  stateOf,
  ste,
  trainCall,
  unclipped,
} from "./support/specs.js";

const test = suite("distributions");

/** Binary parameters of `units * 331` and `units` values, and real ones beside them. */
const network = (units: number, threads = 1): SessionParts => ({
  inputShape: [331],
  layers: chain(["linear", { units, bias: "binary" }], ["linear", { units: 4, weights: "real" }]),
  threads,
});

const probability = (lambda: number) => 1 / (1 + Math.exp(-2 * lambda));

/** Numbers of the values in equal parts of 0..1. */
function counted(values: readonly number[], bins: number): number[] {
  const counts = new Array<number>(bins).fill(0);
  for (const value of values) counts[Math.min(Math.floor(value * bins), bins - 1)]! += 1;
  return counts;
}

/** Sets the latent weights of the binary parameters; `lambda` counts on from one to the next. */
async function setLatents(session: NativeSession, lambda: (index: number) => number): Promise<number[]> {
  const state = await session.getState("model");
  const latents: number[] = [];
  for (const { name, data } of state) {
    if (!name.startsWith("linear1")) continue;
    for (let i = 0; i < data.length; i++) {
      data[i] = lambda(latents.length);
      latents.push(data[i]!);
    }
  }
  await session.setState("model", state);
  return latents;
}

/** Far enough from all edges between `bins` parts that float32 finds the same part: its errors are below 1e-6 parts a bin. */
const clear = (value: number, bins: number) =>
  value === 0 || value === 1 || Math.abs(value * bins - Math.round(value * bins)) > 1e-6 * bins;

for (const [units, bins] of [
  [1, 20],
  [3, 1],
  [7, 7],
  [211, 20],
  [211, 4096],
] as const) {
  test(`${units * 332} weights in ${bins} parts, with 1, 2 and 3 threads`, async () => {
    const random = randomFloats(units * 332, 3, -4, 4);
    const lambda = (i: number) => (clear(probability(random[i]!), bins) ? random[i]! : 0.3);
    for (const threads of [1, 2, 3]) {
      const session = openSession(network(units, threads));
      const latents = await setLatents(session, lambda);
      const [own, real] = await session.distributions(bins);
      assert.is(real, undefined, "Adam keeps nothing to show");
      assert.equal({ ...own, counts: [] }, { quantity: "probability", low: 0, high: 1, counts: [] });
      assert.equal(own!.counts, counted(latents.map(probability), bins), `${threads} threads`);
      session.dispose();
    }
  });
}

test("STE shows its latent weights within their clip, or within 1, and what lies beyond at the ends", async () => {
  for (const [weightClip, high] of [
    [0.5, 0.5],
    [1, 1],
    [unclipped, 1],
  ] as const) {
    const session = openSession({ ...network(3), binary: ste({ weightClip }) });
    const random = randomFloats(3 * 332, 4, -1.25 * high, 1.25 * high);
    const inRange = (latent: number) => Math.min(Math.max((latent / high + 1) / 2, 0), 1);
    const lambda = (i: number) => (clear(inRange(random[i]!), 9) ? random[i]! : 0.3 * high);
    const latents = await setLatents(session, lambda);
    const expected = { quantity: "latent", low: -high, high, counts: counted(latents.map(inRange), 9) } as const;
    assert.equal((await session.distributions(9))[0], expected);
    assert.ok(expected.counts[0]! > 100 && expected.counts[8]! > 100, "there are some beyond");
    session.dispose();
  }
});

test("PMF shows its probabilities, with beta as it is", async () => {
  const session = openSession({ ...network(3), binary: pmf({ beta: 0.5, maxBeta: 4 }) });
  for (const [beta, reached] of [
    [0.5, 0.5],
    [2, 2],
    [100, 4],
  ] as const) {
    session.setHyperparameters(0, { beta });
    const random = randomFloats(3 * 332, 5);
    const latents = await setLatents(session, (i) => (clear(probability(reached * random[i]!), 20) ? random[i]! : 0.3));
    const [own] = await session.distributions(20);
    assert.is(own!.quantity, "probability");
    assert.equal(
      own!.counts,
      counted(
        latents.map((latent) => probability(reached * latent)),
        20,
      ),
      `beta ${beta}`,
    );
  }
  session.dispose();
});

test("Bop keeps nothing to show", async () => {
  const session = openSession({ ...network(1), binary: bop() });
  assert.equal(await session.distributions(20), [undefined, undefined]);
  session.dispose();
});

test("values at edges count above them, and the ends within", async () => {
  const session = openSession(network(1));
  // Probabilities 0, 1/2 and 1, exactly, and just below 1/2.
  const values = [-60, 0, 60, -1e-6, -0];
  await setLatents(session, (i) => values[i % 5]!);
  const each = (index: number) => Math.ceil((332 - index) / 5);
  const counts = new Array<number>(20).fill(0);
  counts[0] = each(0);
  counts[9] = each(3);
  counts[10] = each(1) + each(4);
  counts[19] = each(2);
  assert.equal((await session.distributions(20))[0]!.counts, counts);
  session.dispose();
});

test("a histogram draws the first weights, counts all of them, and changes nothing", async () => {
  const [session, quiet] = [openSession(everything()), openSession(everything())];
  const data = labelled(35, [2, 2, 3], 4);
  const [dataset, other] = [session.addDataset(data), quiet.addDataset(data)];
  for (let step = 0; step < 3; step++) {
    const [own] = await session.distributions(5);
    const { parameters } = session.describe();
    const binary = parameters.filter(({ kind }) => kind === "binary");
    const total = binary.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
    assert.is(
      own!.counts.reduce((sum, count) => sum + count, 0),
      total,
    );
    await session.train(trainCall(dataset, { firstBatch: step }));
    await quiet.train(trainCall(other, { firstBatch: step }));
  }
  assert.equal(await stateOf(session), await stateOf(quiet));
  for (const one of [session, quiet]) one.dispose();
});

test("numbers of parts that are not within 1 to 4096 are refused", async () => {
  const session = openSession(network(1));
  for (const bins of [0, 4097, -1]) await refusedBy(() => session.distributions(bins), "ERR_OPTION_RANGE", "bins");
  for (const bins of [1.5, "20", undefined, Number.NaN]) {
    await refusedBy(() => session.distributions(bins as never), ["ERR_OPTION_RANGE", "ERR_OPTION_TYPE"], "bins");
  }
  session.dispose();
});

test.run();
