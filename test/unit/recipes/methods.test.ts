import { suite } from "uvu";
import * as assert from "uvu/assert";
import { adam } from "../../../lib/recipes/methods/adam.js";
import { bayesbinn } from "../../../lib/recipes/methods/bayesbinn.js";
import { bop } from "../../../lib/recipes/methods/bop.js";
import { methods } from "../../../lib/recipes/methods/index.js";
import type { Method } from "../../../lib/recipes/methods/method.js";
import { pmf } from "../../../lib/recipes/methods/pmf.js";
import { ste } from "../../../lib/recipes/methods/ste.js";

// Oracle: Tables 9 and 10 of the paper, typed in from its text.
const columns = ["mnist", "cifar10", "cifar100"] as const;
const of = ({ optimizer }: Method, epochs = 500) => columns.map((column) => optimizer(column, epochs));

const table9 = suite("methods: Table 9 at 500 epochs");
const cosine = { learningRate: { name: "cosine", final: 1e-16 } };

table9("BayesBiNN", () => {
  const all = { name: "bayesbinn", momentum: 0, samples: 1, initialLambda: 10, schedules: cosine };
  assert.equal(of(bayesbinn), [
    { ...all, learningRate: 1e-4, temperature: 1e-10 },
    { ...all, learningRate: 3e-4, temperature: 1e-10, trainSizeFactor: 10 },
    { ...all, learningRate: 3e-4, temperature: 1e-8, trainSizeFactor: 10 },
  ]);
});

table9("STE Adam", () => {
  const all = { name: "ste", learningRate: 1e-2, gradientClip: 1, weightClip: 1, schedules: cosine };
  assert.equal(of(ste), [all, all, all]);
});

table9("Bop: the rate falls by 10^(-3/500) an epoch, or by 0.1 every 100 epochs", () => {
  const steps = { gamma: { name: "multiStep", milestones: [100, 200, 300, 400], gamma: 0.1 } };
  assert.equal(of(bop), [
    {
      ...{ name: "bop", threshold: 1e-8, gamma: 1e-5 },
      schedules: { gamma: { name: "exponential", gamma: 10 ** (-3 / 500) } },
    },
    { name: "bop", threshold: 1e-8, gamma: 1e-4, schedules: steps },
    { name: "bop", threshold: 1e-9, gamma: 1e-4, schedules: steps },
  ]);
});

table9("PMF: 0.2 every 7k or 30k iterations, rho every 100 up to 10^4", () => {
  const all = { name: "pmf", beta: 1, gradient: "exact" };
  const schedules = (every: number, factor: number) => ({
    learningRate: { name: "staircase", every, factor: 0.2 },
    beta: { name: "staircase", every: 100, factor, maximum: 10_000 },
  });
  assert.equal(of(pmf), [
    { ...all, learningRate: 1e-3, weightDecay: 0, schedules: schedules(7000, 1.2) },
    { ...all, learningRate: 1e-2, weightDecay: 1e-4, schedules: schedules(30_000, 1.05) },
    { ...all, learningRate: 1e-2, weightDecay: 1e-4, schedules: schedules(30_000, 1.05) },
  ]);
});

table9("Adam at full precision", () => {
  assert.equal(
    of(adam),
    [3e-4, 1e-2, 3e-3].map((learningRate) => ({ name: "adam", learningRate, schedules: cosine })),
  );
  assert.equal(
    methods.map(({ weights }) => weights),
    ["binary", "binary", "binary", "binary", "real"],
  );
});

table9.run();

const shorter = suite("methods: schedules of other lengths");

shorter("5 epochs: the same fall over a hundredth of the time", () => {
  const [digits, photos] = of(bop, 5).map(({ schedules }) => schedules);
  assert.equal(digits, { gamma: { name: "exponential", gamma: 10 ** (-3 / 5) } });
  assert.equal(photos, { gamma: { name: "multiStep", milestones: [1, 2, 3, 4], gamma: 0.1 } });
  const every = of(pmf, 5).map(({ schedules }) => {
    const { learningRate, beta } = schedules as Record<string, { every: number }>;
    return [learningRate?.every, beta?.every];
  });
  assert.equal(every, [
    // 2700 steps, in which beta grows 51 times: 1.2^50 is 9100, 1.2^51 more than 10^4.
    [900, 51],
    // 4500 steps, in which it grows 189 times by 1.05.
    [1500, 23],
    [1500, 23],
  ]);
  for (const method of [bayesbinn, ste, adam]) assert.equal(of(method, 5), of(method, 500));
});

