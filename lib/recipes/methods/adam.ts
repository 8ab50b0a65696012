import { accuracies } from "./accuracies.js";
import { cosineToZero } from "./cosine-to-zero.js";
import type { Method } from "./method.js";

const learningRate = { mnist: 3e-4, cifar10: 1e-2, cifar100: 3e-3 };

/**
 * The same networks with real weights, trained with Adam: what binary weights are held against.
 *
 * Source: Meng, Bachmann, Khan, "Training Binary Neural Networks using the Bayesian Learning Rule", ICML 2020, Tables 9
 * and 10.
 */
export const adam = {
  name: "adam",
  title: "Adam, full precision",
  weights: "real",
  optimizer: (column) => ({ name: "adam", learningRate: learningRate[column], schedules: cosineToZero }),
  rows: [
    {
      prediction: "mode",
      title: "Full precision",
      results: {
        mnist: accuracies([99.96, 0.02], [99.15, 0.14], [99.01, 0.06]),
        cifar10: accuracies([100, 0], [94.54, 0.29], [93.9, 0.17]),
        cifar100: accuracies([99.89, 0.02], [75.89, 0.41], [74.83, 0.26]),
      },
    },
  ],
} as const satisfies Method;
