import { cp, mkdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Model } from "../../lib/model/model.js";
import { auroc } from "../../lib/predict/auroc.js";
import { loadData } from "../../lib/recipes/assemble.js";
import { checkConfig } from "../../lib/recipes/config.js";
import { writeTinyDigits } from "../support/tiny-digits.js";
import { runCli } from "./cli-process.js";
import { assertOneLine, only, smallTraining } from "./small-training.js";

const cli = suite("bayesbinn evaluate: calibration and foreign samples");

const { folder, train } = await smallTraining();
const run = join(folder, "run");
const env = { BAYESBINN_DATA: join(folder, "cache") };

cli.before(async () => {
  // Bars of another place and width would be foreign; here the labels alone are: the images of the test are others.
  await mkdir(join(env.BAYESBINN_DATA, "fashion-mnist"), { recursive: true });
  await writeTinyDigits(join(env.BAYESBINN_DATA, "fashion-mnist"), 20, 77);
  const wide = ["--set", "optimizer.temperature=1", "--set", "optimizer.initialLambda=0.1"];
  const { code, stderr } = await train([...wide, "--epochs", "1", "--out", run]);
  assert.is(code, 0, stderr);
});

cli.after(() => rm(folder, { recursive: true, force: true }));

const evaluate = (...args: string[]) => runCli(["evaluate", run, "--device", "cpu", ...args], { cwd: folder, env });

async function opened() {
  const data = await loadData(checkConfig(JSON.parse(await readFile(join(run, "config.json"), "utf8"))));
  return { data, model: await Model.load(join(run, "best.safetensors")) };
}

cli("--calibration gives what the library does, beside what there was", async () => {
  const plain = only((await evaluate("--json", "--quiet")).events, "evaluation");
  const both = await evaluate("--calibration", "--json");
  assert.is(both.code, 0, both.stderr);
  const { mode, mean, ...rest } = only(both.events, "evaluation");
  const { data, model } = await opened();
  const { samples: _, ...expected } = await model.evaluate(data.test, { calibrationBins: 15 });
  assert.equal(mode, expected);
  assert.equal(mean, await model.evaluate(data.test, { calibrationBins: 15, samples: 10 }));
  const { mode: plainMode, mean: plainMean, ...plainRest } = plain;
  assert.equal(rest, plainRest);
  assert.equal([mode.loss, mean.loss], [plainMode.loss, plainMean.loss]);
  await model[Symbol.asyncDispose]();
  const numbers = /loss [\d.]+ accuracy [\d.]+ % NLL [\d.]+ Brier [\d.]+ ECE [\d.]+ %\n/.source;
  assert.match(both.stderr, new RegExp(` {2}mode: ${numbers} {2}mean of 10 samples: ${numbers}$`));
});

cli("--out-of-distribution holds the entropies of both data sets against each other", async () => {
  const found = await evaluate(
    "--out-of-distribution",
    "fashion-mnist",
    "--samples",
    "4",
    "--json",
    "--reestimate-batch-norm",
  );
  assert.is(found.code, 0, found.stderr);
  const { outOfDistribution, reestimated } = only(found.events, "evaluation");
  const { data, model } = await opened();
  const other = join(folder, "other");
  await cp(join(env.BAYESBINN_DATA, "fashion-mnist"), other, { recursive: true });
  const { loadMnist } = await import("../../lib/data/mnist.js");
  const foreign = (await loadMnist({ folder: other })).test;
  for (const [result, anew] of [
    [outOfDistribution, {}],
    [reestimated.outOfDistribution, { reestimateBatchNorm: data.train }],
  ] as const) {
    const [mode, known] = [
      await model.predict(data.test, anew),
      await model.predict(data.test, { ...anew, samples: 4 }),
    ];
    const [foreignMode, unknown] = [
      await model.predict(foreign, anew),
      await model.predict(foreign, { ...anew, samples: 4 }),
    ];
    assert.equal(result, {
      dataset: "fashion-mnist",
      mode: { entropy: auroc(mode.entropy!, foreignMode.entropy!) },
      mean: {
        entropy: auroc(known.entropy!, unknown.entropy!),
        mutualInformation: auroc(known.mutualInformation!, unknown.mutualInformation!),
      },
    });
  }
  await model[Symbol.asyncDispose]();
  assert.match(found.stderr, /AUROC of fashion-mnist against these samples:\n {4}mode: entropy 0\.\d{4}\n/);
});

cli("an unknown data set and one of another shape are refused in a line", async () => {
  assertOneLine(await evaluate("--out-of-distribution", "fashion"), 2, /fashion-mnist/);
  assertOneLine(await evaluate("--out-of-distribution", "image-folder"), 2, /folder/);
});

cli.run();
