import type { Choice } from "../one-of.js";
import { accuracies } from "./accuracies.js";
import type { Method, PaperColumn } from "./method.js";

/** Times after which the adaptivity rate falls on CIFAR, in fifths of a training: of 500 epochs, every 100. */
const fifths = [1, 2, 3, 4];

/**
 * The binary optimizer, whose adaptivity rate falls to a 1000th over a training on MNIST, by a factor an epoch, and to a
 * 10000th on CIFAR, in four steps.
 *
 * Source: Meng, Bachmann, Khan, "Training Binary Neural Networks using the Bayesian Learning Rule", ICML 2020, Tables 9
 * and 10.
 */
export const bop = {
  name: "bop",
  title: "Bop",
  weights: "binary",
  optimizer: (column, epochs) => ({ name: "bop", ...settings[column], schedules: { gamma: decay(column, epochs) } }),
  rows: [
    {
      prediction: "mode",
      title: "Bop",
      results: {
        mnist: accuracies([99.23, 0.04], [98.55, 0.05], [98.47, 0.02]),
        cifar10: accuracies([99.79, 0.03], [93.49, 0.17], [93.0, 0.11]),
        cifar100: accuracies([90.09, 0.57], [69.97, 0.29], [69.58, 0.15]),
      },
    },
  ],
} as const satisfies Method;

const settings = {
  mnist: { threshold: 1e-8, gamma: 1e-5 },
  cifar10: { threshold: 1e-8, gamma: 1e-4 },
  cifar100: { threshold: 1e-9, gamma: 1e-4 },
};

function decay(column: PaperColumn, epochs: number): Choice {
  if (column === "mnist") return { name: "exponential", gamma: 10 ** (-3 / epochs) };
  // In a training of fewer than five epochs, two falls may come at once.
  const milestones = fifths.map((fifth) => Math.max(1, Math.round((fifth * epochs) / 5)));
  return { name: "multiStep", milestones, gamma: 0.1 };
}
