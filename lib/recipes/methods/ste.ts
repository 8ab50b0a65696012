import { accuracies } from "./accuracies.js";
import { cosineToZero } from "./cosine-to-zero.js";
import type { Method } from "./method.js";

/**
 * The straight-through estimator with Adam.
 *
 * Table 9 says of both clippings "yes". Weights are held in [-1, 1], as the method has it; gradients are too, which is the
 * limit of a public reproduction, since the paper names none.
 *
 * Source: Meng, Bachmann, Khan, "Training Binary Neural Networks using the Bayesian Learning Rule", ICML 2020, Tables 9
 * and 10.
 */
export const ste = {
  name: "ste",
  title: "STE Adam",
  weights: "binary",
  optimizer: () => ({ name: "ste", learningRate: 1e-2, gradientClip: 1, weightClip: 1, schedules: cosineToZero }),
  rows: [
    {
      prediction: "mode",
      title: "STE Adam",
      results: {
        mnist: accuracies([99.78, 0.1], [99.02, 0.11], [98.85, 0.09]),
        cifar10: accuracies([99.99, 0.01], [94.25, 0.42], [93.55, 0.15]),
        cifar100: accuracies([99.06, 0.15], [74.09, 0.15], [72.89, 0.21]),
      },
    },
  ],
} as const satisfies Method;
