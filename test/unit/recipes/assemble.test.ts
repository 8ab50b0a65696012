import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Optimizer } from "../../../lib/optimizers/optimizer.js";
import { createAugmentation, createLoss, createOptimizers } from "../../../lib/recipes/assemble.js";
import { chosen } from "../../../lib/recipes/one-of.js";
import { resolveConfig } from "../../../lib/recipes/resolve-config.js";

const assembling = suite("parts of a configuration");

assembling("the optimizer has the options and the schedules that the configuration names", async () => {
  const [optimizer, ...others] = createOptimizers(await resolveConfig("mnist-mlp", ["optimizer.momentum=0.5"])) as [
    Optimizer,
  ];
  assert.equal(others, []);
  assert.is(optimizer.type, "bayesbinn");
  assert.is(optimizer.options["momentum"], 0.5);
  assert.equal(optimizer.schedules, { learningRate: { type: "cosine", options: { final: 1e-16 } } });
  const facts = { trainSetSize: 54_000 };
  assert.is(optimizer.hyperparameters({ epoch: 0, epochs: 500, step: 0 }, facts)["learningRate"], 1e-4);
  // Half way, a cosine is at the mean of both ends.
  const middle = optimizer.hyperparameters({ epoch: 250, epochs: 500, step: 0 }, facts)["learningRate"]!;
  assert.ok(Math.abs(middle - (1e-4 + 1e-16) / 2) < 1e-19);
});

assembling("the optimizer of real-valued parameters stands behind that of binary ones", async () => {
  const [first, second] = createOptimizers(
    await resolveConfig("mnist-mlp", [
      ...["realOptimizer.name=sgd", "realOptimizer.learningRate=0.25"],
      ...["realOptimizer.schedules.learningRate.name=exponential", "realOptimizer.schedules.learningRate.gamma=0.5"],
    ]),
  ) as [Optimizer, Optimizer];
  assert.equal([first.type, first.claims], ["bayesbinn", "binary"]);
  assert.equal([second.type, second.claims], ["sgd", "real"]);
  assert.is(second.options["learningRate"], 0.25);
  assert.equal(second.schedules, { learningRate: { type: "exponential", options: { gamma: 0.5 } } });
});

assembling("another optimizer and loss", async () => {
  const config = await resolveConfig("mnist-mlp", ["optimizer.name=adam", "loss.name=meanSquaredError"]);
  assert.equal(
    createOptimizers(config).map(({ type }) => type),
    ["adam"],
  );
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
