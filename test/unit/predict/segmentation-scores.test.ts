// Scores of segmentations, from closed forms.
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { segmentationScores } from "../../../lib/predict/segmentation-scores.js";
import { generator } from "../../native/support/random.js";
import { refused } from "../../support/refused.js";

const test = suite("segmentation scores");

test("accuracy, IoU by class and its mean, beside those of the constant answer", () => {
  assert.equal(
    segmentationScores([
      [30, 10],
      [5, 55],
    ]),
    {
      pixelAccuracy: 85 / 100,
      iou: [30 / 45, 55 / 70],
      meanIou: (30 / 45 + 55 / 70) / 2,
      // Class 1 has 60 of the 100 pixels.
      constant: { class: 1, pixelAccuracy: 60 / 100, iou: [0, 60 / 100], meanIou: 60 / 100 / 2 },
    },
  );
});

test("a perfect answer has 1 everywhere", () => {
  const { constant, ...scores } = segmentationScores([
    [7, 0, 0],
    [0, 1, 0],
    [0, 0, 3],
  ]);
  assert.equal(scores, { pixelAccuracy: 1, iou: [1, 1, 1], meanIou: 1 });
  assert.equal(constant, { class: 0, pixelAccuracy: 7 / 11, iou: [7 / 11, 0, 0], meanIou: 7 / 11 / 3 });
});

test("a class that is neither there nor predicted has no IoU, and counts in no mean", () => {
  const { iou, meanIou, constant } = segmentationScores([
    [4, 0, 1],
    [0, 0, 0],
    [2, 0, 6],
  ]);
  assert.equal(iou, [4 / 7, Number.NaN, 6 / 9]);
  assert.is(meanIou, (4 / 7 + 6 / 9) / 2);
  assert.equal(constant.iou, [0, Number.NaN, 8 / 13]);
  assert.is(constant.meanIou, 8 / 13 / 2);
});

test("a class that is not there, but predicted, has an IoU of 0", () => {
  const { iou, meanIou, constant } = segmentationScores([
    [4, 1],
    [0, 0],
  ]);
  assert.equal([iou, meanIou], [[4 / 5, 0], 2 / 5]);
  // That answer does not predict it.
  assert.equal(constant, { class: 0, pixelAccuracy: 1, iou: [1, Number.NaN], meanIou: 1 });
});

test("of equally frequent classes the constant answer gives the first", () => {
  assert.is(
    segmentationScores([
      [1, 2],
      [3, 0],
    ]).constant.class,
    0,
  );
});

test("the constant answer scores as if it were given", () => {
  const constant = [
    [0, 0, 5],
    [0, 0, 2],
    [0, 0, 13],
  ];
  const { constant: found, ...given } = segmentationScores(constant);
  assert.equal(found, { class: 2, ...given });
});

test("any matrix, against sets of pixels", () => {
  const next = generator(11);
  for (let classes = 1; classes <= 5; classes++) {
    const count = 137;
    const label = () => Math.floor(next() * classes);
    const pixels = Array.from({ length: count }, () => [label(), label()] as const);
    const confusion = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
    for (const [truth, predicted] of pixels) confusion[truth]![predicted]! += 1;
    const { pixelAccuracy, iou } = segmentationScores(confusion);
    assert.is(pixelAccuracy, pixels.filter(([truth, predicted]) => truth === predicted).length / count);
    iou.forEach((value, k) => {
      const both = pixels.filter((pair) => pair.every((one) => one === k)).length;
      assert.is(value, both / pixels.filter((pair) => pair.includes(k)).length);
    });
  }
});

test("what is no confusion matrix, and one without pixels", async () => {
  const bad = (confusion: unknown, ...patterns: string[]) =>
    refused(
      () => segmentationScores(confusion as number[][]),
      "ERR_OPTION_RANGE",
      "segmentationScores.confusion",
      ...patterns,
    );
  await bad([], "as many columns as rows");
  await bad([[1, 2], [3]], "as many columns as rows");
  await bad([[1, 2, 3]], "as many columns as rows");
  await bad(
    [
      [0, 0],
      [0, 0],
    ],
    "one pixel or more",
  );
  await bad([[Number.NaN]], "one pixel or more");
});

test.run();
