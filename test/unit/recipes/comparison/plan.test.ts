import { suite } from "uvu";
import * as assert from "uvu/assert";
import { planComparison } from "../../../../lib/recipes/comparison/plan.js";
import { resolveConfig } from "../../../../lib/recipes/resolve-config.js";
import { failure } from "../failure.js";

const planning = suite("plan of a comparison");

planning("all methods and five seeds, unless others are named", async () => {
  const { methods, seeds, epochs } = await planComparison("mnist-mlp", {});
  assert.equal(
    methods.map(({ method }) => method.name),
    ["bayesbinn", "ste", "bop", "pmf", "adam"],
  );
  assert.equal(seeds, [1, 2, 3, 4, 5]);
  assert.is(epochs, 500);
});

planning("for a seed, runs differ in name, optimizer and kind of weights alone", async () => {
  const settings = ["model.hiddenUnits=16", "dataset.validationFraction=0.2"];
  const { methods } = await planComparison("mnist-mlp", { seeds: [7], epochs: 3, settings });
  const [own, ...others] = methods.map(({ config }) => config(7));
  assert.equal(own, await resolveConfig("mnist-mlp", settings, { seed: 7, epochs: 3 }));
  for (const config of others) {
    const { name, optimizer, model } = config;
    assert.equal(config, { ...own, name, optimizer, model: { ...own!.model, weights: model.weights } });
  }
});

planning("another network keeps full precision", async () => {
  const { methods } = await planComparison("mnist-mlp", { methods: ["adam"], settings: ["model.name=toyMlp"] });
  assert.is(methods[0]!.config(1).model.weights, "real");
});

planning("what is refused", async () => {
  const refused =
    (...args: Parameters<typeof planComparison>) =>
    () =>
      planComparison(...args);
  await failure(refused("mnist-mpl", {}), "ERR_CONFIG", "unknown recipe", 'did you mean "mnist-mlp"?');
  await failure(
    refused("mnist-mlp", { methods: ["best" as "ste"] }),
    "ERR_OPTION_RANGE",
    "compare.methods[0]",
    '"bop"',
  );
  await failure(refused("mnist-mlp", { methods: [] }), "ERR_OPTION_RANGE", "compare.methods");
  await failure(refused("mnist-mlp", { methods: ["adam", "adam"] }), "ERR_OPTION_RANGE", "each once");
  await failure(refused("mnist-mlp", { seeds: [1, 1.5] }), "ERR_OPTION_RANGE", "compare.seeds[1]");
  await failure(refused("mnist-mlp", { seeds: [-1] }), "ERR_OPTION_RANGE", "compare.seeds[0]", ">= 0");
  await failure(refused("mnist-mlp", { seeds: [2, 2] }), "ERR_OPTION_RANGE", "each once");
  const many = Array.from({ length: 1001 }, (_, seed) => seed);
  await failure(refused("mnist-mlp", { seeds: many }), "ERR_OPTION_RANGE", "compare.seeds", "an array of 1 to 1000");
  await failure(refused("mnist-mlp", { epochs: 0 }), "ERR_OPTION_RANGE", "compare.epochs");
  for (const setting of ["optimizer.name=adam", "model.weights=real", "seed=3", "name=mine"]) {
    await failure(refused("mnist-mlp", { settings: [setting] }), "ERR_CONFIG", setting.split("=")[0]!);
  }
  const temperature = { methods: ["bayesbinn", "adam"], settings: ["optimizer.temperature=1"] } as const;
  await failure(
    refused("mnist-mlp", { methods: [...temperature.methods], settings: [...temperature.settings] }),
    ...(["ERR_OPTION_UNKNOWN", "adam: optimizer.temperature"] as const),
  );
});

planning("a second optimizer is that of all methods but full precision, which has no use for one", async () => {
  const settings = ["realOptimizer.name=adam", "realOptimizer.learningRate=0.25"];
  const { methods } = await planComparison("mnist-mlp", { methods: ["bayesbinn", "ste"], settings });
  for (const { config, differing } of methods) {
    assert.is(config(1).realOptimizer?.learningRate, 0.25);
    assert.equal(differing, ["realOptimizer"]);
  }
  await failure(
    () => planComparison("mnist-mlp", { methods: ["ste", "adam"], settings }),
    "ERR_CONFIG",
    'adam: realOptimizer: "adam" beside the optimizer "adam"',
  );
});

planning.run();
