import { suite } from "uvu";
import * as assert from "uvu/assert";
import { checkConfig } from "../../../lib/recipes/config.js";
import { recipes } from "../../../lib/recipes/index.js";
import { methods } from "../../../lib/recipes/methods/index.js";
import { mnistMlp } from "../../../lib/recipes/mnist-mlp.js";
import { methodsOf, presetConfig, presetNamed, presetResult } from "../../../lib/recipes/preset.js";
import { resolveConfig } from "../../../lib/recipes/resolve-config.js";
import { failure } from "./failure.js";

const presets = suite("recipes with the settings of methods");
const all = recipes.flatMap((recipe) => methodsOf(recipe).map((method) => ({ recipe, method })));

presets("all pass the schema, under names of their own that lead back to recipe and method", () => {
  for (const preset of all) {
    const config = checkConfig(presetConfig(preset, preset.recipe.config.epochs));
    const found = presetNamed(config.name);
    assert.is(found?.recipe, preset.recipe);
    assert.is(found?.method, preset.method);
  }
  assert.is(presetNamed("mnist-mlp-sgd"), undefined);
});

presets("with BayesBiNN's settings a recipe is what it is", () => {
  const [bayesbinn] = methods;
  for (const recipe of recipes) {
    assert.equal(presetConfig({ recipe, method: bayesbinn }, recipe.config.epochs), recipe.config);
  }
});

presets("another method changes name and optimizer; full precision, the weights as well", async () => {
  const own = await resolveConfig("mnist-mlp");
  const ste = await resolveConfig("mnist-mlp", [], { method: "ste" });
  assert.equal(ste, { ...own, name: "mnist-mlp-ste", optimizer: ste.optimizer });
  assert.is(ste.optimizer.name, "ste");
  const adam = await resolveConfig("mnist-mlp", [], { method: "adam" });
  assert.equal(adam, {
    ...own,
    name: "mnist-mlp-adam",
    model: { ...own.model, weights: "real" },
    optimizer: adam.optimizer,
  });
});

presets("a second optimizer stays beside those of binary weights, and goes at full precision", () => {
  const realOptimizer = { name: "sgd", learningRate: 0.5 };
  const recipe = { ...mnistMlp, config: { ...mnistMlp.config, realOptimizer } };
  for (const method of methods) {
    const config = checkConfig(presetConfig({ recipe, method }, 7));
    assert.is(config.realOptimizer?.learningRate, method.weights === "binary" ? 0.5 : undefined, method.name);
    assert.is("realOptimizer" in config, method.weights === "binary", method.name);
  }
});

presets("schedules are as long as the training, however its length is given", async () => {
  const gamma = { gamma: { name: "exponential", gamma: 10 ** (-3 / 20) } };
  const given = await resolveConfig("mnist-mlp", ["epochs=3"], { method: "bop", epochs: 20 });
  assert.equal(given.optimizer.schedules, gamma);
  assert.is(given.epochs, 20);
  const set = await resolveConfig("mnist-mlp", ["epochs=3", "epochs=20"], { method: "bop" });
  assert.equal(set.optimizer.schedules, gamma);
  assert.is(set.epochs, 20);
});

presets("settings go over a method", async () => {
  const { optimizer } = await resolveConfig("mnist-mlp", ["optimizer.learningRate=0.5"], { method: "adam" });
  assert.is(optimizer.learningRate, 0.5);
  assert.equal(optimizer.schedules, { learningRate: { name: "cosine", final: 1e-16 } });
});

presets("recipes of other data than those of Table 9 have settings of their own, for some methods", async () => {
  const names = Object.fromEntries(recipes.map((recipe) => [recipe.name, methodsOf(recipe).map(({ name }) => name)]));
  for (const name of ["two-moons", "two-moons-paper", "snelson", "snelson-paper"]) {
    assert.equal(names[name], ["bayesbinn", "ste"]);
    await failure(
      () => resolveConfig(name, [], { method: "bop" }),
      "ERR_CONFIG",
      `method: "bop" has no settings for the recipe ${name}, accepted: bayesbinn or ste`,
    );
  }
  assert.equal(
    names["mnist-mlp"],
    methods.map(({ name }) => name),
  );
});

presets("what is refused", async () => {
  const unknown = "stee" as "ste";
  await failure(() => resolveConfig("mnist-mlp", [], { method: unknown }), "ERR_OPTION_RANGE", 'did you mean "ste"?');
  const file = "runs/x/config.json";
  await failure(() => resolveConfig(file, [], { method: "ste" }), "ERR_CONFIG", file, "a recipe", "ste");
  await failure(() => resolveConfig("mnist-mlp", ["epochs=many"], { method: "adam" }), "ERR_OPTION_TYPE", "epochs");
});

presets("numbers of the paper: of all methods for its own network and data, else of BayesBiNN alone", () => {
  const known = all.filter((preset) => presetResult(preset) !== undefined);
  assert.equal(
    known.map(({ recipe, method }) => `${recipe.name} ${method.name}`),
    [
      ...methods.map(({ name }) => `mnist-mlp ${name}`),
      "mnist-lrnet bayesbinn",
      ...methods.map(({ name }) => `cifar10-vgg ${name}`),
      "cifar10-lrnet bayesbinn",
      ...methods.map(({ name }) => `cifar100-vgg ${name}`),
    ],
  );
  const [, ste] = methods;
  assert.equal(presetResult({ recipe: mnistMlp, method: ste }), {
    source: "Table 2, STE Adam, 5 runs",
    metric: "test.mode.accuracy",
    value: 0.9885,
    std: 0.0009,
  });
});

presets.run();
