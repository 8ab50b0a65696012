import { suite } from "uvu";
import * as assert from "uvu/assert";
import { differences } from "../../../lib/recipes/differences.js";
import { resolveConfig } from "../../../lib/recipes/resolve-config.js";

const differing = suite("differences of configurations");

const rows: readonly [recipe: string, settings: readonly string[], paths: readonly string[]][] = [
  ["cifar10-vgg", ["dataset.name=cifar10-jpeg", "model.width=32"], ["dataset.name", "model.width"]],
  ["cifar10-vgg", ["dataset.validationFraction=0.2", "batchSize=51"], ["dataset.validationFraction", "batchSize"]],
  ["cifar10-vgg", ["augmentation=[]"], ["augmentation"]],
  ["mnist-mlp", ["optimizer.name=adam"], ["optimizer.name"]],
  ["mnist-mlp", ["realOptimizer.name=adam", "realOptimizer.learningRate=1"], ["realOptimizer"]],
  ["mnist-mlp", ["optimizer.schedules.learningRate.name=constant"], ["optimizer.schedules.learningRate.name"]],
  [
    "mnist-mlp",
    ["optimizer.schedules.temperature.name=exponential", "optimizer.schedules.temperature.gamma=0.5"],
    ["optimizer.schedules.temperature"],
  ],
  ["mnist-mlp", ["earlyStopping.patience=3", "loss.name=squaredHinge"], ["loss.name", "earlyStopping"]],
  ["mnist-mlp", ["seed=7", "epochs=2", "evaluation.samples=3", "dataset.folder=/data"], []],
];

for (const [recipe, settings, paths] of rows) {
  differing(`${recipe} ${settings.join(" ")}`, async () => {
    const config = await resolveConfig(recipe, settings);
    assert.equal(differences(config, await resolveConfig(recipe)).sort(), [...paths].sort());
  });
}

differing.run();
