import { suite } from "uvu";
import * as assert from "uvu/assert";
import { subset } from "../../../../lib/data/subset.js";
import { permutation } from "../../../../lib/kernels.js";
import { createModel, createOptimizers, loadData } from "../../../../lib/recipes/assemble.js";
import { planComparison } from "../../../../lib/recipes/comparison/plan.js";
import type { Config } from "../../../../lib/recipes/config.js";
import { Trainer } from "../../../../lib/training/trainer.js";
import { temporaryFolder } from "../../../support/temporary-folder.js";
import { writeTinyDigits } from "../../../support/tiny-digits.js";

const equal = suite("equal conditions of a comparison");

const folder = temporaryFolder();
let configs: Config[];
equal.before(async () => {
  await writeTinyDigits(folder, 53, 20);
  const settings = [`dataset.folder=${folder}`, "model.hiddenUnits=7", "batchSize=10"];
  const { methods } = await planComparison("mnist-mlp", { seeds: [3], epochs: 1, settings });
  configs = methods.map(({ config }) => config(3));
});

equal("for a seed, all methods hold back the same samples", async () => {
  const parts = await Promise.all(configs.map(loadData));
  for (const { train, validation } of parts) {
    assert.equal(train.indices, parts[0]!.train.indices);
    assert.equal(validation!.indices, parts[0]!.validation!.indices);
  }
  const other = await loadData({ ...configs[0]!, seed: 4 });
  assert.not.equal(other.validation!.indices, parts[0]!.validation!.indices);
});

equal("for a seed, all methods read samples in the order that the seed alone gives", async () => {
  for (const config of configs) {
    const { train } = await loadData(config);
    const ordered = subset(train, permutation(train.length, 3, 0));
    const [shuffled, read] = await Promise.all([
      loss(config, { train, shuffle: true }),
      loss(config, { train: ordered, shuffle: false }),
    ]);
    assert.is(shuffled, read, config.name);
    assert.is.not(shuffled, await loss(config, { train, shuffle: false }), config.name);
  }
});

/** Over an epoch, whose steps depend on the batches before. */
async function loss(config: Config, data: Pick<Parameters<Trainer["fit"]>[0], "train" | "shuffle">): Promise<number> {
  const model = createModel(config, data.train);
  await using trainer = new Trainer({ model, optimizer: createOptimizers(config), seed: config.seed, device: "cpu" });
  const { epochs } = await trainer.fit({ ...data, epochs: 1, batchSize: config.batchSize });
  return epochs[0]!.train.loss;
}

equal.run();
