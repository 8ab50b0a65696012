import { suite } from "uvu";
import * as assert from "uvu/assert";
import { architectures } from "../../../lib/architectures/index.js";
import { augmentationTypes } from "../../../lib/augmentation/index.js";
import { datasets } from "../../../lib/data/index.js";
import { taskSequences } from "../../../lib/data/tasks/index.js";
import { lossTypes } from "../../../lib/losses/index.js";
import type { ErrorCode } from "../../../lib/native/errors.js";
import { adamOptions } from "../../../lib/optimizers/adam.js";
import { optimizerTypes } from "../../../lib/optimizers/index.js";
import { type ConfigInput, checkConfig, configJsonSchema } from "../../../lib/recipes/config.js";
import { scheduleTypes } from "../../../lib/schedules/index.js";
import { failure } from "./failure.js";

const least: ConfigInput = {
  name: "least",
  dataset: { name: "mnist" },
  model: { name: "mlpBinaryConnect" },
  optimizer: { name: "bayesbinn" },
  epochs: 3,
};

const config = suite("configuration");

config("what is left out comes from the schemas of the parts", () => {
  const checked = checkConfig(least);
  assert.is(checked.batchSize, 100);
  assert.is(checked.seed, 1);
  assert.equal(checked.loss, { name: "softmaxCrossEntropy", classWeights: "none" });
  assert.equal(checked.evaluation, { samples: 10 });
  assert.equal(checked.augmentation, []);
  assert.equal(checked.cuda, { precision: "float32", graphs: true, memoryLimit: 0 });
  assert.equal(checked.dataset, { name: "mnist", validationFraction: 0.1 });
  assert.equal(checked.model.batchNorm, { momentum: 0.15, epsilon: 1e-4 });
  const { name, schedules, ...options } = checked.optimizer;
  assert.is(name, "bayesbinn");
  assert.equal(schedules, {});
  const { schedules: _, ...defaults } = optimizerTypes[0].options.parse({}) as Record<string, unknown>;
  assert.equal(options, defaults);
});

config("a complete configuration passes unchanged, with its keys in the same order", () => {
  const checked = checkConfig({
    ...least,
    optimizer: { name: "bayesbinn", schedules: { learningRate: { name: "multiStep", milestones: [2] } } },
    augmentation: [{ name: "randomCrop", padding: 2 }, { name: "randomFlip" }],
  });
  assert.is(JSON.stringify(checkConfig(JSON.parse(JSON.stringify(checked)))), JSON.stringify(checked));
  assert.equal(checked.augmentation, [
    { name: "randomCrop", padding: 2, fill: "black" },
    { name: "randomFlip", horizontal: 0.5, vertical: 0 },
  ]);
  assert.equal(checked.optimizer.schedules, { learningRate: { name: "multiStep", milestones: [2], gamma: 0.1 } });
});

config("a second optimizer has its own defaults and schedules, and there is none unless it is named", () => {
  assert.not.ok("realOptimizer" in checkConfig(least));
  const realOptimizer = { name: "adam", schedules: { learningRate: { name: "cosine" } } };
  const checked = checkConfig({ ...least, realOptimizer });
  const { schedules: _, ...defaults } = adamOptions.parse({});
  assert.equal(checked.realOptimizer, {
    ...{ name: "adam", ...defaults },
    schedules: { learningRate: { name: "cosine", final: 0 } },
  });
  assert.is(JSON.stringify(checkConfig(JSON.parse(JSON.stringify(checked)))), JSON.stringify(checked));
});

config("$schema is accepted and not kept", () => {
  assert.not.ok("$schema" in checkConfig({ ...least, $schema: "./bayesbinn.schema.json" }));
});

