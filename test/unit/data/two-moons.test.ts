import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Dataset } from "../../../lib/data/dataset.js";
import { networkInputs } from "../../../lib/data/network-inputs.js";
import { philox } from "../../../lib/data/philox.js";
import { loadTwoMoons } from "../../../lib/data/two-moons.js";
import { validateDataset } from "../../../lib/data/validate.js";
import * as kernels from "../../../lib/kernels.js";
import { failure } from "./idx-files.js";

const test = suite("two moons");

/** Points by label, in their order. */
function moons({ inputs, targets }: Dataset): [number, number][][] {
  const all = Array.from(targets, (label, i) => ({
    label,
    point: [inputs[2 * i]!, inputs[2 * i + 1]!] as [number, number],
  }));
  return [0, 1].map((wanted) => all.filter(({ label }) => label === wanted).map(({ point }) => point));
}

/** Distance from the places without noise, which are spread evenly from end to end: the closed form. */
function offsets(dataset: Dataset): number[] {
  return moons(dataset).flatMap((points, label) =>
    points.flatMap(([x, y], index) => {
      const t = points.length === 1 ? 0 : (Math.PI * index) / (points.length - 1);
      return label === 0 ? [x - Math.cos(t), y - Math.sin(t)] : [x - 1 + Math.cos(t), y - 0.5 + Math.sin(t)];
    }),
  );
}

const counts = (dataset: Dataset) => moons(dataset).map((points) => points.length);

test("without noise the points lie on two half circles; an odd number has one more of the inner", async () => {
  for (const samples of [2, 3, 7, 200]) {
    const { train, test: held } = await loadTwoMoons({ samples, noise: 0, testSamples: 5 });
    validateDataset(train);
    validateDataset(held);
    // Coordinates up to 2, rounded to float32.
    assert.ok(offsets(train).every((offset) => Math.abs(offset) < 1e-6));
    assert.equal(counts(train), [Math.floor(samples / 2), Math.ceil(samples / 2)]);
    assert.equal(counts(held), [2, 3]);
  }
});

test("noise is normal with the deviation asked for, and independent between coordinates, points and draws", async () => {
  const noise = 0.25;
  const { train, test: held } = await loadTwoMoons({ samples: 20_001, noise, testSamples: 20_001 });
  const [first, second] = [offsets(train), offsets(held)];
  const count = first.length;
  const mean = (term: (index: number) => number) => first.reduce((sum, _, index) => sum + term(index), 0) / count;
  // Five standard errors of each mean over 40002 numbers.
  const within = (value: number, wanted: number, deviation: number) =>
    assert.ok(Math.abs(value - wanted) < (5 * deviation) / Math.sqrt(count), `${value}, not ${wanted}`);
  const z = (values: readonly number[], index: number) => values[index % count]! / noise;
  within(
    mean((i) => z(first, i)),
    0,
    1,
  );
  within(
    mean((i) => z(first, i) ** 2),
    1,
    Math.sqrt(2),
  );
  within(
    mean((i) => z(first, i) ** 4),
    3,
    Math.sqrt(96),
  );
  within(
    mean((i) => (Math.abs(z(first, i)) < 1 ? 1 : 0)),
    0.682_689,
    0.466,
  );
  within(
    mean((i) => z(first, i) * z(first, i + 1)),
    0,
    1,
  );
  within(
    mean((i) => z(first, i) * z(first, i + 2)),
    0,
    1,
  );
  within(
    mean((i) => z(first, i) * z(second, i)),
    0,
    1,
  );
});

test("the network sees training points with mean 0 and deviation 1, and test points on the same scale", async () => {
  const { train, test: held } = await loadTwoMoons();
  assert.equal([train.length, held.length], [200, 1000]);
  const inputs = networkInputs(train);
  for (const axis of [0, 1]) {
    const values = [...inputs].filter((_, index) => index % 2 === axis);
    const mean = values.reduce((sum, value) => sum + value, 0) / 200;
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 199;
    // 200 values rounded to float32.
    assert.ok(Math.abs(mean) < 1e-6 && Math.abs(variance - 1) < 1e-5);
  }
  assert.is(held.normalization, train.normalization);
});

test("a seed says which points; each has its own", async () => {
  const [one, again, other, long] = await Promise.all(
    [1, 1, 2, 2 ** 32 + 1].map((seed) => loadTwoMoons({ seed, samples: 9 })),
  );
  assert.equal(one, again);
  assert.not.equal(one!.train.inputs, other!.train.inputs);
  assert.not.equal(one!.train.inputs, long!.train.inputs);
});

test("the generator is that of native code", () => {
  for (const [counter, key] of [
    [
      [0, 0, 0, 0],
      [0, 0],
    ],
    [
      [0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff],
      [0xffffffff, 0xffffffff],
    ],
    [
      [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
      [0xa4093822, 0x299f31d0],
    ],
  ] as const) {
    assert.equal(philox(counter, key), kernels.philox(Uint32Array.from(counter), Uint32Array.from(key)));
  }
});

test("options that cannot be", async () => {
  await failure(() => loadTwoMoons({ samples: 1 }), "ERR_OPTION_RANGE", "loadTwoMoons", "samples");
  await failure(() => loadTwoMoons({ noise: -0.1 }), "ERR_OPTION_RANGE", "noise");
  await failure(() => loadTwoMoons({ seed: 0.5 }), "ERR_OPTION_RANGE", "seed");
  await failure(() => loadTwoMoons({ sample: 3 } as object), "ERR_OPTION_UNKNOWN", '"samples"');
});

test.run();
