import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { checkConfig } from "../../../lib/recipes/config.js";
import { resolveConfig } from "../../../lib/recipes/resolve-config.js";
import { runConfig } from "../../../lib/recipes/run.js";
import { snelson } from "../../../lib/recipes/snelson.js";
import { snelsonPaper } from "../../../lib/recipes/snelson-paper.js";
import { twoMoons } from "../../../lib/recipes/two-moons.js";
import { twoMoonsPaper } from "../../../lib/recipes/two-moons-paper.js";

let folder: string;
const test = suite("recipes of synthetic data");
test.before(async () => {
  folder = await mkdtemp(join(tmpdir(), "bayesbinn-synthetic-"));
});
test.after(() => rm(folder, { recursive: true, force: true }));

const network = { name: "toyMlp", hiddenUnits: 64, hiddenLayers: 2, bias: "binary", weights: "binary" };
const batchNorm = { momentum: 0.15, epsilon: 1e-4 };

// Oracle: Tables 3 and 4 of the paper and the authors' notebook, typed in here.
test("two-moons-paper: Table 3", async () => {
  const { optimizer, ...config } = checkConfig(twoMoonsPaper.config);
  assert.equal(config.model, { ...network, normalize: "none", batchNorm });
  assert.equal([config.loss.name, config.epochs, config.batchSize], ["binaryCrossEntropy", 3000, 200]);
  assert.equal(config.dataset, {
    ...{ name: "two-moons", samples: 200, noise: 0.1, seed: 1, testSamples: 1000 },
    validationFraction: 0,
  });
  const { learningRate, momentum, samples, temperature, initialLambda, trainSizeFactor, schedules } = optimizer;
  assert.equal([learningRate, momentum, samples, temperature, initialLambda], [1e-3, 0.99, 5, 1, 15]);
  assert.is(trainSizeFactor, 1);
  assert.equal(schedules, { learningRate: { name: "multiStep", milestones: [1500, 2500], gamma: 0.1 } });
  const ste = await resolveConfig("two-moons-paper", [], { method: "ste" });
  const { learningRate: rate, gradientClip, weightClip } = ste.optimizer;
  assert.equal([rate, gradientClip, weightClip], [0.1, "none", 1]);
  assert.equal(ste.optimizer.schedules, schedules);
});

test("two-moons differs in how much a point counts", () => {
  const [own, paper] = [checkConfig(twoMoons.config), checkConfig(twoMoonsPaper.config)];
  assert.equal(own, { ...paper, name: "two-moons", optimizer: { ...paper.optimizer, trainSizeFactor: 300 } });
});

test("snelson-paper: Table 4", async () => {
  const { optimizer, ...config } = checkConfig(snelsonPaper.config);
  assert.equal(config.model, { ...network, normalize: "output", batchNorm });
  assert.equal([config.loss.name, config.epochs, config.batchSize], ["meanSquaredError", 5000, 200]);
  assert.equal(config.dataset, { name: "snelson", validationFraction: 0 });
  const { learningRate, momentum, samples, temperature, initialLambda, schedules } = optimizer;
  assert.equal([learningRate, momentum, samples, temperature, initialLambda], [1e-4, 0.99, 1, 1, 10]);
  assert.equal(schedules, { learningRate: { name: "exponential", gamma: 0.1 ** (1 / 5000) } });
  const ste = await resolveConfig("snelson-paper", [], { method: "ste" });
  assert.equal([ste.optimizer.learningRate, ste.optimizer.schedules], [0.1, {}], "no decay in the notebook");
});

test("snelson differs in the optimizer", () => {
  const [own, paper] = [checkConfig(snelson.config), checkConfig(snelsonPaper.config)];
  const optimizer = { learningRate: 1e-3, samples: 5, initialLambda: 15, trainSizeFactor: 300 };
  const schedules = { learningRate: { name: "exponential", gamma: 0.01 ** (1 / 5000) } };
  assert.equal(own, { ...paper, name: "snelson", optimizer: { ...paper.optimizer, ...optimizer, schedules } });
});

test("schedules are as long as the training", async () => {
  const milestones = async (epochs: number) => {
    const { schedules } = (await resolveConfig("two-moons", [], { method: "ste", epochs })).optimizer;
    return (schedules as Record<string, { milestones: number[] }>).learningRate?.milestones;
  };
  assert.equal(await milestones(300), [150, 250]);
  assert.equal(await milestones(1), [1, 1], "no milestone before the first epoch");
});

for (const [recipe, method] of [
  ["two-moons", "bayesbinn"],
  ["two-moons-paper", "ste"],
  ["snelson", "bayesbinn"],
  ["snelson-paper", "bayesbinn"],
  ["snelson-paper", "ste"],
] as const) {
  test(`${recipe} with ${method}: a short run ends below its first loss, with few checkpoints`, async () => {
    const out = join(folder, `${recipe}-${method}`);
    const config = await resolveConfig(recipe, [], { method, epochs: 250 });
    const { test: tested, bestEpoch } = await runConfig(config, { out, threads: 1, device: "cpu", keepCheckpoints: 9 });
    const history = (await readFile(join(out, "history.jsonl"), "utf8")).trim().split("\n");
    const losses = history.map((line) => JSON.parse(line).train.loss as number);
    assert.equal([losses.length, bestEpoch], [250, 250]);
    // The noise of single draws is left behind by the first and the last tenth.
    const mean = (part: readonly number[]) => part.reduce((sum, loss) => sum + loss, 0) / part.length;
    assert.ok(mean(losses.slice(-25)) < mean(losses.slice(0, 25)), `${losses[0]} to ${losses.at(-1)}`);
    assert.ok(Number.isFinite(tested.mode.loss) && Number.isFinite(tested.mean.loss));
    assert.is(tested.mode.accuracy === undefined, recipe.startsWith("snelson"));
    const checkpoints = (await readdir(join(out, "checkpoints"))).filter((name) => name.startsWith("epoch"));
    assert.equal(
      checkpoints.sort(),
      [100, 200, 250].map((epoch) => `epoch-0${epoch}.safetensors`),
    );
  });
}

test("who asks for other checkpoints gets them", async () => {
  const out = join(folder, "often");
  const config = await resolveConfig("two-moons", [], { epochs: 3 });
  await runConfig(config, { out, threads: 1, device: "cpu", checkpointEvery: 1, keepCheckpoints: 9 });
  assert.is((await readdir(join(out, "checkpoints"))).length, 3);
});

test.run();
