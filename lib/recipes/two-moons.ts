import type { Choice } from "./one-of.js";
import type { Recipe } from "./recipe.js";
import { twoMoonsPaper } from "./two-moons-paper.js";

const { config, settings } = twoMoonsPaper;

const bayesbinn = (length: number): Choice => ({ ...settings.bayesbinn(length), trainSizeFactor: 300 });

/**
 * Two moons with the network and the settings of {@link twoMoonsPaper}, but with each point counting for 300, which makes the
 * posterior colder: the mean prediction is right for more than 99 % of fresh points, and its entropy far from the data is
 * several times that at the data.
 */
export const twoMoons = {
  ...twoMoonsPaper,
  name: "two-moons",
  title: "Two moons, 2-64-64-1 binary network, BayesBiNN",
  config: { ...config, name: "two-moons", optimizer: bayesbinn(config.epochs) },
  settings: { ...settings, bayesbinn },
} satisfies Recipe;
