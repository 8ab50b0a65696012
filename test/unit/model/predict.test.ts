// Predictions with their uncertainty, against float64 arithmetic on the outputs of every draw.
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Dataset } from "../../../lib/data/dataset.js";
import { fromArrays } from "../../../lib/data/from-arrays.js";
import { subset } from "../../../lib/data/subset.js";
import { batchNorm } from "../../../lib/layers/batch-norm.js";
import { conv2d } from "../../../lib/layers/conv2d.js";
import { linear } from "../../../lib/layers/linear.js";
import { tanh } from "../../../lib/layers/tanh.js";
import { binaryCrossEntropy } from "../../../lib/losses/binary-cross-entropy.js";
import type { Loss } from "../../../lib/losses/loss.js";
import { meanSquaredError } from "../../../lib/losses/mean-squared-error.js";
import { softmaxCrossEntropy } from "../../../lib/losses/softmax-cross-entropy.js";
import { squaredHinge } from "../../../lib/losses/squared-hinge.js";
import type { Prediction } from "../../../lib/model/predict.js";
import { sequential } from "../../../lib/model/sequential.js";
import { Adam } from "../../../lib/optimizers/adam.js";
import { BayesBiNN } from "../../../lib/optimizers/bayesbinn.js";
import { Trainer } from "../../../lib/training/trainer.js";
import { referenceLosses } from "../../native/support/reference-losses.js";
import { refused } from "../../support/refused.js";
import { toyPoints, toyTargets } from "../../support/toy-data.js";

const test = suite("predictions");

const data = toyPoints(31);
const points = data.inputs as Float32Array;

/** A posterior that is wide, or settled to the last bit: lambda +-10 at a low temperature. */
function opened(loss: Loss, outputs: number, { settled = false } = {}): Trainer {
  const layers = [linear({ units: 13 }), batchNorm(), tanh(), linear({ units: outputs })];
  const model = sequential({ inputShape: [2], seed: 5, layers });
  const posterior = settled ? { temperature: 1e-8, initialLambda: 10 } : { temperature: 1, initialLambda: 0.5 };
  return new Trainer({ model, optimizer: new BayesBiNN(posterior), loss, threads: 1, maxBatch: 16 });
}

/** An image of 3 x 5 pixels with three channels, a class or numbers a pixel. */
function pixelwise(loss: Loss): Trainer {
  const layers = [
    conv2d({ channels: 7, kernelSize: 3, padding: 1 }),
    batchNorm(),
    tanh(),
    conv2d({ channels: 3, kernelSize: 1 }),
  ];
  const model = sequential({ inputShape: [2, 3, 5], seed: 6, layers });
  return new Trainer({ model, optimizer: new BayesBiNN({ temperature: 1, initialLambda: 0.5 }), loss, maxBatch: 16 });
}

const images = Float32Array.from({ length: 11 * 30 }, (_, i) => Math.sin(i * i));

type Moments = Omit<Prediction, "mean"> & { readonly mean: ArrayLike<number> };

/** What `predict` is to give, in float64, from the outputs of every draw. */
function moments(loss: Loss, { logits }: Prediction, count: number, outputs: number, spatial: number): Moments {
  const draws = logits!.length / (count * outputs);
  const channels = outputs / spatial;
  const { link } = referenceLosses[loss.type]!;
  const mean = new Float64Array(count * outputs);
  const squares = new Float64Array(count * outputs);
  const classes = loss.type === "softmaxCrossEntropy";
  const values: number[][] = Array.from({ length: draws }, () => []);
  for (let draw = 0; draw < draws; draw++) {
    for (let at = 0; at < count * spatial; at++) {
      const first = Math.floor(at / spatial) * outputs + (at % spatial);
      const row = Array.from({ length: channels }, (_, k) => logits![draw * count * outputs + first + k * spatial]!);
      for (const [k, p] of link(row).entries()) values[draw]![first + k * spatial] = p;
    }
    for (const [i, p] of values[draw]!.entries()) mean[i]! += p / draws;
  }
  for (const row of values) for (const [i, p] of row.entries()) squares[i]! += (p - mean[i]!) ** 2 / draws;
  const surprise = (p: number) => (p === 0 ? 0 : -p * Math.log(p));
  const entropies = (p: ArrayLike<number>) => {
    if (!classes) return Array.from(p, (value) => surprise(value) + surprise(1 - value));
    return Array.from({ length: count * spatial }, (_, at) => {
      const first = Math.floor(at / spatial) * outputs + (at % spatial);
      return Array.from({ length: channels }, (_, k) => surprise(p[first + k * spatial]!)).reduce((a, b) => a + b);
    });
  };
  if (classes || loss.type === "binaryCrossEntropy") {
    const entropy = entropies(mean);
    const each = values.map(entropies);
    const information = entropy.map((h, i) => h - each.reduce((sum, row) => sum + row[i]!, 0) / draws);
    return { mean, entropy: Float32Array.from(entropy), mutualInformation: Float32Array.from(information) };
  }
  return { mean, epistemicStd: Float32Array.from(squares, Math.sqrt) };
}