const bad: readonly [what: string, change: object, code: ErrorCode, ...texts: string[]][] = [
  ["an unknown key", { epoch: 3 }, "ERR_OPTION_UNKNOWN", "epoch", 'did you mean "epochs"?'],
  [
    "an unknown key of a part",
    { optimizer: { name: "bayesbinn", learningrat: 1 } },
    "ERR_OPTION_UNKNOWN",
    "optimizer.learningrat",
    '"learningRate"',
  ],
  [
    "a key that another optimizer has",
    { optimizer: { name: "adam", temperature: 1 } },
    "ERR_OPTION_UNKNOWN",
    "optimizer.temperature",
  ],
  [
    "a schedule of something that has none",
    { optimizer: { name: "bayesbinn", schedules: { learningrate: { name: "cosine" } } } },
    "ERR_OPTION_UNKNOWN",
    "optimizer.schedules.learningrate",
    '"learningRate"',
  ],
  [
    "an unknown key of a schedule",
    { optimizer: { name: "bayesbinn", schedules: { learningRate: { name: "cosine", fina: 0 } } } },
    "ERR_OPTION_UNKNOWN",
    "optimizer.schedules.learningRate.fina",
    '"final"',
  ],
  ["an unknown data set", { dataset: { name: "mnits" } }, "ERR_OPTION_RANGE", "dataset.name", '"mnist"'],
  ["an unknown model", { model: { name: "mlp" } }, "ERR_OPTION_RANGE", "model.name", '"mlpBinaryConnect"'],
  [
    "an optimizer of binary parameters for real ones",
    { realOptimizer: { name: "ste" } },
    "ERR_OPTION_RANGE",
    'realOptimizer.name: "ste" is unknown, accepted: "adam" or "sgd"',
  ],
  [
    "a key that another optimizer of real parameters has",
    { realOptimizer: { name: "sgd", beta1: 0.5 } },
    "ERR_OPTION_UNKNOWN",
    "realOptimizer.beta1",
  ],
  [
    "a second optimizer without a name",
    { realOptimizer: {} },
    "ERR_OPTION_TYPE",
    "realOptimizer.name: missing",
    '"adam"',
  ],
  [
    "two optimizers of real parameters",
    { optimizer: { name: "adam" }, realOptimizer: { name: "sgd" } },
    "ERR_CONFIG",
    'realOptimizer: "sgd" beside the optimizer "adam", which trains real-valued parameters itself, accepted: no realOptimizer',
    'as optimizer "bayesbinn", "ste", "bop" or "pmf"',
  ],
  ["a part without a name", { model: {} }, "ERR_OPTION_TYPE", "model.name", "missing"],
  ["text for a number", { epochs: "many" }, "ERR_OPTION_TYPE", "epochs", '"many"', "integer"],
  ["a fraction for a count", { epochs: 1.5 }, "ERR_OPTION_RANGE", "epochs", "1.5", "integer"],
  ["an epoch too few", { epochs: 0 }, "ERR_OPTION_RANGE", "epochs", ">= 1"],
  ["batch 0", { batchSize: 0 }, "ERR_OPTION_RANGE", "batchSize", ">= 1"],
  ["a negative seed", { seed: -1 }, "ERR_OPTION_RANGE", "seed", ">= 0"],
  [
    "temperature 0",
    { optimizer: { name: "bayesbinn", temperature: 0 } },
    "ERR_OPTION_RANGE",
    "optimizer.temperature",
    "> 0",
  ],
  [
    "a negative learning rate",
    { optimizer: { name: "bayesbinn", learningRate: -1 } },
    "ERR_OPTION_RANGE",
    "optimizer.learningRate",
    ">= 0",
  ],
  [
    "more validation than data",
    { dataset: { name: "mnist", validationFraction: 1.5 } },
    "ERR_OPTION_RANGE",
    "dataset.validationFraction",
    "< 1",
  ],
  [
    "a dropout of everything",
    { model: { name: "mlpBinaryConnect", dropout: 1 } },
    "ERR_OPTION_RANGE",
    "model.dropout",
    "< 1",
  ],
  [
    "a wrong type deep inside",
    { model: { name: "mlpBinaryConnect", batchNorm: { momentum: "low" } } },
    "ERR_OPTION_TYPE",
    "model.batchNorm.momentum",
  ],
  [
    "an unknown step of an augmentation",
    { augmentation: [{ name: "randomFlip" }, { name: "randomCorp" }] },
    "ERR_OPTION_RANGE",
    "augmentation[1].name",
    '"randomCrop"',
  ],
  [
    "an unknown key of a step",
    { augmentation: [{ name: "randomCrop", pading: 4 }] },
    "ERR_OPTION_UNKNOWN",
    "augmentation[0].pading",
    '"padding"',
  ],
  [
    "a step alone",
    { augmentation: { name: "randomFlip" } },
    "ERR_OPTION_TYPE",
    "augmentation",
    'accepted: a list of steps such as [{"name":"randomFlip"}]',
  ],
  ["a name that is a path", { name: "../../etc" }, "ERR_OPTION_RANGE", "name", "letters"],
  ["nothing", { epochs: undefined }, "ERR_OPTION_TYPE", "epochs", "missing"],
];

for (const [what, change, code, ...texts] of bad) {
  config(`${what} is ${code}`, async () => {
    const error = await failure(() => checkConfig({ ...least, ...change }), code, ...texts);
    assert.is(typeof error.details.path, "string");
  });
}

config("the JSON Schema names every entry of every list and is closed", () => {
  const schema = configJsonSchema() as {
    additionalProperties: boolean;
    required: string[];
    properties: Record<string, { oneOf?: { properties: { name: { const: string } } }[] }>;
  };
  const names = (key: string) => schema.properties[key]?.oneOf?.map(({ properties }) => properties.name.const);
  assert.is(schema.additionalProperties, false);
  assert.equal(schema.required, ["name", "dataset", "model", "optimizer", "epochs"]);
  assert.equal(
    names("dataset"),
    [...datasets, ...taskSequences].map(({ name }) => name),
  );
  assert.equal(
    names("model"),
    architectures.map(({ name }) => name),
  );
  assert.equal(
    names("optimizer"),
    optimizerTypes.map(({ type }) => type),
  );
  assert.equal(
    names("realOptimizer"),
    optimizerTypes.filter(({ claims }) => claims === "real").map(({ type }) => type),
  );
  assert.equal(
    names("loss"),
    lossTypes.map(({ type }) => type),
  );
  for (const { type } of [...scheduleTypes, ...augmentationTypes])
    assert.match(JSON.stringify(schema), `"const":"${type}"`);
});

config.run();
