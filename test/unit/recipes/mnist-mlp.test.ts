import { suite } from "uvu";
import * as assert from "uvu/assert";
import { checkConfig } from "../../../lib/recipes/config.js";
import { recipes } from "../../../lib/recipes/index.js";
import { mnistMlp } from "../../../lib/recipes/mnist-mlp.js";

const list = suite("recipes");

list("have names of their own that are those of their configurations, and pass the schema", () => {
  assert.is(new Set(recipes.map(({ name }) => name)).size, recipes.length);
  for (const { name, config, paper } of recipes) {
    assert.match(name, /^[a-z0-9]+(-[a-z0-9]+)*$/);
    assert.is(checkConfig(config).name, name);
    if (paper !== undefined) assert.ok(paper.value > 0 && paper.std >= 0);
  }
});

list.run();

// Oracle: the paper's tables, typed in here from the paper.
const recipe = suite("mnist-mlp");
const config = checkConfig(mnistMlp.config);

recipe("Table 5: the network", () => {
  assert.equal(config.model, {
    name: "mlpBinaryConnect",
    hiddenUnits: 2048,
    hiddenLayers: 3,
    dropout: 0.2,
    batchNorm: { momentum: 0.15, epsilon: 1e-4 },
    weights: "binary",
  });
});

recipe("Table 9: the training", () => {
  assert.equal(config.dataset, { name: "mnist", validationFraction: 0.1 });
  assert.is(config.batchSize, 100);
  assert.is(config.epochs, 500);
  const { optimizer } = config;
  assert.is(optimizer.name, "bayesbinn");
  assert.is(optimizer.learningRate, 1e-4);
  assert.is(optimizer.momentum, 0);
  assert.is(optimizer.temperature, 1e-10);
  assert.is(optimizer.samples, 1);
  assert.is(optimizer.initialLambda, 10);
  assert.is(optimizer.initialLambdaSpread, 0);
  assert.is(optimizer.priorLambda, 0);
  assert.is(optimizer.estimator, "sample");
  assert.is(optimizer.trainSetSize, "auto");
  assert.is(optimizer.staleMu, false);
  assert.equal(optimizer.schedules, { learningRate: { name: "cosine", final: 1e-16 } });
});

recipe("Table 2: the number to reach", () => {
  assert.is(mnistMlp.paper.value, 0.9886);
  assert.is(mnistMlp.paper.std, 0.0005);
  assert.is(mnistMlp.paper.metric, "test.mode.accuracy");
});

recipe.run();