/**
 * Probabilities are float32, with an error of 6e-8 each; so is the sum of up to 7 shares. Entropies change by |1 + log p|
 * of it: by 2e-6 at the very most for the p of some e-10 that are possible here. Outputs of up to 13 are exact to 1e-6.
 */
const tolerance = 4e-6;

function near(actual: ArrayLike<number> | undefined, expected: ArrayLike<number> | undefined, what: string): void {
  assert.is(actual?.length, expected?.length, `${what}: length`);
  for (let i = 0; i < (expected?.length ?? 0); i++) {
    assert.ok(
      Math.abs(actual![i]! - expected![i]!) <= tolerance,
      `${what} ${i}: ${actual![i]}, expected ${expected![i]}`,
    );
  }
}

/** Mean of -log p of the label. */
const surpriseOf = (mean: Float32Array, { targets, length }: Dataset) =>
  Array.from(targets, (label, i) => -Math.log(mean[3 * i + label]!)).reduce((a, b) => a + b) / length;

const keys = (prediction: Prediction) => Object.keys(prediction).sort().join(" ");

for (const loss of [softmaxCrossEntropy(), binaryCrossEntropy(), meanSquaredError(), squaredHinge()]) {
  const statistics = {
    softmaxCrossEntropy: "entropy logits mean mutualInformation",
    binaryCrossEntropy: "entropy logits mean mutualInformation",
    meanSquaredError: "epistemicStd logits mean totalStd",
    squaredHinge: "epistemicStd logits mean",
  }[loss.type]!;

  test(`${loss.type}: mean and spread are those of the draws' outputs`, async () => {
    for (const [trainer, inputs, outputs, spatial] of [
      [opened(loss, 3), points, 3, 1],
      [pixelwise(loss), images, 45, 15],
    ] as const) {
      const count = inputs === points ? 31 : 11;
      const before = spatial === 1 ? [] : ["pixels"];
      for (const samples of [0, 1, 7]) {
        const found = await trainer.predict(inputs, { samples, seed: 3, logits: true, batchSize: 5 });
        const what = [...before, `${samples} draws`].join(", ");
        assert.is(keys(found), statistics, what);
        assert.is(found.logits!.length, Math.max(1, samples) * count * outputs, what);
        const expected = moments(loss, found, count, outputs, spatial);
        near(found.mean, expected.mean, `${what}: mean`);
        near(found.entropy, expected.entropy, `${what}: entropy`);
        near(found.mutualInformation, expected.mutualInformation, `${what}: mutual information`);
        near(found.epistemicStd, expected.epistemicStd, `${what}: deviation`);
        const spread = found.mutualInformation ?? found.epistemicStd!;
        assert.ok(spread.every((value) => value >= 0));
        const most = Math.max(...spread);
        // One network differs from itself in nothing.
        if (samples <= 1) assert.is(most, 0);
        else assert.ok(most > 1000 * tolerance, `${what}: a spread of ${most}`);
        const whole = await trainer.predict(inputs, { samples, seed: 3, logits: true });
        assert.equal(whole, found, `${what}: in batches of another size`);
      }
      await trainer[Symbol.asyncDispose]();
    }
  });
}

test("a settled posterior knows no more than its mode", async () => {
  for (const loss of [softmaxCrossEntropy(), binaryCrossEntropy(), meanSquaredError()]) {
    await using trainer = opened(loss, 3, { settled: true });
    const mode = await trainer.predict(points);
    const { mean, ...spread } = await trainer.predict(points, { samples: 7 });
    near(mean, mode.mean, `${loss.type}: float32 shares of 1/7`);
    // Running means of equal values are these values.
    const { mean: _, ...none } = mode;
    assert.equal(spread, none, loss.type);
    assert.ok((mode.mutualInformation ?? mode.epistemicStd!).every((value) => value === 0));
  }
});

