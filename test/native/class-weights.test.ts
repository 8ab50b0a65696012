/** Softmax cross entropy with a weight a class, with a label a sample and a label a pixel, against float64. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { DatasetSpec, EvaluateResult, SessionSpec } from "../../lib/native/contract.js";
import { addon } from "./support/addon.js";
import { close, sameBits } from "./support/compare.js";
import { randomFloats, randomLabels } from "./support/random.js";
import { referenceLosses } from "./support/reference-losses.js";
import { refusedBy } from "./support/refused.js";
import { bayesbinn, chain, openSession, type SessionParts, sessionSpec, stateOf, trainCall } from "./support/specs.js";

const test = suite("class weights");

type Options = Readonly<Record<string, unknown>>;

const classes = 3;
const classWeights = [1.3, 0, 2.45];
const { link, ofLogits, ofPrediction } = referenceLosses["softmaxCrossEntropy"]!;

/** Networks of several shapes of output: what a sample reads, and how many labels it has. */
const cases = [
  { what: "a label a sample", inputShape: [classes], pixels: 1 },
  { what: "a label a pixel", inputShape: [classes, 5, 7], pixels: 35 },
] as const;

for (const { what, inputShape, pixels } of cases) {
  const batch = 3;
  const places = batch * pixels;
  const targets = Int32Array.from({ length: places }, (_, i) => (5 * i) % classes);
  const inputs = randomFloats(places * classes, 8, -3, 3);
  const parts: SessionParts = { inputShape: [...inputShape], layers: chain(["dropout", { rate: 0 }]), maxBatch: batch };
  const call = { inputs, targets, batch, phase: "eval", commit: false } as const;
  /** Place of the logit of a class at a position, numbered through the batch. */
  const at = (place: number, k: number) => (Math.floor(place / pixels) * classes + k) * pixels + (place % pixels);
  const logits = (place: number) => Array.from({ length: classes }, (_, k) => inputs[at(place, k)]!);

  test(`${what}: the mean of weighted losses, and their gradient`, async () => {
    const session = openSession({ ...parts, lossOptions: { classWeights } });
    const { losses, inputGradients } = await session.replay(call);
    let loss = 0;
    const gradient = new Float64Array(inputs.length);
    for (const [place, label] of targets.entries()) {
      loss += (classWeights[label]! * ofLogits(logits(place), [label])) / places;
      for (const [k, p] of link(logits(place)).entries()) {
        gradient[at(place, k)] = (classWeights[label]! * (p - (k === label ? 1 : 0))) / places;
      }
    }
    // In float64 throughout, from logits in float32.
    close(losses, [loss], 1e-12 * loss, "loss");
    // Stored in float32, then divided by the number of positions: two roundings of 2^-24, of values of 2.45 / places.
    close(inputGradients[0]!, gradient, (4 * 2 ** -24 * 2.45) / places, "gradient");
    session.dispose();
  });

  test(`${what}: weights of 1 are the bits of none`, async () => {
    const results = [];
    for (const weights of ["none", [1, 1, 1]]) {
      const session = openSession({ ...parts, lossOptions: { classWeights: weights } });
      results.push(await session.replay(call));
      session.dispose();
    }
    assert.is(results[0]!.losses[0], results[1]!.losses[0]);
    sameBits(results[0]!.inputGradients[0]!, results[1]!.inputGradients[0]!, "gradient");
  });
}

/** Two pixels a sample, each with a label, through weights that differ from draw to draw. */
const [count, rows, columns] = [23, 1, 2];
const pixels = rows * columns;
const network: SessionParts = {
  inputShape: [2, rows, columns],
  layers: chain(["conv2d", { channels: classes, kernelSize: [1, 1], bias: "real" }]),
  binary: bayesbinn({ initialLambda: 0.5 }),
};
const data: DatasetSpec = {
  name: "pixels",
  inputs: randomFloats(count * 2 * pixels, 9, -2, 2),
  sampleShape: [2, rows, columns],
  scale: Float32Array.of(1),
  shift: Float32Array.of(0),
  targets: randomLabels(count * pixels, classes, 10),
  targetWidth: pixels,
};
const labels = data.targets as Int32Array;

