import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { readSafetensors, writeSafetensors } from "../../../lib/io/safetensors.js";
import { batchNorm } from "../../../lib/layers/batch-norm.js";
import { dropout } from "../../../lib/layers/dropout.js";
import { flatten } from "../../../lib/layers/flatten.js";
import { linear } from "../../../lib/layers/linear.js";
import { relu } from "../../../lib/layers/relu.js";
import { tanh } from "../../../lib/layers/tanh.js";
import { binaryCrossEntropy } from "../../../lib/losses/binary-cross-entropy.js";
import { meanSquaredError } from "../../../lib/losses/mean-squared-error.js";
import { Model } from "../../../lib/model/model.js";
import { sequential } from "../../../lib/model/sequential.js";
import { loadAddon, replaceAddon } from "../../../lib/native/binding.js";
import { Adam } from "../../../lib/optimizers/adam.js";
import { BayesBiNN } from "../../../lib/optimizers/bayesbinn.js";
import { Trainer } from "../../../lib/training/trainer.js";
import { refused } from "../../support/refused.js";
import { temporaryFolder } from "../../support/temporary-folder.js";
import { toyPoints, toyTargets } from "../../support/toy-data.js";

const test = suite("model");

const folder = temporaryFolder();
const data = toyPoints(31);
const points = data.inputs as Float32Array;

/** A network with a layer of every type, and a trainer whose posterior is wide: draws differ. */
function trained(seed = 3) {
  const model = sequential({
    inputShape: [1, 2],
    seed,
    layers: [
      flatten(),
      linear({ units: 7, bias: "real" }),
      batchNorm({ affine: true }),
      relu(),
      dropout({ rate: 0.25 }),
      linear({ units: 5, bias: "binary" }),
      tanh(),
      linear({ units: 3, weights: "real" }),
      batchNorm(),
    ],
  });
  const optimizer = [new BayesBiNN({ temperature: 1, learningRate: 0.01, initialLambda: 0.5 }), new Adam()];
  return { model, trainer: new Trainer({ model, optimizer, threads: 1, maxBatch: 16 }) };
}

test("TypeScript and native code agree on layers, shapes and parameters", () => {
  const { model, trainer } = trained();
  const { description } = trainer;
  assert.equal(
    description.parameters.map(({ name, shape, kind }) => ({ name, shape, kind })),
    model.parameters(),
  );
  assert.equal(
    description.layers,
    model.layers.map(({ name, type, outputShape }) => ({ name, type, outputShape })),
  );
  assert.equal(description.outputShape, model.outputShape);
  trainer.dispose();
});

test("a loaded model predicts exactly as the saved one, mode and mean", async () => {
  const { model, trainer } = trained();
  await trainer.fit({ train: data, epochs: 2, batchSize: 8 });
  const path = join(folder, "exact.safetensors");
  await model.save(path);
  await using loaded = await Model.load(path, { threads: 2, maxBatch: 16 });
  for (const options of [{}, { samples: 5 }, { samples: 5, seed: 1 }, { logits: true, samples: 2 }]) {
    assert.equal(await loaded.predict(points, options), await model.predict(points, options), JSON.stringify(options));
  }
  assert.equal(await loaded.evaluate(data, { samples: 3 }), await trainer.evaluate(data, { samples: 3 }));
  assert.not.equal(await loaded.predict(points, { samples: 2 }), await loaded.predict(points, { samples: 2, seed: 1 }));
  const again = join(folder, "again.safetensors");
  await loaded.save(again);
  assert.ok(readFileSync(again).equals(readFileSync(path)), "saving what was loaded gives the same bytes");
  trainer.dispose();
});

test("a data set predicts as its normalised values do, in any batch size", async () => {
  const { model, trainer } = trained();
  const expected = await model.predict(points);
  assert.is(expected.mean.length, 31 * 3);
  assert.equal(await model.predict(data), expected);
  assert.equal(await trainer.predict(data, { batchSize: 5 }), expected);
  for (let row = 0; row < 31; row++) {
    const sum = expected.mean.subarray(row * 3, row * 3 + 3).reduce((total, value) => total + value, 0);
    assert.ok(Math.abs(sum - 1) < 1e-6, "probabilities of float32 sum to 1 up to a few last bits");
  }
  trainer.dispose();
});