test("noise around a regression's output adds to its spread", async () => {
  for (const [trainer, inputs, outputs] of [
    [opened(meanSquaredError(), 1), points, 1],
    [opened(meanSquaredError(), 3), points, 3],
    [pixelwise(meanSquaredError()), images, 45],
  ] as const) {
    for (const noiseStd of [undefined, 0, 0.3]) {
      const { epistemicStd, totalStd } = await trainer.predict(inputs, {
        samples: 5,
        ...(noiseStd !== undefined && { noiseStd }),
      });
      // -log of a normal density is (z - t)^2 / (2 sigma^2) and a constant: the (z - t)^2 / K of a mean over K outputs
      // where sigma^2 = K / 2.
      const variance = noiseStd === undefined ? outputs / 2 : noiseStd ** 2;
      // Rounded to float32 once: half a unit of a value below 16.
      const expected = Array.from(epistemicStd!, (std) => Math.sqrt(std ** 2 + variance));
      assert.ok(totalStd!.every((value, i) => Math.abs(value - expected[i]!) <= 2 ** -20));
    }
    await trainer[Symbol.asyncDispose]();
  }
});

test("draws are those of the seed; without logits everything else is the same", async () => {
  await using trainer = opened(softmaxCrossEntropy(), 3);
  const { logits: _, ...first } = await trainer.predict(points, { samples: 3, seed: 8, logits: true });
  assert.equal(await trainer.predict(points, { samples: 3, seed: 8 }), first);
  assert.not.equal(await trainer.predict(points, { samples: 3, seed: 9 }), first);
  const evaluation = await trainer.evaluate(data, { samples: 3, seed: 8 });
  const loss = surpriseOf(first.mean, data);
  // The same float32 probabilities, summed in float64.
  assert.ok(Math.abs(evaluation.loss - loss) < 1e-12, `${evaluation.loss}, expected ${loss}`);
});

test("with statistics of batch norm estimated anew predictions are those that evaluate judges", async () => {
  const model = sequential({
    inputShape: [2],
    layers: [linear({ units: 9, bias: "real" }), batchNorm(), tanh(), linear({ units: 3 }), batchNorm()],
  });
  const optimizer = [new BayesBiNN({ temperature: 1, initialLambda: 0.5 }), new Adam()];
  await using trainer = new Trainer({ model, optimizer, threads: 1, maxBatch: 16 });
  await trainer.fit({ train: data, epochs: 2, batchSize: 8 });
  const other = toyPoints(23);
  for (const samples of [0, 3]) {
    const anew = { samples, seed: 4, reestimateBatchNorm: data, reestimationBatchSize: 7 };
    const { mean } = await trainer.predict(other, anew);
    assert.equal(
      (await trainer.predict(other.inputs as Float32Array, anew)).mean,
      mean,
      "of a data set or of its values",
    );
    assert.equal((await trainer.predict(other, { ...anew, batchSize: 3 })).mean, mean, "batches of another size");
    const { loss } = await trainer.evaluate(other, anew);
    const expected = surpriseOf(mean, other);
    // Float32 probabilities in place of logits: 6e-8 of each.
    assert.ok(Math.abs(loss - expected) < 1e-6, `${samples}: ${loss}, expected ${expected}`);
    const running = (await trainer.predict(other, { samples, seed: 4 })).mean;
    assert.ok(
      running.some((p, i) => Math.abs(p - mean[i]!) > 1e-3),
      "far from the running ones",
    );
  }
});