for (const samples of [0, 3]) {
  test(`an evaluation of ${samples === 0 ? "the mode" : `${samples} draws`}: weighted losses, plain accuracy`, async () => {
    const choice = { samples, draw: 5, batchSize: 7 };
    const evaluated = async (lossOptions: Options): Promise<EvaluateResult> => {
      const session = openSession({ ...network, lossOptions });
      const result = await session.evaluate({ ...choice, dataset: session.addDataset(data) });
      session.dispose();
      return result;
    };
    const session = openSession(network);
    const inputs = data.inputs as Float32Array;
    const { values } = await session.predict({ ...choice, inputs, output: "probabilities" });
    let lossSum = 0;
    for (const [place, label] of labels.entries()) {
      const first = Math.floor(place / pixels) * classes * pixels + (place % pixels);
      const row = Array.from({ length: classes }, (_, k) => values[first + k * pixels]!);
      lossSum += (classWeights[label]! * ofPrediction(row, [label])) / pixels;
    }
    const [weighted, plain] = [await evaluated({ classWeights }), await evaluated({})];
    // Probabilities in float32: 2^-24 each relative to the largest, more of the logarithm of small ones.
    close([weighted.lossSum], [lossSum], 1e-4 * lossSum, "sum of losses");
    assert.not.equal(weighted.lossSum, plain.lossSum);
    assert.equal([weighted.correct, weighted.count], [plain.correct, count]);
  });
}

test("training follows the weights: with a single class that counts, that one is learned", async () => {
  const session = openSession({ ...network, lossOptions: { classWeights: [0, 1, 0] } });
  const dataset = session.addDataset(data);
  for (let epoch = 0; epoch < 60; epoch++) await session.train(trainCall(dataset, { epoch, batches: 4 }));
  const bias = [...(await stateOf(session, "model")).get("conv2d1.bias")!.data];
  assert.ok(bias[1]! > bias[0]! && bias[1]! > bias[2]!, `biases ${bias}`);
  session.dispose();
});

const tooFew = /^loss\.classWeights: 2 weights given, but the network has 3 outputs$/;
for (const [what, weights, code, pattern] of [
  ["too few", [1, 1], "ERR_SHAPE_MISMATCH", tooFew],
  ["too many", [1, 1, 1, 1], "ERR_SHAPE_MISMATCH", /4 weights given/],
  ["none at all", [], "ERR_SHAPE_MISMATCH", /0 weights given/],
  [
    "a negative one",
    [1, 1, -1e-300],
    "ERR_OPTION_RANGE",
    /^loss\.classWeights\[2\]: -1e-300 given, accepted: .* >= 0$/,
  ],
  ["NaN", [1, Number.NaN, 1], "ERR_OPTION_RANGE", /classWeights\[1\]/],
  ["infinity", [Number.POSITIVE_INFINITY, 1, 1], "ERR_OPTION_RANGE", /classWeights\[0\]/],
  ["zeros alone", [0, 0, -0], "ERR_OPTION_RANGE", /only zeros given, accepted: at least one weight above 0/],
  ["no numbers", [1, "1", 1], "ERR_OPTION_TYPE", /classWeights\[1\]: "1" given/],
  ["nested", [[1, 1, 1]], "ERR_OPTION_TYPE", /classWeights\[0\]/],
  ["a number", 1, "ERR_OPTION_TYPE", /classWeights: 1 given, accepted: "none" or an array of numbers/],
] as const) {
  test(`weights that are refused: ${what}`, async () => {
    const spec = sessionSpec({ ...network, lossOptions: { classWeights: weights } });
    await refusedBy(() => new addon.Session(spec as SessionSpec), code, pattern);
  });
}

test("losses without class weights have no such option", async () => {
  for (const loss of addon.registry().losses.filter((name) => name !== "softmaxCrossEntropy")) {
    const spec = sessionSpec({ ...network, loss, lossOptions: { classWeights } });
    await refusedBy(() => new addon.Session(spec), "ERR_OPTION_UNKNOWN", /^loss\.classWeights: unknown option/);
  }
});

test("memory of the weights is part of the session's", () => {
  const bytes = (lossOptions: Options) => {
    const session = openSession({ ...network, lossOptions });
    const { memoryBytes } = session.describe();
    session.dispose();
    return memoryBytes;
  };
  assert.is(bytes({ classWeights }) - bytes({}), 8 * classes);
});

test.run();
