import { suite } from "uvu";
import * as assert from "uvu/assert";
import { createAugmentation, createLoss, createOptimizer } from "../../../lib/recipes/assemble.js";
import { chosen } from "../../../lib/recipes/one-of.js";
import { resolveConfig } from "../../../lib/recipes/resolve-config.js";

const assembling = suite("parts of a configuration");

assembling("the optimizer has the options and the schedules that the configuration names", async () => {
  const optimizer = createOptimizer(await resolveConfig("mnist-mlp", ["optimizer.momentum=0.5"]));
  assert.is(optimizer.type, "bayesbinn");
  assert.is(optimizer.options["momentum"], 0.5);
  assert.equal(optimizer.schedules, { learningRate: { type: "cosine", options: { final: 1e-16 } } });
  const facts = { trainSetSize: 54_000 };
  assert.is(optimizer.hyperparameters({ epoch: 0, epochs: 500, step: 0 }, facts)["learningRate"], 1e-4);
  // Half way, a cosine is at the mean of both ends.
  const middle = optimizer.hyperparameters({ epoch: 250, epochs: 500, step: 0 }, facts)["learningRate"]!;
  assert.ok(Math.abs(middle - (1e-4 + 1e-16) / 2) < 1e-19);
});

assembling("another optimizer and loss", async () => {
  const config = await resolveConfig("mnist-mlp", ["optimizer.name=adam", "loss.name=meanSquaredError"]);
  assert.is(createOptimizer(config).type, "adam");
  assert.equal(createLoss(config), { type: "meanSquaredError", options: {} });
});

assembling("the steps of an augmentation, in their order", async () => {
  assert.equal(createAugmentation(await resolveConfig("mnist-mlp")), []);
  const setting = 'augmentation=[{"name":"randomCrop","padding":2},{"name":"randomQuarterTurn"}]';
  assert.equal(createAugmentation(await resolveConfig("mnist-mlp", [setting])), [
    { type: "randomCrop", options: { padding: 2, fill: "black" } },
    { type: "randomQuarterTurn", options: {} },
  ]);
});

assembling("a name that is in no list is a defect, since the schema lets none pass", () => {
  assert.throws(() => chosen([{ name: "a" }], { name: "b" }), /"b"/);
});

assembling.run();