test("targets of a data set to predict do not matter", async () => {
  await using trainer = opened(softmaxCrossEntropy(), 3);
  const expected = await trainer.predict(points, { samples: 2 });
  const { inputs } = data;
  const numbers = fromArrays({ inputs, sampleShape: [2], targets: new Float32Array(31).fill(-1e30) });
  const others = fromArrays({ inputs, sampleShape: [2], targets: new Int32Array(31).fill(6), classes: 7 });
  for (const dataset of [data, numbers, others, { ...data, targets: new Int32Array(31).fill(5) }]) {
    for (let time = 0; time < 2; time++) assert.equal(await trainer.predict(dataset, { samples: 2 }), expected);
  }
  await using pixels = pixelwise(softmaxCrossEntropy());
  const labelled = fromArrays({ inputs: images, sampleShape: [2, 3, 5], targets: new Int32Array(11), classes: 3 });
  assert.equal(await pixels.predict(labelled, { samples: 2 }), await pixels.predict(images, { samples: 2 }));
  const chosen = { ...others, indices: Uint32Array.of(30, 0, 7), length: 3 };
  const rows = [30, 0, 7].flatMap((at) => [...expected.mean.subarray(3 * at, 3 * at + 3)]);
  assert.equal((await trainer.predict(chosen, { samples: 2 })).mean, Float32Array.from(rows));
  const broken = { ...data, inputs: new Float32Array(62).fill(Number.NaN) };
  await refused(() => trainer.predict(broken), "ERR_NUMERIC");
  const brokenImages = { ...labelled, inputs: new Float32Array(330).fill(Number.NaN) };
  await refused(() => pixels.predict(brokenImages), "ERR_NUMERIC");
  const beyond = { ...labelled, indices: Uint32Array.of(3, 11), length: 2 };
  await refused(() => pixels.predict(beyond), "ERR_OPTION_RANGE", "11");
});

test("a class for each position of something else than an image, from any data set", async () => {
  const model = sequential({ inputShape: [3, 7], layers: [batchNorm({ affine: true })] });
  await using trainer = new Trainer({ model, optimizer: new Adam(), threads: 1 });
  const inputs = Float32Array.from({ length: 5 * 21 }, (_, at) => Math.sin(at * at));
  const shared = { inputs, sampleShape: [3, 7] };
  const expected = await trainer.predict(inputs);
  for (const targets of [new Int32Array(5), new Float32Array(5)]) {
    assert.equal(await trainer.predict(fromArrays({ ...shared, targets })), expected);
  }
  const some = subset(fromArrays({ ...shared, targets: new Int32Array(5), classes: 9 }), [4, 1]);
  const parts = [4, 1].map((at) => inputs.subarray(21 * at, 21 * (at + 1)));
  assert.equal(await trainer.predict(some), await trainer.predict(Float32Array.from([...parts[0]!, ...parts[1]!])));
  // Its inputs are held to what they always are.
  const broken = { ...some, inputs: inputs.map((value, at) => (at === 90 ? Number.NaN : value)) };
  await refused(() => trainer.predict(broken), "ERR_NUMERIC", "inputs[90]");
});

test("an abort stops a prediction, which leaves no trace", async () => {
  await using trainer = opened(softmaxCrossEntropy(), 3);
  const expected = await trainer.predict(data, { samples: 2 });
  for (const inputs of [points, data]) {
    const abort = new AbortController();
    const running = trainer.predict(inputs, { samples: 2 ** 20, signal: abort.signal });
    setTimeout(() => abort.abort(new Error("enough")), 5);
    await running.then(
      () => assert.unreachable("it ended"),
      (error: Error) => assert.is(error.message, "enough"),
    );
  }
  assert.equal(await trainer.predict(data, { samples: 2 }), expected);
});

test("options that do not suit are refused", async () => {
  await using trainer = opened(softmaxCrossEntropy(), 3);
  const predict = (options: object) => () => trainer.predict(points, options);
  await refused(predict({ output: "logits" }), "ERR_OPTION_UNKNOWN", "output");
  await refused(predict({ draw: 1 }), "ERR_OPTION_UNKNOWN", "draw");
  await refused(predict({ seed: -1 }), "ERR_OPTION_RANGE", "predict.seed: -1");
  await refused(predict({ logits: 1 }), "ERR_OPTION_TYPE", "predict.logits");
  await refused(predict({ noiseStd: 1 }), "ERR_OPTION_RANGE", "predict.noiseStd: 1", "meanSquaredError");
  await refused(predict({ reestimationBatchSize: 5 }), "ERR_OPTION_RANGE", "predict.reestimationBatchSize");
  await refused(predict({ reestimateBatchNorm: toyTargets(3) }), "ERR_SHAPE_MISMATCH", "predict.reestimateBatchNorm");
  await using regression = opened(meanSquaredError(), 1);
  for (const noiseStd of [-1, Number.NaN, Number.POSITIVE_INFINITY]) {
    await refused(() => regression.predict(points, { noiseStd }), "ERR_OPTION_RANGE");
  }
});

test.run();
