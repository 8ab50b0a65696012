// Calibration as part of an evaluation, against that of the predictions.
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { fromArrays } from "../../../lib/data/from-arrays.js";
import { subset } from "../../../lib/data/subset.js";
import { linear } from "../../../lib/layers/linear.js";
import { binaryCrossEntropy } from "../../../lib/losses/binary-cross-entropy.js";
import type { Loss } from "../../../lib/losses/loss.js";
import { meanSquaredError } from "../../../lib/losses/mean-squared-error.js";
import { softmaxCrossEntropy } from "../../../lib/losses/softmax-cross-entropy.js";
import { sequential } from "../../../lib/model/sequential.js";
import { BayesBiNN } from "../../../lib/optimizers/bayesbinn.js";
import { calibration } from "../../../lib/predict/calibration.js";
import { confusionMatrix } from "../../../lib/predict/confusion-matrix.js";
import { Trainer } from "../../../lib/training/trainer.js";
import { refused } from "../../support/refused.js";
import { toyPoints, toyTargets } from "../../support/toy-data.js";

const test = suite("calibration of an evaluation");

function opened(loss: Loss, units: number): Trainer {
  const model = sequential({ inputShape: [2], layers: [linear({ units })] });
  return new Trainer({ model, optimizer: new BayesBiNN({ temperature: 1, initialLambda: 0.5 }), loss, maxBatch: 16 });
}

test("of classes: as the predictions have it, and nothing without the option", async () => {
  await using trainer = opened(softmaxCrossEntropy(), 3);
  const data = subset(toyPoints(31), Uint32Array.of(30, 2, 4, 4, 17, 9, 22));
  const labels = Array.from(data.indices!, (at) => data.targets[at]!);
  for (const samples of [0, 5]) {
    const plain = await trainer.evaluate(data, { samples, batchSize: 3 });
    assert.equal(Object.keys(plain), ["loss", "accuracy", "samples"]);
    const found = await trainer.evaluate(data, { samples, calibrationBins: 4, batchSize: 3 });
    const { mean } = await trainer.predict(data, { samples });
    assert.equal(found, {
      ...plain,
      calibration: calibration(mean, labels, { classes: 3, bins: 4 }),
      confusion: confusionMatrix(mean, labels, { classes: 3 }),
    });
    assert.is(found.calibration!.accuracy, found.accuracy);
    // The loss of the mode is taken from logits; probabilities are float32 with an error of 6e-8.
    assert.ok(Math.abs(found.calibration!.negativeLogLikelihood - found.loss) < 1e-6);
  }
});

test("of one output with a sigmoid: two classes", async () => {
  await using trainer = opened(binaryCrossEntropy(), 1);
  const data = toyTargets(31);
  for (const samples of [0, 3]) {
    const {
      loss,
      accuracy,
      calibration: found,
      confusion,
    } = await trainer.evaluate(data, { samples, calibrationBins: 5 });
    assert.is(found!.accuracy, accuracy);
    assert.ok(Math.abs(found!.negativeLogLikelihood - loss) < 1e-6);
    const { mean } = await trainer.predict(data, { samples });
    const squares = mean.reduce((sum, p, i) => sum + 2 * (p - data.targets[i]!) ** 2, 0) / 31;
    // 1 - p is rounded to float32.
    assert.ok(Math.abs(found!.brierScore - squares) < 1e-6);
    const counts = [0, 1].map((t) =>
      [0, 1].map((p) => [...mean].filter((m, i) => data.targets[i] === t && (m > 0.5 ? 1 : 0) === p).length),
    );
    assert.equal(confusion, counts);
  }
});

test("where no class is predicted it is refused", async () => {
  const calibrationBins = 5;
  const name = "evaluate.calibrationBins";
  await using regression = opened(meanSquaredError(), 1);
  await refused(
    () => regression.evaluate(toyTargets(5), { calibrationBins }),
    "ERR_OPTION_RANGE",
    name,
    "meanSquaredError",
  );
  const { inputs } = toyTargets(5);
  const two = fromArrays({ inputs, sampleShape: [2], targets: new Float32Array(10), targetWidth: 2 });
  await using outputs = opened(binaryCrossEntropy(), 2);
  await refused(() => outputs.evaluate(two, { calibrationBins }), "ERR_OPTION_RANGE", name, "of 2");
  const shares = fromArrays({ name: "shares", inputs, sampleShape: [2], targets: Float32Array.of(0, 1, 0.5, 1, 0) });
  await using one = opened(binaryCrossEntropy(), 1);
  await refused(() => one.evaluate(shares, { calibrationBins }), "ERR_OPTION_RANGE", name, "target 2 of shares: 0.5");
  await refused(() => one.evaluate(shares, { calibrationBins: 0 }), "ERR_OPTION_RANGE", `${name}: 0`);
});

test.run();
