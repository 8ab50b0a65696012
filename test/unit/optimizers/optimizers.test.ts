import { suite } from "uvu";
import * as assert from "uvu/assert";
import { stateNames } from "../../../lib/kernels.js";
import { Adam } from "../../../lib/optimizers/adam.js";
import { BayesBiNN } from "../../../lib/optimizers/bayesbinn.js";
import { claimParameters } from "../../../lib/optimizers/claim.js";
import { optimizerTypes } from "../../../lib/optimizers/index.js";
import type { Optimizer, OptimizerType } from "../../../lib/optimizers/optimizer.js";
import { cosine } from "../../../lib/schedules/cosine.js";
import { exponential } from "../../../lib/schedules/exponential.js";
import { refused } from "../../support/refused.js";

const test = suite("optimizers");

const types: readonly OptimizerType[] = optimizerTypes;
const weight = { name: "linear1.weight", kind: "binary" } as const;
const bias = { name: "linear1.bias", kind: "real" } as const;

test("the defaults are those of the paper for MNIST", () => {
  const { learningRate, momentum, temperature, samples, initialLambda, saturation, epsilon } = new BayesBiNN().options;
  assert.equal([learningRate, momentum, temperature, samples, initialLambda], [1e-4, 0, 1e-10, 1, 10]);
  assert.equal([saturation, epsilon], [2 ** -24, 1e-10]);
});

for (const { type, claims, create } of types) {
  test(`${type}: native code takes its complete options, and a file gives them back`, () => {
    const optimizer = create({});
    assert.is(optimizer.type, type);
    assert.is(optimizer.claims, claims);
    const states = stateNames(optimizer);
    assert.is(new Set(states).size, states.length, "a state array stands twice");
    const facts = { trainSetSize: 1 };
    const hyperparameter = Object.keys(optimizer.hyperparameters({ epoch: 0, epochs: 1, step: 0 }, facts)).find(
      (name) => !(name in facts),
    );
    const scheduled = create(
      hyperparameter === undefined ? {} : { schedules: { [hyperparameter]: cosine({ final: 0.1 }) } },
    );
    const { type: _, options } = JSON.parse(JSON.stringify(scheduled)) as ReturnType<Optimizer["toJSON"]>;
    assert.equal(create(options).options, scheduled.options);
    assert.equal(create(options).schedules, scheduled.schedules);
  });
}

test("a spec holds the options alone, with the facts in place of auto", () => {
  const optimizer = new BayesBiNN({ schedules: { learningRate: cosine() } });
  const spec = optimizer.toSpec(["a.weight"]);
  assert.is(spec.type, "bayesbinn");
  assert.equal(spec.parameters, ["a.weight"]);
  assert.is(spec["trainSetSize"], 1);
  assert.not("schedules" in spec);
  assert.is(optimizer.toSpec([], { trainSetSize: 60_000 })["trainSetSize"], 60_000);
  assert.is(new BayesBiNN({ trainSetSize: 7 }).toSpec([], { trainSetSize: 60_000 })["trainSetSize"], 7);
});

test("the size of the training set is multiplied, whether it is given or not, and native code gets one number", () => {
  const facts = { trainSetSize: 45_000 };
  const cifar = new BayesBiNN({ trainSizeFactor: 10 });
  assert.is(cifar.toSpec([], facts)["trainSetSize"], 450_000);
  assert.is(cifar.hyperparameters({ epoch: 0, epochs: 1, step: 0 }, facts)["trainSetSize"], 450_000);
  assert.is(new BayesBiNN({ trainSizeFactor: 0.5, trainSetSize: 7 }).toSpec([], facts)["trainSetSize"], 3.5);
  assert.not("trainSizeFactor" in cifar.toSpec([], facts));
  assert.is(cifar.toJSON().options["trainSizeFactor"], 10);
  assert.is(cifar.toJSON().options["trainSetSize"], "auto");
});

test("hyperparameters follow their schedules from the initial value on", () => {
  const schedules = { learningRate: cosine(), temperature: exponential({ gamma: 0.5 }) };
  const optimizer = new BayesBiNN({ learningRate: 0.2, temperature: 1, schedules });
  const first = optimizer.hyperparameters({ epoch: 0, epochs: 4, step: 0 }, { trainSetSize: 9 });
  assert.is(first["learningRate"], 0.2);
  assert.is(first["temperature"], 1);
  assert.is(first["trainSetSize"], 9);
  const third = optimizer.hyperparameters({ epoch: 2, epochs: 4, step: 0 }, { trainSetSize: 9 });
  assert.ok(Math.abs(third["learningRate"]! - 0.1) < 1e-15);
  assert.is(third["temperature"], 0.25);
  assert.is(third["momentum"], 0, "what has no schedule stays");
  assert.not("samples" in first, "what cannot change between epochs is not in it");
});

test("options are checked", async () => {
  await refused(
    () => new BayesBiNN({ temperature: 0 }),
    "ERR_OPTION_RANGE",
    "temperature: 0 is out of range, accepted: a number > 0",
  );
  await refused(() => new BayesBiNN({ learningRate: -1 }), "ERR_OPTION_RANGE", "learningRate: -1");
  await refused(
    () => new BayesBiNN({ learningrat: 1 } as never),
    "ERR_OPTION_UNKNOWN",
    'learningrat: unknown option, did you mean "learningRate"?',
  );
  await refused(() => new BayesBiNN({ samples: 0 }), "ERR_OPTION_RANGE", "samples: 0");
  await refused(
    () => new BayesBiNN({ estimator: "mode" } as never),
    "ERR_OPTION_RANGE",
    'estimator: "mode" is unknown',
  );
  await refused(
    () => new BayesBiNN({ schedules: { samples: cosine() } } as never),
    "ERR_OPTION_UNKNOWN",
    "schedules.samples",
  );
  await refused(() => new Adam({ beta1: 1 }), "ERR_OPTION_RANGE", "beta1: 1", ">= 0 and < 1");
  await refused(
    () => new Adam({ schedules: { learningRate: { type: "step", options: {} } } }),
    "ERR_OPTION_RANGE",
    'schedules.learningRate.type: "step" is unknown',
  );
});

test("each parameter goes to the optimizer that claims its kind", () => {
  const binary = new BayesBiNN();
  const real = new Adam();
  assert.equal(claimParameters([weight, bias], [real, binary]), [
    { optimizer: real, parameters: ["linear1.bias"] },
    { optimizer: binary, parameters: ["linear1.weight"] },
  ]);
  assert.equal(claimParameters([weight], [binary, real]), [{ optimizer: binary, parameters: ["linear1.weight"] }]);
});

test("a kind without an optimizer, or with two", async () => {
  await refused(
    () => claimParameters([weight, bias], [new BayesBiNN()]),
    "ERR_OPTIMIZER_CLAIM",
    'real-valued parameters (linear1.bias) belong to no optimizer: add new Adam() for them ("bayesbinn" trains binary parameters; accepted for real-valued ones: "adam"',
  );
  await refused(() => claimParameters([weight], []), "ERR_OPTIMIZER_CLAIM", "add new BayesBiNN()");
  await refused(
    () => claimParameters([bias], [new Adam(), new Adam()]),
    "ERR_OPTIMIZER_CLAIM",
    "claimed by 2 optimizers (adam, adam)",
  );
});

test.run();
