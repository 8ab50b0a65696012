import type { Choice } from "./one-of.js";
import type { Recipe } from "./recipe.js";
import { snelsonPaper } from "./snelson-paper.js";

const { config, settings } = snelsonPaper;

const bayesbinn = (length: number): Choice => ({
  name: "bayesbinn",
  learningRate: 1e-3,
  momentum: 0.99,
  samples: 5,
  temperature: 1,
  initialLambda: 15,
  trainSizeFactor: 300,
  // To a hundredth over the training, by a factor an epoch.
  schedules: { learningRate: { name: "exponential", gamma: 0.01 ** (1 / length) } },
});

/**
 * Snelson's regression problem with the network of {@link snelsonPaper} and settings that fit it: a larger learning rate, five
 * samples a step, and each point counting for 300. That makes the posterior far colder than the noise of the data asks for:
 * a fiftieth of the weights stay undecided. The mean prediction comes close to the noise, and predictions of single draws
 * differ more beyond the data than within, on average over seeds, though not by much with every seed.
 */
export const snelson = {
  ...snelsonPaper,
  name: "snelson",
  title: "Snelson's regression, 1-64-64-1 binary network, BayesBiNN",
  config: { ...config, name: "snelson", optimizer: bayesbinn(config.epochs) },
  settings: { ...settings, bayesbinn },
} satisfies Recipe;
