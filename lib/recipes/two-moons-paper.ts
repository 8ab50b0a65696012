import type { Choice } from "./one-of.js";
import type { Recipe } from "./recipe.js";

const epochs = 3000;

/** Falls to a tenth after a half and after five sixths of the training: of 3000 epochs, at 1500 and 2500. */
const learningRate = (length: number): Choice => ({
  name: "multiStep",
  milestones: [length / 2, (5 * length) / 6].map((milestone) => Math.max(1, Math.round(milestone))),
  gamma: 0.1,
});

/** The settings of Table 3. */
const bayesbinn = (length: number) => ({
  name: "bayesbinn",
  learningRate: 1e-3,
  momentum: 0.99,
  samples: 5,
  temperature: 1,
  initialLambda: 15,
  schedules: { learningRate: learningRate(length) },
});

/**
 * Two moons with the settings of Table 3: 2-64-64-1 with tanh and binary biases, full batch.
 *
 * The posterior is wide: the mean prediction is right for 97 to 99 % of fresh points, and hardly surer of itself at the data
 * than far from them. The recipe `two-moons` has the data count more.
 *
 * The authors' network for the straight-through estimator has real biases; here its biases are binary as well.
 *
 * Source: Meng, Bachmann, Khan, "Training Binary Neural Networks using the Bayesian Learning Rule", ICML 2020, section 4.1
 * and Table 3.
 */
export const twoMoonsPaper = {
  name: "two-moons-paper",
  title: "Two moons, 2-64-64-1 binary network, BayesBiNN as in the paper",
  config: {
    name: "two-moons-paper",
    dataset: { name: "two-moons", validationFraction: 0 },
    model: { name: "toyMlp", hiddenUnits: 64, hiddenLayers: 2, bias: "binary", normalize: "none" },
    optimizer: bayesbinn(epochs),
    loss: { name: "binaryCrossEntropy" },
    epochs,
    batchSize: 200,
    seed: 1,
    evaluation: { samples: 10 },
  },
  settings: {
    bayesbinn,
    ste: (length) => ({
      name: "ste",
      learningRate: 0.1,
      weightClip: 1,
      schedules: { learningRate: learningRate(length) },
    }),
  },
  checkpointEvery: 100,
} satisfies Recipe;