test("a file that was written in pieces has the bytes of one that was written at once", async () => {
  const addon = loadAddon();
  class Session extends addon.Session {
    override getState(): never {
      throw new Error("all tensors at once");
    }
  }
  replaceAddon({ ...addon, Session });
  const { model, trainer } = trained();
  await trainer.fit({ train: data, validation: data, epochs: 1, batchSize: 8 });
  const [pieces, best, whole] = ["pieces", "best", "whole"].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  await model.save(pieces);
  await trainer.saveBest(best);
  replaceAddon(undefined);
  const { metadata } = await readSafetensors(pieces);
  await writeSafetensors(whole, { metadata, tensors: trainer.bestState! });
  assert.ok(readFileSync(pieces).equals(readFileSync(whole)), "save");
  assert.ok(readFileSync(best).equals(readFileSync(whole)), "saveBest");
});

test("a model that is being saved is busy, and disposed of when the file is complete", async () => {
  const { model, trainer } = trained();
  const path = join(folder, "while saving");
  await trainer.fit({ train: data, epochs: 1, batchSize: 8 });
  const saving = model.save(path);
  await refused(() => trainer.fit({ train: data, epochs: 1 }), "ERR_BUSY");
  const disposed = trainer[Symbol.asyncDispose]();
  await saving;
  await disposed;
  assert.ok((await readSafetensors(path)).tensors.length > 0);
  await refused(() => model.save(path), "ERR_DISPOSED");
});

test("an untrained model has the weights of its seed", async () => {
  const build = (seed: number) =>
    sequential({ inputShape: [2], layers: [linear({ units: 9 }), relu(), linear({ units: 3 })], seed });
  await using first = build(1);
  await using second = build(1);
  await using third = build(2);
  const expected = await first.predict(points);
  assert.equal(await second.predict(points), expected);
  assert.not.equal(await third.predict(points), expected);
  const { loss, accuracy, samples } = await first.evaluate(data);
  assert.ok(loss > 0 && accuracy! >= 0 && accuracy! <= 1);
  assert.is(samples, 0);
});

test("losses without classes have no accuracy", async () => {
  const values = toyTargets(20);
  const model = sequential({ inputShape: [2], layers: [linear({ units: 1 })] });
  await using trainer = new Trainer({ model, optimizer: new BayesBiNN(), loss: meanSquaredError() });
  assert.equal(Object.keys(await trainer.evaluate(values)).sort(), ["loss", "samples"]);
  const other = sequential({ inputShape: [2], layers: [linear({ units: 1 })] });
  await using classifier = new Trainer({ model: other, optimizer: new BayesBiNN(), loss: binaryCrossEntropy() });
  assert.equal(Object.keys(await classifier.evaluate(values)).sort(), ["accuracy", "loss", "samples"]);
});

test("a trainer goes on from the weights of a loaded model", async () => {
  const { model, trainer } = trained();
  await trainer.fit({ train: data, epochs: 1, batchSize: 8 });
  const path = join(folder, "continue.safetensors");
  await model.save(path);
  const expected = await model.predict(points);
  trainer.dispose();
  const loaded = await Model.load(path);
  await using next = new Trainer({ model: loaded, optimizer: [new BayesBiNN(), new Adam()] });
  assert.equal(await next.predict(points), expected);
  assert.equal(await loaded.predict(points), expected);
});

