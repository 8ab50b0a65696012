import { suite } from "uvu";
import * as assert from "uvu/assert";
import { evaluationText } from "../../../lib/cli/evaluation-report.js";

const test = suite("text of an evaluation");

const run = { recipe: "mnist-mlp", weights: "best", split: "test", run: "runs/a" };

test("classes, with what can be relied on and what is foreign", () => {
  const calibration = {
    ...{ accuracy: 0.97, negativeLogLikelihood: 0.10312, brierScore: 0.04614, expectedCalibrationError: 0.00424 },
    reliability: [],
  };
  const text = evaluationText({
    ...run,
    mode: { loss: 0.10312, accuracy: 0.9702, calibration, confusion: [] },
    mean: { loss: 0.09, accuracy: 0.971, samples: 10 },
    outOfDistribution: {
      dataset: "fashion-mnist",
      mode: { entropy: 0.9 },
      mean: { entropy: 0.95555, mutualInformation: 0.875 },
    },
  });
  assert.is(
    text,
    `runs/a, best weights, test samples:
  mode: loss 0.1031 accuracy 97.02 % NLL 0.1031 Brier 0.0461 ECE 0.42 %
  mean of 10 samples: loss 0.0900 accuracy 97.10 %
  AUROC of fashion-mnist against these samples:
    mode: entropy 0.9000
    mean: entropy 0.9556, mutual information 0.8750
`,
  );
});

test("a regression has the root of its loss", () => {
  const text = evaluationText({ ...run, mode: { loss: 0.25, rmse: 0.5 }, mean: { loss: 0.04, rmse: 0.2, samples: 3 } });
  assert.match(text, "mode: loss 0.2500 rmse 0.5000\n  mean of 3 samples: loss 0.0400 rmse 0.2000\n");
});

test("pixels: intersections over unions of each class, and what the constant answer has", () => {
  const constant = { class: 1, pixelAccuracy: 0.8, iou: [0, 0.8], meanIou: 0.4 };
  const segmentation = { pixelAccuracy: 0.91, iou: [0.625, 0.9], meanIou: 0.7625, constant };
  const mode = { loss: 0.3, accuracy: 0.91, meanIou: 0.7625, segmentation };
  const text = evaluationText({ ...run, mode, mean: { ...mode, loss: 0.25, samples: 7 } });
  assert.is(
    text,
    `runs/a, best weights, test samples:
  mode: loss 0.3000 accuracy 91.00 % mean IoU 0.7625
    IoU of each class: 0.6250 0.9000
  mean of 7 samples: loss 0.2500 accuracy 91.00 % mean IoU 0.7625
    IoU of each class: 0.6250 0.9000
  constant answer (class 1): accuracy 80.00 % mean IoU 0.4000, IoU of each class: 0.0000 0.8000
`,
  );
});

test.run();
