import { suite } from "uvu";
import * as assert from "uvu/assert";
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

comparison.run();
