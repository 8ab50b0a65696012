import { accuracies } from "./accuracies.js";
import { cosineToZero } from "./cosine-to-zero.js";
import type { Method } from "./method.js";

const settings = {
  mnist: { learningRate: 1e-4, temperature: 1e-10 },
  // As in the authors' code, augmented images count as ten times their number.
  cifar10: { learningRate: 3e-4, temperature: 1e-10, trainSizeFactor: 10 },
  cifar100: { learningRate: 3e-4, temperature: 1e-8, trainSizeFactor: 10 },
};

/**
 * The paper's own method. The momentum, which Table 9 leaves out, is that of the authors' scripts.
 *
 * Source: Meng, Bachmann, Khan, "Training Binary Neural Networks using the Bayesian Learning Rule", ICML 2020, Tables 9
 * and 10.
 */
export const bayesbinn = {
  name: "bayesbinn",
  title: "BayesBiNN",
  weights: "binary",
  optimizer: (column) => ({
    name: "bayesbinn",
    momentum: 0,
    samples: 1,
    initialLambda: 10,
    ...settings[column],
    schedules: cosineToZero,
  }),
  rows: [
    {
      prediction: "mode",
      title: "BayesBiNN (mode)",
      results: {
        mnist: accuracies([99.85, 0.05], [99.02, 0.13], [98.86, 0.05]),
        cifar10: accuracies([99.96, 0.01], [94.23, 0.41], [93.72, 0.16]),
        cifar100: accuracies([98.02, 0.18], [74.76, 0.41], [73.68, 0.31]),
      },
    },
    {
      prediction: "mean",
      title: "BayesBiNN (mean)",
      results: {
        mnist: accuracies([99.85, 0.05], [99.02, 0.13], [98.86, 0.05]),
        cifar10: accuracies([99.96, 0.01], [94.23, 0.41], [93.72, 0.15]),
        cifar100: accuracies([98.02, 0.18], [74.76, 0.41], [73.65, 0.41]),
      },
    },
  ],
} as const satisfies Method;