shorter("no interval is below one step, no milestone before the first epoch", () => {
  const { learningRate, beta } = pmf.optimizer("mnist", 1).schedules;
  assert.equal([learningRate.every, beta.every], [180, 10]);
  const long = pmf.optimizer("mnist", 39).schedules;
  assert.equal([long.learningRate.every, long.beta.every], [7000, 100], "room enough for the printed ones");
  assert.equal(bop.optimizer("cifar10", 1).schedules.gamma["milestones"], [1, 1, 1, 1]);
});

shorter("lengths that five does not divide", () => {
  // 1.4, 2.8, 4.2, 5.6
  assert.equal(bop.optimizer("cifar100", 7).schedules.gamma["milestones"], [1, 3, 4, 6]);
});

shorter.run();

const table10 = suite("methods: Table 10");

type Cell = readonly [mean: number, std: number] | undefined;

/** The lines of the table, with training, validation and test accuracy in percent. */
const lines: readonly [title: string, mnist: Cell[], cifar10: Cell[], cifar100: Cell[]][] = [
  [
    "BayesBiNN (mode)",
    [
      [99.85, 0.05],
      [99.02, 0.13],
      [98.86, 0.05],
    ],
    [
      [99.96, 0.01],
      [94.23, 0.41],
      [93.72, 0.16],
    ],
    [
      [98.02, 0.18],
      [74.76, 0.41],
      [73.68, 0.31],
    ],
  ],
  [
    "BayesBiNN (mean)",
    [
      [99.85, 0.05],
      [99.02, 0.13],
      [98.86, 0.05],
    ],
    [
      [99.96, 0.01],
      [94.23, 0.41],
      [93.72, 0.15],
    ],
    [
      [98.02, 0.18],
      [74.76, 0.41],
      [73.65, 0.41],
    ],
  ],
  [
    "STE Adam",
    [
      [99.78, 0.1],
      [99.02, 0.11],
      [98.85, 0.09],
    ],
    [
      [99.99, 0.01],
      [94.25, 0.42],
      [93.55, 0.15],
    ],
    [
      [99.06, 0.15],
      [74.09, 0.15],
      [72.89, 0.21],
    ],
  ],
  [
    "Bop",
    [
      [99.23, 0.04],
      [98.55, 0.05],
      [98.47, 0.02],
    ],
    [
      [99.79, 0.03],
      [93.49, 0.17],
      [93.0, 0.11],
    ],
    [
      [90.09, 0.57],
      [69.97, 0.29],
      [69.58, 0.15],
    ],
  ],
  [
    "PMF",
    [undefined, [99.06, 0.01], [98.8, 0.06]],
    [undefined, [91.87, 0.1], [91.43, 0.14]],
    [undefined, [69.86, 0.08], [70.45, 0.25]],
  ],
  [
    "Full precision",
    [
      [99.96, 0.02],
      [99.15, 0.14],
      [99.01, 0.06],
    ],
    [
      [100, 0],
      [94.54, 0.29],
      [93.9, 0.17],
    ],
    [
      [99.89, 0.02],
      [75.89, 0.41],
      [74.83, 0.26],
    ],
  ],
];

table10("every cell, as a fraction", () => {
  const rows = methods.flatMap((method: Method) => method.rows);
  assert.equal(
    rows.map(({ title }) => title),
    lines.map(([title]) => title),
  );
  // Percent as printed: two decimals.
  const printed = (fraction: number) => Number((100 * fraction).toFixed(2));
  for (const [index, [title, ...parts]] of lines.entries()) {
    for (const [part, column] of columns.entries()) {
      const { train, validation, test } = rows[index]!.results[column];
      const cells = [train, validation, test].map((cell) => cell && [printed(cell.mean), printed(cell.std)]);
      assert.equal(cells, parts[part], `${title}, ${column}`);
    }
  }
  assert.is(ste.rows[0].results.mnist.test.mean, 0.9885, "no rounding beside that of decimal numbers");
});

table10.run();