test("inputs are checked", async () => {
  await using model = sequential({ inputShape: [2], layers: [linear({ units: 3 })] });
  await refused(() => model.predict(new Float32Array(3)), "ERR_SHAPE_MISMATCH", "3 values", "input shape [2]");
  await refused(() => model.predict(new Float32Array(0)), "ERR_SHAPE_MISMATCH", "0 values");
  await refused(() => model.predict([1, 2] as never), "ERR_OPTION_TYPE", "predict.inputs: [1, 2] has the wrong type");
  await refused(() => model.predict(points, { sample: 3 } as never), "ERR_OPTION_UNKNOWN", 'did you mean "samples"?');
  await refused(() => model.predict(points, { samples: -1 }), "ERR_OPTION_RANGE", "predict.samples: -1");
  await refused(
    () => model.predict(points, { batchSize: 1001 }),
    "ERR_OPTION_RANGE",
    "predict.batchSize: 1001",
    "maxBatch",
  );
  await refused(() => model.evaluate(points as never), "ERR_OPTION_TYPE", "evaluate.dataset");
  await refused(
    () => model.evaluate(toyTargets(3)),
    "ERR_SHAPE_MISMATCH",
    "numbers (Float32Array)",
    "class labels (Int32Array)",
  );
  const wide = sequential({ inputShape: [2], layers: [linear({ units: 4 })] });
  await refused(() => wide.evaluate(data), "ERR_SHAPE_MISMATCH", "3 classes", "4 outputs");
  const deep = sequential({ inputShape: [3], layers: [linear({ units: 3 })] });
  await refused(() => deep.predict(data), "ERR_SHAPE_MISMATCH", "shape [2]", "[3]");
  await refused(() => deep.evaluate({ ...data, length: 0 }), "ERR_OPTION_RANGE", "evaluate.dataset.length: 0");
  // Equal products of the axes suit each other.
  await model.evaluate(toyPoints(6, [1, 2]));
});

test("use after dispose", async () => {
  const model = sequential({ inputShape: [2], layers: [linear({ units: 3 })] });
  await model.predict(points);
  model.dispose();
  model.dispose();
  await refused(() => model.predict(points), "ERR_DISPOSED");
  await refused(() => model.save(join(folder, "never")), "ERR_DISPOSED");
  await refused(() => new Trainer({ model, optimizer: new BayesBiNN() }), "ERR_DISPOSED");
});

test("a model that its trainer has left", async () => {
  const { model, trainer } = trained();
  trainer.dispose();
  await refused(() => model.predict(points), "ERR_DISPOSED", "Trainer");
  await using next = new Trainer({ model, optimizer: [new BayesBiNN(), new Adam()] });
  await next.predict(points);
  await refused(
    () => new Trainer({ model, optimizer: [new BayesBiNN(), new Adam()] }),
    "ERR_BUSY",
    "has a Trainer already",
  );
});

