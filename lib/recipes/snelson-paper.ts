import type { Choice } from "./one-of.js";
import type { Recipe } from "./recipe.js";

const epochs = 5000;

const bayesbinn = (length: number): Choice => ({
  name: "bayesbinn",
  learningRate: 1e-4,
  momentum: 0.99,
  samples: 1,
  temperature: 1,
  initialLambda: 10,
  // To a tenth over the training, by a factor an epoch.
  schedules: { learningRate: { name: "exponential", gamma: 0.1 ** (1 / length) } },
});

/**
 * Snelson's regression problem with the settings of Table 4: 1-64-64-1 with tanh, binary biases and batch norm behind the
 * output, full batch.
 *
 * Few of the weights leave their first signs, since the posterior begins almost certain of them. The authors' figure was
 * made with the batch norm in training mode, normalised by the points of the grid; here predictions use the running
 * statistics of training.
 *
 * The straight-through estimator keeps its learning rate, as in the authors' code. Its biases are real there, and binary
 * here.
 *
 * Source: Meng, Bachmann, Khan, "Training Binary Neural Networks using the Bayesian Learning Rule", ICML 2020, section 4.1
 * and Table 4.
 */
export const snelsonPaper = {
  name: "snelson-paper",
  title: "Snelson's regression, 1-64-64-1 binary network, BayesBiNN as in the paper",
  config: {
    name: "snelson-paper",
    dataset: { name: "snelson", validationFraction: 0 },
    model: { name: "toyMlp", hiddenUnits: 64, hiddenLayers: 2, bias: "binary", normalize: "output" },
    optimizer: bayesbinn(epochs),
    loss: { name: "meanSquaredError" },
    epochs,
    batchSize: 200,
    seed: 1,
    evaluation: { samples: 10 },
  },
  settings: { bayesbinn, ste: () => ({ name: "ste", learningRate: 0.1, weightClip: 1 }) },
  checkpointEvery: 100,
} satisfies Recipe;
