import { suite } from "uvu";
import * as assert from "uvu/assert";
import { stateNames } from "../../../lib/kernels.js";
import { Adam } from "../../../lib/optimizers/adam.js";
import { Bop } from "../../../lib/optimizers/bop.js";
import { optimizerTypes } from "../../../lib/optimizers/index.js";
import type { OptimizerType } from "../../../lib/optimizers/optimizer.js";
import { PMF } from "../../../lib/optimizers/pmf.js";
import { SGD } from "../../../lib/optimizers/sgd.js";
import { STE } from "../../../lib/optimizers/ste.js";
import { constant } from "../../../lib/schedules/constant.js";
import { cosine } from "../../../lib/schedules/cosine.js";
import { exponential } from "../../../lib/schedules/exponential.js";
import { multiStep } from "../../../lib/schedules/multi-step.js";
import { refused } from "../../support/refused.js";

const test = suite("comparison methods");
const facts = { trainSetSize: 1 };

test("STE has the paper's learning rate, clipped latent weights and gradients as they are", () => {
  const { learningRate, gradientClip, weightClip, latentMask } = new STE().options;
  assert.equal([learningRate, gradientClip, weightClip, latentMask], [1e-2, "none", 1, false]);
});

test("Adam and SGD begin as their sources do: nothing is clipped, no momentum, no decay", () => {
  const { learningRate, gradientClip, weightClip } = new Adam().options;
  assert.equal([learningRate, gradientClip, weightClip], [1e-3, "none", "none"]);
  assert.equal(new SGD().options, { learningRate: 1e-2, momentum: 0, nesterov: false, weightDecay: 0 });
});

test("a clip that is none is one that native code never reaches; files keep the word", () => {
  for (const optimizer of [new STE({ weightClip: "none" }), new Adam()]) {
    const spec = optimizer.toSpec([]);
    assert.equal([spec["gradientClip"], spec["weightClip"]], [Number.MAX_VALUE, Number.MAX_VALUE]);
    assert.is(optimizer.hyperparameters({ epoch: 3, epochs: 5, step: 0 }, facts)["weightClip"], Number.MAX_VALUE);
    assert.is(optimizer.toJSON().options["weightClip"], "none");
  }
  assert.is(new STE({ gradientClip: 0.5 }).toSpec([])["gradientClip"], 0.5);
});

test("a clip that is a number takes a schedule, and one that is none refuses it", async () => {
  const scheduled = new STE({ schedules: { weightClip: exponential({ gamma: 0.5 }) } });
  assert.is(scheduled.hyperparameters({ epoch: 2, epochs: 5, step: 0 }, facts)["weightClip"], 0.25);
  for (const optimizer of [
    () => new STE({ schedules: { gradientClip: cosine() } }),
    () => new Adam({ schedules: { gradientClip: cosine() } }),
  ]) {
    await refused(
      optimizer,
      "ERR_OPTION_RANGE",
      /^(STE|Adam)\.schedules\.gradientClip: .* accepted: no schedule where gradientClip is "none"$/,
    );
  }
});

test("PMF's beta is the one in use: at most maxBeta, also where its schedule grows beyond all numbers", () => {
  const optimizer = new PMF({ beta: 2, schedules: { beta: exponential({ gamma: 1e100 }) } });
  const betas = [0, 1, 9].map((epoch) => optimizer.hyperparameters({ epoch, epochs: 10, step: 0 }, facts)["beta"]);
  assert.equal(betas, [2, 1e4, 1e4]);
});

test("every number may have a schedule, and nothing else", async () => {
  for (const { type, options, create } of optimizerTypes as readonly OptimizerType[]) {
    if (type === "bayesbinn") continue; // has numbers that settle how training begins
    const given: Record<string, unknown> = { ...create({}).options };
    for (const [name, value] of Object.entries(given)) if (value === "none") given[name] = 2;
    for (const [name, value] of Object.entries(given)) {
      const make = () => create({ ...given, schedules: { [name]: multiStep({ milestones: [1], gamma: 0.5 }) } });
      if (typeof value !== "number") await refused(make, "ERR_OPTION_UNKNOWN", name);
      else
        assert.is(make().hyperparameters({ epoch: 1, epochs: 2, step: 0 }, facts)[name], value / 2, `${type}.${name}`);
    }
    assert.ok("schedules" in options.shape);
  }
});

test("SGD keeps its momentum where it can become more than the gradient", () => {
  assert.equal(stateNames(new SGD()), []);
  assert.equal(stateNames(new SGD({ momentum: 0.9 })), ["momentum"]);
  assert.equal(stateNames(new SGD({ schedules: { momentum: constant() } })), ["momentum"]);
});

test("options are checked", async () => {
  await refused(() => new STE({ weightClip: 0 }), "ERR_OPTION_RANGE", "STE.weightClip: 0", '"none" or a number > 0');
  await refused(() => new STE({ weightClip: "no" } as never), "ERR_OPTION_RANGE", 'STE.weightClip: "no"', '"none"');
  await refused(() => new Adam({ gradientClip: -1 }), "ERR_OPTION_RANGE", "Adam.gradientClip: -1");
  await refused(() => new Bop({ gamma: 2 }), "ERR_OPTION_RANGE", "Bop.gamma: 2", ">= 0 and <= 1");
  await refused(() => new Bop({ tie: "flip" } as never), "ERR_OPTION_RANGE", '"keep" or "positive"');
  await refused(() => new Bop({ learningRate: 1 } as never), "ERR_OPTION_UNKNOWN", "Bop.learningRate");
  await refused(() => new PMF({ beta: 0 }), "ERR_OPTION_RANGE", "PMF.beta: 0", "> 0");
  await refused(() => new PMF({ gradient: "double" } as never), "ERR_OPTION_RANGE", '"exact" or "authors"');
  await refused(() => new SGD({ momentum: 1 }), "ERR_OPTION_RANGE", "SGD.momentum: 1", ">= 0 and < 1");
});

test.run();