test("files that are no model", async () => {
  const { model, trainer } = trained();
  const path = join(folder, "good.safetensors");
  await model.save(path);
  trainer.dispose();
  const { metadata, tensors } = await readSafetensors(path);
  const bad = join(folder, "bad.safetensors");
  const load =
    (change: Record<string, string>, kept = tensors) =>
    async () => {
      await writeSafetensors(bad, { metadata: { ...metadata, ...change }, tensors: kept });
      return Model.load(bad);
    };
  const graph = JSON.parse(metadata.graph!);
  const withLayer = (change: object) => ({
    graph: JSON.stringify({ ...graph, layers: [{ ...graph.layers[1], inputs: ["input"], ...change }] }),
  });
  await refused(() => Model.load(join(folder, "none")), "ERR_CHECKPOINT_FORMAT", /none": no such file$/);
  await refused(load({ format: "other" }), "ERR_CHECKPOINT_FORMAT", 'format is "other"', '"bayesbinn-model-1"');
  await refused(load({ graph: "{" }), "ERR_CHECKPOINT_FORMAT", bad, "metadata graph is no JSON");
  await refused(load({ graph: "[]" }), "ERR_CHECKPOINT_FORMAT", "graph: []");
  await refused(load(withLayer({ type: "conv9d" })), "ERR_CHECKPOINT_FORMAT", '"conv9d" is unknown');
  await refused(load(withLayer({ units: -1 })), "ERR_CHECKPOINT_FORMAT", "linear1.units: -1");
  await refused(load(withLayer({ colour: "red" })), "ERR_CHECKPOINT_FORMAT", "linear1.colour: unknown option");
  await refused(load(withLayer({ inputs: ["nowhere"] })), "ERR_CHECKPOINT_FORMAT", '"nowhere"');
  await refused(load({ loss: '{"type":"hinge","options":{}}' }), "ERR_CHECKPOINT_FORMAT", '"hinge" is unknown');
  await refused(load({ optimizers: "[]" }), "ERR_CHECKPOINT_FORMAT", "belong to no optimizer");
  await refused(load({ seed: '"x"' }), "ERR_CHECKPOINT_FORMAT", "seed");
  await refused(load({}, tensors.slice(1)), "ERR_CHECKPOINT_MISMATCH", bad, tensors[0]!.name);
  const other = { ...tensors[0]!, shape: [1], data: new Float32Array(1) };
  await refused(load({}, [other, ...tensors.slice(1)]), "ERR_CHECKPOINT_MISMATCH", bad, other.name);
  const bytes = { ...tensors[0]!, data: new Uint8Array(tensors[0]!.data.length) };
  await refused(load({}, [bytes, ...tensors.slice(1)]), "ERR_CHECKPOINT_FORMAT", bytes.name, "accepted: F32");
  writeFileSync(bad, "not a model at all");
  await refused(() => Model.load(bad), "ERR_CHECKPOINT_FORMAT", /^not a safetensors file: /, bad);
});

test("evaluate re-estimates batch norm for the weights evaluated, and changes nothing", async () => {
  const { model, trainer } = trained();
  await trainer.fit({ train: data, epochs: 1, batchSize: 5 });
  const test = toyPoints(10);
  const path = join(folder, "reestimated.safetensors");
  await model.save(path);
  const before = readFileSync(path);
  const loaded = await Model.load(path, { maxBatch: 16 });
  for (const samples of [0, 3]) {
    const running = await trainer.evaluate(test, { samples });
    const options = { samples, reestimateBatchNorm: data };
    const reestimated = await trainer.evaluate(test, options);
    assert.not.equal(reestimated, running);
    // Batches are the largest that there are, whatever those of the evaluation.
    assert.equal(await trainer.evaluate(test, { ...options, reestimationBatchSize: 16 }), reestimated);
    const small = await trainer.evaluate(test, { ...options, batchSize: 1 });
    assert.ok(Math.abs(small.loss - reestimated.loss) < 1e-6 * reestimated.loss, `${small.loss}`);
    assert.not.equal(await trainer.evaluate(test, { ...options, reestimationBatchSize: 5 }), reestimated);
    assert.equal(await loaded.evaluate(test, options), reestimated);
    assert.equal(await trainer.evaluate(test, { samples }), running);
  }
  await model.save(path);
  assert.ok(readFileSync(path).equals(before));

  const evaluate = (options: object) => () => model.evaluate(test, options);
  const name = "evaluate.reestimateBatchNorm";
  await refused(evaluate({ reestimateBatchNorm: true }), "ERR_OPTION_TYPE", name, "a Dataset");
  await refused(evaluate({ reestimateBatchNorm: toyTargets(3) }), "ERR_SHAPE_MISMATCH", name);
  await refused(evaluate({ reestimateBatchNorm: toyPoints(4, [2, 1]).inputs }), "ERR_OPTION_TYPE", name);
  await refused(evaluate({ reestimateBatchNorm: { ...data, length: 0 } }), "ERR_OPTION_RANGE", `${name}.length: 0`);
  const size = "evaluate.reestimationBatchSize";
  await refused(evaluate({ reestimateBatchNorm: data, reestimationBatchSize: 0 }), "ERR_OPTION_RANGE", `${size}: 0`);
  await refused(
    evaluate({ reestimateBatchNorm: data, reestimationBatchSize: 17 }),
    "ERR_OPTION_RANGE",
    size,
    "maxBatch",
  );
  await refused(evaluate({ reestimationBatchSize: 5 }), "ERR_OPTION_RANGE", size, "reestimateBatchNorm");
  await refused(
    () => model.predict(test, { reestimationBatchSize: 5 }),
    "ERR_OPTION_RANGE",
    "predict.reestimationBatchSize",
  );
  loaded.dispose();
  trainer.dispose();
});

test.run();
