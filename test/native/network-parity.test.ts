import { suite } from "uvu";
import * as assert from "uvu/assert";
import { sizeOf } from "../../lib/layers/shape.js";
import type { DatasetSpec, NativeSession, WeightChoice } from "../../lib/native/contract.js";
import { addon } from "./support/addon.js";
import { close } from "./support/compare.js";
import { predictionWeights } from "./support/prediction-weights.js";
import { generator, randomFloats, randomLabels } from "./support/random.js";
import { referenceLosses } from "./support/reference-losses.js";
import { runNetwork } from "./support/reference-network.js";
import { branches, chain, openSession, type SessionParts, stateOf } from "./support/specs.js";

const test = suite("network parity");

const inputShape = [2, 3, 2];
const features = sizeOf(inputShape);
const outputs = 3;
const [seed, samples] = [31, 20];

/** Every layer once at least; BayesBiNN owns the binary weights, Adam the real ones. */
const network: SessionParts = {
  inputShape,
  layers: chain(
    ["batchNorm", { affine: true, momentum: 0.25 }],
    ["conv2d", { channels: 5, kernelSize: [3, 2], stride: [2, 1], padding: [1, 0], bias: "binary" }],
    ["convTranspose2d", { channels: 2, stride: [1, 1], bias: "real" }],
    ["flatten"],
    ["dropout", { rate: 0.2 }],
    ["linear", { units: 17, bias: "binary" }],
    ["batchNorm", { epsilon: 1e-4 }],
    ["tanh"],
    ["linear", { units: 7, weights: "real", bias: "real" }],
    ["relu"],
    ["linear", { units: outputs, bias: "real" }],
  ),
  seed,
};

/**
 * The results come after four sums of up to 17 terms and as many normalisations in float32: a hundred roundings of
 * 6e-8, of values of order 1 to 10.
 */
const tolerance = 3e-5;

/** A network with weights and statistics as after some training. */
async function open(loss: string): Promise<NativeSession> {
  const session = openSession({ ...network, loss });
  const state = await session.getState("model");
  await session.setState(
    "model",
    state.map(({ name, shape, data }, i) => {
      const drawn = randomFloats(data.length, 70 + i);
      return { name, shape, data: name.endsWith("running_var") ? drawn.map((value) => 1.5 + value) : drawn };
    }),
  );
  return session;
}

const dropouts = network.layers.filter(({ type }) => type === "dropout").map(({ name }) => name);
const inputs = randomFloats(samples * features, 3, -2, 2);
const targetsOf: Readonly<Record<string, Int32Array | Float32Array>> = {
  softmaxCrossEntropy: randomLabels(samples, outputs, 4),
  squaredHinge: randomLabels(samples, outputs, 7),
  binaryCrossEntropy: randomFloats(samples * outputs, 5, 0, 1),
  meanSquaredError: randomFloats(samples * outputs, 6),
};

function dataset(loss: string): DatasetSpec {
  const targets = targetsOf[loss]!;
  const [scale, shift] = [Float32Array.of(1), Float32Array.of(0)];
  return { name: loss, inputs, sampleShape: inputShape, scale, shift, targets, targetWidth: targets.length / samples };
}

const rows = (values: ArrayLike<number>, width: number) =>
  Array.from({ length: samples }, (_, b) => Array.from({ length: width }, (_, k) => values[b * width + k]!));

/** Logits of all samples in float64. */
async function referenceLogits(session: NativeSession, choice?: { draw: number; sample: number }) {
  const input = { batch: samples, shape: inputShape, values: Float64Array.from(inputs) };
  const tensors = await predictionWeights(session, network, choice);
  return rows(runNetwork(network.layers, input, { tensors, phase: "eval" }).output.values, outputs);
}

test("every layer and every loss takes part", () => {
  const { layers, losses } = addon.registry();
  // What only graphs have is compared in graphs.test.ts.
  const types = [...network.layers, ...branches().layers].map(({ type }) => type);
  assert.equal([...new Set(types)].sort(), [...layers].sort());
  assert.equal(Object.keys(referenceLosses).sort(), [...losses].sort());
});

const mode: WeightChoice = { samples: 0, draw: 0 };

