/** Weights of classes from a script or a configuration to the native session, and to files and back. */
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { balancedClassWeights } from "../../../lib/data/balanced-class-weights.js";
import { linear } from "../../../lib/layers/linear.js";
import { meanSquaredError } from "../../../lib/losses/mean-squared-error.js";
import { softmaxCrossEntropy } from "../../../lib/losses/softmax-cross-entropy.js";
import { Model } from "../../../lib/model/model.js";
import { sequential } from "../../../lib/model/sequential.js";
import { BayesBiNN } from "../../../lib/optimizers/bayesbinn.js";
import { createLoss } from "../../../lib/recipes/assemble.js";
import { checkConfig } from "../../../lib/recipes/config.js";
import { resolveConfig } from "../../../lib/recipes/resolve-config.js";
import { Trainer } from "../../../lib/training/trainer.js";
import { refused } from "../../support/refused.js";
import { temporaryFolder } from "../../support/temporary-folder.js";
import { toyPoints } from "../../support/toy-data.js";
import { failure } from "../recipes/failure.js";

const test = suite("class weights");

const train = toyPoints(97);
const classWeights = [1.3, 0, 2.45];
const open = (weights: readonly number[] | "none" = "none") =>
  new Trainer({
    model: sequential({ inputShape: [2], layers: [linear({ units: 3 })] }),
    optimizer: new BayesBiNN({ learningRate: 0.02 }),
    loss: softmaxCrossEntropy({ classWeights: weights }),
    threads: 1,
  });

test("are none unless they are given, and a copy of what is given", () => {
  assert.equal(softmaxCrossEntropy(), { type: "softmaxCrossEntropy", options: { classWeights: "none" } });
  const given = [1, 2];
  const { options } = softmaxCrossEntropy({ classWeights: given });
  given[0] = 7;
  assert.equal(options, { classWeights: [1, 2] });
});

const numbers = /"none" or an array of at least 2, each a number >= 0/;
for (const [what, weights, code, ...texts] of [
  ["a single one", [1], "ERR_OPTION_RANGE", numbers],
  ["a negative one", [1, -0.5], "ERR_OPTION_RANGE", /classWeights\[1\]: -0.5 .* a number >= 0/],
  ["NaN", [1, Number.NaN], "ERR_OPTION_RANGE", numbers],
  ["infinity", [1, Number.POSITIVE_INFINITY], "ERR_OPTION_RANGE", numbers],
  ["zeros alone", [0, 0, 0], "ERR_OPTION_RANGE", /at least one weight above 0/],
  ["another word", "balanced", "ERR_OPTION_RANGE", /"none"/],
  ["typed arrays", Float32Array.of(1, 2), "ERR_OPTION_TYPE", numbers],
  ["null", null, "ERR_OPTION_TYPE", numbers],
] as const) {
  test(`${what} is refused: ${code}`, async () => {
    await refused(() => softmaxCrossEntropy({ classWeights: weights as never }), code, /classWeights/, ...texts);
  });
}

test("as many as the model has outputs, which a trainer looks at before anything is compiled", async () => {
  const message = /^loss\.classWeights: 2 weights given, but the model has 3 outputs$/;
  const { details } = await refused(() => open([1, 2]), "ERR_SHAPE_MISMATCH", message);
  assert.equal(details, { path: "loss.classWeights", given: 2, outputs: 3 });
  open([1, 2, 3]).dispose();
});

test("training and evaluation report weighted losses, which a saved model still has", async () => {
  await using trainer = open(classWeights);
  await trainer.fit({ train, epochs: 1, batchSize: 17, shuffle: false });
  const path = join(temporaryFolder(), "weighted.safetensors");
  await trainer.model.save(path);
  const { mean } = await trainer.predict(train, { samples: 0 });
  const labels = train.targets as Int32Array;
  const losses = Array.from(labels, (label, i) => -classWeights[label]! * Math.log(mean[3 * i + label]!));
  const expected = losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
  const here = await trainer.evaluate(train, { samples: 0 });
  // Probabilities in float32, 2^-24 each of the largest.
  assert.ok(Math.abs(here.loss - expected) < 1e-5 * expected, `${here.loss}, but ${expected}`);
  await using model = await Model.load(path, { threads: 1 });
  assert.equal(await model.evaluate(train, { samples: 0 }), here);
});

test("a fit is not resumed with other weights", async () => {
  const folder = temporaryFolder();
  await using first = open(classWeights);
  await first.fit({ train, epochs: 2, batchSize: 17, stopAfter: 1, checkpoints: { folder } });
  const resumeFrom = join(folder, "epoch-0001.safetensors");
  await using same = open(classWeights);
  const { epochs } = await same.fit({ train, epochs: 2, batchSize: 17, resumeFrom });
  assert.is(epochs.length, 2);
  for (const weights of ["none", [1.3, 0, 2.5]] as const) {
    await using other = open(weights);
    const fit = () => other.fit({ train, epochs: 2, batchSize: 17, resumeFrom });
    await refused(fit, "ERR_CHECKPOINT_MISMATCH", /loss\.options\.classWeights/);
  }
});

test("a configuration has them", async () => {
  const config = await resolveConfig("mnist-mlp", ["loss.classWeights=[1.3,0.7]"]);
  assert.equal(config.loss, { name: "softmaxCrossEntropy", classWeights: [1.3, 0.7] });
  assert.equal(checkConfig(JSON.parse(JSON.stringify(config))), config);
  assert.equal(createLoss(config), softmaxCrossEntropy({ classWeights: [1.3, 0.7] }));
  const without = await resolveConfig("mnist-mlp", ["loss.classWeights=none"]);
  assert.equal(createLoss(without), softmaxCrossEntropy());
  for (const [setting, code] of [
    ["loss.classWeights=[1,-1]", "ERR_OPTION_RANGE"],
    ["loss.classWeights=[0,0]", "ERR_OPTION_RANGE"],
    ["loss.classWeights=3", "ERR_OPTION_TYPE"],
    ["loss.classWeight=[1,1]", "ERR_OPTION_UNKNOWN"],
  ] as const) {
    await failure(() => resolveConfig("mnist-mlp", [setting]), code, "loss.classWeight");
  }
});

test("those of balanced classes make the mean loss that of a mean over classes", async () => {
  await using trainer = open(balancedClassWeights(train));
  await using plain = open();
  const labels = [...(train.targets as Int32Array)];
  const { mean } = await plain.predict(train, { samples: 0 });
  const { loss } = await trainer.evaluate(train, { samples: 0 });
  const ofClass = [0, 1, 2].map((label) => {
    const own = labels.flatMap((other, i) => (other === label ? [-Math.log(mean[3 * i + label]!)] : []));
    return own.reduce((sum, value) => sum + value, 0) / own.length;
  });
  const expected = ofClass.reduce((sum, value) => sum + value / 3, 0);
  assert.ok(Math.abs(loss - expected) < 1e-5 * expected, `${loss}, but ${expected}`);
});

test("no other loss has them", async () => {
  const given = { ...meanSquaredError(), options: { classWeights } };
  const model = sequential({ inputShape: [2], layers: [linear({ units: 3 })] });
  await refused(() => new Trainer({ model, optimizer: new BayesBiNN(), loss: given }), "ERR_OPTION_UNKNOWN", /loss/);
});

test.run();
