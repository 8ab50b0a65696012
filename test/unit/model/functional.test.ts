import { readFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { fromArrays } from "../../../lib/data/from-arrays.js";
import { add } from "../../../lib/layers/add.js";
import { batchNorm } from "../../../lib/layers/batch-norm.js";
import { centerCrop2d } from "../../../lib/layers/center-crop2d.js";
import { concatenate } from "../../../lib/layers/concatenate.js";
import { dropout2d } from "../../../lib/layers/dropout2d.js";
import { flatten } from "../../../lib/layers/flatten.js";
import { globalAveragePool2d } from "../../../lib/layers/global-average-pool2d.js";
import type { Layer } from "../../../lib/layers/layer.js";
import { linear } from "../../../lib/layers/linear.js";
import { maxPool2d } from "../../../lib/layers/max-pool2d.js";
import { relu } from "../../../lib/layers/relu.js";
import { tanh } from "../../../lib/layers/tanh.js";
import { functional, input, merge, SymbolicTensor } from "../../../lib/model/functional.js";
import { Model } from "../../../lib/model/model.js";
import { sequential } from "../../../lib/model/sequential.js";
import { Adam } from "../../../lib/optimizers/adam.js";
import { BayesBiNN } from "../../../lib/optimizers/bayesbinn.js";
import { Trainer } from "../../../lib/training/trainer.js";
import { refused } from "../../support/refused.js";
import { temporaryFolder } from "../../support/temporary-folder.js";
import { toyPoints } from "../../support/toy-data.js";

const test = suite("functional");

const folder = temporaryFolder();

/** A network around which a path leads, and that reads its input once more at the end. */
function residual(seed = 3): Model {
  const points = input([2]);
  const skip = points.apply(linear({ units: 16, bias: "real" }), batchNorm({ affine: true }));
  const path = skip.apply(tanh(), linear({ units: 16 }), batchNorm());
  const sum = merge(add(), path, skip).apply(relu());
  const output = merge(concatenate(), sum, points).apply(linear({ units: 3 }), batchNorm());
  return functional({ input: points, output, seed });
}

test("names, inputs and shapes", () => {
  const images = input([2, 6, 7]);
  const pooled = images.apply(dropout2d({ rate: 0.25 }), maxPool2d({ size: 3, stride: 1 }));
  const cropped = images.apply(centerCrop2d({ size: [pooled.shape[1]!, pooled.shape[2]!], name: "crop" }));
  const joined = merge(concatenate(), pooled, cropped, pooled);
  const output = merge(add(), joined, joined.apply(relu())).apply(globalAveragePool2d(), linear({ units: 5 }));
  assert.equal(
    [images, pooled, cropped, joined, output].map(({ shape }) => shape),
    [[2, 6, 7], [2, 4, 5], [2, 4, 5], [6, 4, 5], [5]],
  );
  const model = functional({ input: images, output });
  assert.equal(
    model.layers.map(({ name, inputs, inputShapes, outputShape }) => [name, inputs, inputShapes, outputShape]),
    [
      ["dropout2d1", ["input"], [[2, 6, 7]], [2, 6, 7]],
      ["maxPool2d1", ["dropout2d1"], [[2, 6, 7]], [2, 4, 5]],
      ["crop", ["input"], [[2, 6, 7]], [2, 4, 5]],
      ["concatenate1", ["maxPool2d1", "crop", "maxPool2d1"], new Array(3).fill([2, 4, 5]), [6, 4, 5]],
      ["relu1", ["concatenate1"], [[6, 4, 5]], [6, 4, 5]],
      ["add1", ["concatenate1", "relu1"], new Array(2).fill([6, 4, 5]), [6, 4, 5]],
      ["globalAveragePool2d1", ["add1"], [[6, 4, 5]], [6]],
      ["linear1", ["globalAveragePool2d1"], [[6]], [5]],
    ],
  );
  assert.equal(model.outputShape, [5]);
  assert.equal(model.parameters(), [{ name: "linear1.weight", shape: [5, 6], kind: "binary" }]);
});

test("a chain is the network that sequential makes of it", async () => {
  const layers = [flatten(), linear({ units: 7 }), batchNorm(), relu(), linear({ units: 3 })] as const;
  const points = input([1, 2]);
  await using chained = functional({ input: points, output: points.apply(...layers), seed: 5 });
  await using listed = sequential({ inputShape: [1, 2], layers, seed: 5 });
  assert.equal(chained.layers, listed.layers);
  const data = toyPoints(9, [1, 2]);
  assert.equal(await chained.predict(data), await listed.predict(data));
});

test("each use of a layer has weights of its own", async () => {
  const points = input([2]);
  const shared = linear({ units: 2 });
  const output = merge(add(), points.apply(shared, shared), points.apply(shared));
  const model = functional({ input: points, output });
  assert.equal(
    model.parameters().map(({ name }) => name),
    ["linear1.weight", "linear2.weight", "linear3.weight"],
  );
  const named = linear({ units: 2, name: "same" });
  const twice = () => functional({ input: points, output: points.apply(named, named) });
  await refused(
    twice,
    "ERR_OPTION_RANGE",
    /^functional: two layers are named "same"; each use of a layer has weights of its own/,
  );
});

test("what does not lead to the output is left out", () => {
  const points = input([2]);
  const used = points.apply(linear({ units: 3 }));
  used.apply(linear({ units: 5 }), relu());
  const model = functional({ input: points, output: used.apply(linear({ units: 4 })) });
  assert.equal(
    model.layers.map(({ name, outputShape }) => [name, outputShape]),
    [
      ["linear1", [3]],
      ["linear2", [4]],
    ],
  );
});

test("long chains and many branches", () => {
  const points = input([2]);
  let tensor = points.apply(tanh());
  for (let i = 0; i < 2000; i++) tensor = tensor.apply(tanh());
  const branches = Array.from({ length: 100 }, () => tensor.apply(relu()));
  assert.is(functional({ input: points, output: merge(add(), ...branches) }).layers.length, 2102);
});

test("a mistake shows where a layer is applied", async () => {
  const images = input([3, 5, 7]);
  await refused(
    () => images.apply(relu(), linear({ units: 3 })),
    "ERR_SHAPE_MISMATCH",
    "linear cannot take [3, 5, 7] from relu, accepted: one axis of features; put flatten() before it",
  );
  await refused(
    () => merge(add(), images, images.apply(maxPool2d({ size: 2, name: "half" }))),
    "ERR_SHAPE_MISMATCH",
    "add cannot take [3, 5, 7] from input and [3, 2, 3] from half, accepted: inputs of one shape",
  );
  await refused(
    () => images.apply(add()),
    "ERR_SHAPE_MISMATCH",
    "add: 1 input, accepted: 2 or more, as merge(add(), a, b) gives it",
  );
  await refused(() => merge(add({ name: "sum" })), "ERR_SHAPE_MISMATCH", "sum: 0 inputs, accepted: 2 or more");
  await refused(() => merge(relu(), images, images), "ERR_SHAPE_MISMATCH", "relu: 2 inputs, accepted: 1");
  await refused(
    () => images.apply(...([] as unknown as [Layer])),
    "ERR_OPTION_RANGE",
    /^apply.layers: \[\] .*one or more layers/,
  );
  await refused(
    () => images.apply({ ...relu(), name: "a.b" }),
    "ERR_OPTION_RANGE",
    'layer.name: "a.b" is not accepted, accepted: a name of letters',
  );
  await refused(() => images.apply({ ...relu(), name: "input" }), "ERR_OPTION_RANGE", 'any name but "input"');
  await refused(() => images.apply(relu as never), "ERR_OPTION_TYPE", "layer: the function relu");
  await refused(() => images.apply({ type: "rely", options: {} }), "ERR_OPTION_RANGE", 'did you mean "relu"?');
  await refused(
    () => merge(add(), images, relu() as never),
    "ERR_OPTION_TYPE",
    "merge.inputs[1]: an object",
    "input()",
  );
  await refused(() => input([3, 0]), "ERR_OPTION_RANGE", "input[1]: 0");
  await refused(() => input(3 as never), "ERR_OPTION_TYPE", "input: 3");
});

test("the output has to come from the input, and from it alone", async () => {
  const [one, other] = [input([2]), input([2])];
  const output = one.apply(relu());
  const make = (options: object) => () => functional(options as never);
  assert.ok(output instanceof SymbolicTensor);
  await refused(make({ input: one, output: other.apply(relu()) }), "ERR_OPTION_RANGE", "comes from another input");
  const both = merge(add(), output, other);
  const error = await refused(
    make({ input: one, output: both }),
    "ERR_OPTION_RANGE",
    /^functional.output: comes from another input, accepted: what layers make of the given one alone$/,
  );
  assert.is(error.details.path, "functional.output");
  await refused(make({ input: one, output: one }), "ERR_OPTION_RANGE", "functional.output: the input itself");
  await refused(make({ input: output, output: output.apply(tanh()) }), "ERR_OPTION_RANGE", "functional.input");
  await refused(make({ input: one }), "ERR_OPTION_TYPE", "functional.output: missing");
  await refused(make({ input: [2], output }), "ERR_OPTION_TYPE", "functional.input: [2]", "a tensor of input()");
  await refused(make({ input: one, outputs: output }), "ERR_OPTION_UNKNOWN", 'did you mean "output"?');
  await refused(make({ input: one, output, seed: -1 }), "ERR_OPTION_RANGE", "functional.seed: -1");
});

test("a residual network learns, predicts in any batch size, and comes back from its file", async () => {
  const data = toyPoints(60);
  const optimizer = [
    new BayesBiNN({ temperature: 1, learningRate: 0.03, initialLambda: 0.1 }),
    new Adam({ learningRate: 0.02 }),
  ];
  const model = residual();
  await using trainer = new Trainer({ model, optimizer, threads: 2, maxBatch: 30 });
  const before = await trainer.evaluate(data);
  await trainer.fit({ train: data, epochs: 40, batchSize: 20 });
  const after = await model.evaluate(data, { samples: 10 });
  assert.ok(after.loss < before.loss / 2, `loss ${before.loss} to ${after.loss}`);
  assert.ok(after.accuracy! > 0.95, `accuracy ${after.accuracy}`);
  const expected = await model.predict(data);
  assert.equal(await model.predict(data, { batchSize: 7 }), expected);
  const path = join(folder, "residual.safetensors");
  await model.save(path);
  await using loaded = await Model.load(path, { threads: 1, maxBatch: 16 });
  assert.equal(loaded.layers, model.layers);
  assert.equal(await loaded.predict(data), expected);
  assert.equal(await loaded.predict(data, { samples: 3 }), await model.predict(data, { samples: 3 }));
  const again = join(folder, "again.safetensors");
  await loaded.save(again);
  assert.ok(readFileSync(again).equals(readFileSync(path)), "saving what was loaded gives the same bytes");
});

test("TypeScript and native code agree on the shapes of images", async () => {
  const images = input([3, 9, 8]);
  const down = images.apply(maxPool2d({ size: 3, stride: 2, padding: 1 }));
  const [rows, columns] = down.shape.slice(1) as [number, number];
  const output = merge(concatenate(), images.apply(centerCrop2d({ size: [rows, columns] })), down).apply(
    dropout2d(),
    flatten(),
    linear({ units: 3 }),
  );
  const model = functional({ input: images, output });
  await using trainer = new Trainer({ model, optimizer: new BayesBiNN(), threads: 1, maxBatch: 4 });
  assert.equal(
    trainer.description.layers,
    model.layers.map(({ name, type, outputShape }) => ({ name, type, outputShape })),
  );
  const inputs = Float32Array.from({ length: 5 * 216 }, (_, i) => Math.sin(i));
  const data = fromArrays({ inputs, sampleShape: [3, 9, 8], targets: Int32Array.of(0, 1, 2, 1, 0), classes: 3 });
  await trainer.fit({ train: data, epochs: 1, batchSize: 4 });
});

test.run();
