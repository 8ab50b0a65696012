import { cosineToZero } from "./methods/cosine-to-zero.js";
import type { Choice } from "./one-of.js";
import type { Recipe } from "./recipe.js";

const bayesbinn = (): Choice => ({
  name: "bayesbinn",
  learningRate: 1e-3,
  momentum: 0,
  temperature: 1e-2,
  samples: 1,
  initialLambda: 10,
  perWeightPrior: true,
  schedules: cosineToZero,
});

/**
 * Continual learning of five permutations of MNIST: Table 12 (784-100-100-10) with the settings of Table 13. The posterior of
 * a task is the prior of the next; `--set continual.prior=none` is the paper's "without prior". All 60,000 training images are
 * used, and nothing is held back for validation.
 *
 * The paper shows the course of the accuracies (Figure 5) and prints no numbers.
 *
 * Source: Meng, Bachmann, Khan, "Training Binary Neural Networks using the Bayesian Learning Rule", ICML 2020.
 */
export const permutedMnist = {
  name: "permuted-mnist",
  title: "permuted MNIST, 5 tasks, 784-100-100-10 binary network, BayesBiNN",
  config: {
    name: "permuted-mnist",
    dataset: { name: "permuted-mnist", tasks: 5 },
    model: { name: "mlpContinual", hiddenUnits: 100, hiddenLayers: 2, batchNorm: { momentum: 0.15, epsilon: 1e-4 } },
    optimizer: bayesbinn(),
    loss: { name: "softmaxCrossEntropy" },
    epochs: 100,
    batchSize: 100,
    seed: 1,
    evaluation: { samples: 10 },
    continual: { prior: "previous", batchNorm: "shared", evaluations: 10, finalSamples: 100 },
  },
  settings: { bayesbinn },
} satisfies Recipe;