for (const [loss, reference] of Object.entries(referenceLosses)) {
  test(`${loss}: predictions and evaluations of the mode, in whole and in partial batches`, async () => {
    const session = await open(loss);
    const logits = await referenceLogits(session);
    const predictions = logits.map((row) => reference.link(row));
    const targets = rows(targetsOf[loss]!, targetsOf[loss]!.length / samples);
    const lossSum = logits.reduce((sum, row, b) => sum + reference.ofLogits(row, targets[b]!), 0);
    const correct = predictions.filter((row, b) => reference.correct?.(row, targets[b]!)).length;
    const id = session.addDataset(dataset(loss));
    for (const batchSize of [1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 20, 32]) {
      const what = `batches of ${batchSize}`;
      const found = await session.predict({ ...mode, inputs, batchSize, output: "logits" });
      close(found.values, logits.flat(), tolerance, `${what}: logits`);
      const linked = await session.predict({ ...mode, inputs, batchSize, output: "probabilities" });
      close(linked.values, predictions.flat(), tolerance, `${what}: predictions`);
      const evaluation = await session.evaluate({ ...mode, dataset: id, batchSize });
      assert.equal(evaluation, {
        cancelled: false,
        count: samples,
        correct: reference.correct ? correct : Number.NaN,
        lossSum: evaluation.lossSum,
      });
      close([evaluation.lossSum], [lossSum], samples * tolerance * 10, `${what}: loss`);
    }
  });

  test(`${loss}: the mean over posterior samples averages predictions, not logits`, async () => {
    const session = await open(loss);
    const [draws, draw] = [5, 9];
    const mean = Array.from({ length: samples }, () => new Array<number>(outputs).fill(0));
    for (let sample = 0; sample < draws; sample++) {
      (await referenceLogits(session, { draw, sample })).forEach((row, b) => {
        for (const [k, p] of reference.link(row).entries()) mean[b]![k]! += p / draws;
      });
    }
    const targets = rows(targetsOf[loss]!, targetsOf[loss]!.length / samples);
    const choice = { samples: draws, draw, batchSize: 7 };
    const { values } = await session.predict({ ...choice, inputs, output: "probabilities" });
    close(values, mean.flat(), tolerance, "mean prediction");
    const evaluation = await session.evaluate({ ...choice, dataset: session.addDataset(dataset(loss)) });
    const lossSum = mean.reduce((sum, row, b) => sum + reference.ofPrediction(row, targets[b]!), 0);
    close([evaluation.lossSum], [lossSum], samples * tolerance * 10, "loss of the mean prediction");
    const correct = mean.filter((row, b) => reference.correct?.(row, targets[b]!)).length;
    assert.equal(evaluation.correct, reference.correct ? correct : Number.NaN);
  });

  test(`${loss}: a training step's outputs, losses and running statistics`, async () => {
    const session = await open(loss);
    const next = generator(8);
    const mask = () => Uint8Array.from({ length: samples * features }, () => (next() < 0.8 ? 1 : 0));
    const dropoutKeep = Object.fromEntries(dropouts.map((name) => [name, mask()]));
    const tensors = await predictionWeights(session, network);
    const call = { inputs, targets: targetsOf[loss]!, batch: samples, phase: "train" as const, commit: true };
    const result = await session.replay({ ...call, dropoutKeep });
    // The weights that the step drew, put back under their names.
    const places = [0, 0];
    for (const { name, optimizer, shape } of session.describe().parameters) {
      const count = sizeOf(shape);
      tensors.set(name, result.weights[optimizer]!.slice(places[optimizer]!, places[optimizer]! + count));
      places[optimizer]! += count;
    }
    const input = { batch: samples, shape: inputShape, values: Float64Array.from(inputs) };
    const values = { tensors, phase: "train" as const, dropoutKeep };
    const expected = runNetwork(network.layers, input, values);
    close(result.outputs[0]!, expected.output.values, tolerance, "outputs");
    const targets = rows(targetsOf[loss]!, targetsOf[loss]!.length / samples);
    const losses = rows(expected.output.values, outputs).map((row, b) => reference.ofLogits(row, targets[b]!));
    close(result.losses, [losses.reduce((sum, value) => sum + value / samples, 0)], tolerance * 10, "loss");
    const state = await stateOf(session);
    for (const [name, statistic] of expected.statistics) close(state.get(name)!.data, statistic, tolerance, name);
  });
}

test.run();
