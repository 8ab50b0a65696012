import { suite } from "uvu";
import * as assert from "uvu/assert";
import { paperText } from "../../../lib/cli/format.js";
import { paperComparison } from "../../../lib/cli/paper-comparison.js";
import { checkConfig } from "../../../lib/recipes/config.js";
import { recipes } from "../../../lib/recipes/index.js";
import { resolveConfig } from "../../../lib/recipes/resolve-config.js";

const comparison = suite("comparison with the paper");

comparison("a recipe is comparable with its number, and a name of one's own has none", () => {
  for (const { config, paper } of recipes) {
    assert.equal(paperComparison(checkConfig(config)), paper && { paper, differing: [] });
    assert.is(paperComparison(checkConfig({ ...config, name: "mine" })), undefined);
  }
});

comparison("other data and another network under the name of a recipe are not", async () => {
  const config = await resolveConfig("cifar10-vgg", ["dataset.name=cifar10-jpeg", "model.width=32"]);
  assert.equal(paperComparison(config)?.differing, ["dataset.name", "model.width"]);
});

comparison("another method has its own row, whatever the number of epochs", async () => {
  const { paper, differing } = paperComparison(await resolveConfig("mnist-mlp", [], { method: "ste", epochs: 3 }))!;
  assert.is(paperText(paper), "test accuracy 98.85 +- 0.09 %");
  assert.equal(differing, []);
  const bop = await resolveConfig("mnist-mlp", [], { method: "bop", epochs: 3 });
  assert.equal(paperComparison(bop)?.differing, [], "schedules as long as the training");
  assert.is(paperText(paperComparison(bop)!.paper), "test accuracy 98.47 +- 0.02 %");
  const smaller = await resolveConfig("mnist-mlp", ["model.hiddenUnits=16"], { method: "adam" });
  assert.equal(paperComparison(smaller)?.differing, ["model.hiddenUnits"]);
  assert.is(paperComparison(await resolveConfig("fashion-mlp", [], { method: "adam" })), undefined);
});

comparison.run();
