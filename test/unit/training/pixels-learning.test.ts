// Small U-Nets find discs in noise. The settings get there with seeds 1 to 3, not by luck.
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { unet } from "../../../lib/architectures/unet.js";
import { tileDataset } from "../../../lib/data/tiles/tile-dataset.js";
import { BayesBiNN } from "../../../lib/optimizers/bayesbinn.js";
import type { Optimizer } from "../../../lib/optimizers/optimizer.js";
import { STE } from "../../../lib/optimizers/ste.js";
import { cosine } from "../../../lib/schedules/cosine.js";
import { Trainer } from "../../../lib/training/trainer.js";
import { discImage, toyDiscs } from "../../support/toy-masks.js";

const test = suite("learning a class for each pixel");

/** Valid convolutions take 8 pixels off each side. */
const margin = 8;
const unseen = toyDiscs(41, 2);

async function trained(optimizer: Optimizer, shift = 0): Promise<Trainer> {
  const model = unet({ inputShape: [1, ...discImage], outputs: 2, depth: 2, width: 6 });
  const trainer = new Trainer({ model, optimizer, threads: 1 });
  await trainer.fit({ train: toyDiscs(60, 1, shift), epochs: 10, batchSize: 10 });
  return trainer;
}

const schedules = { learningRate: cosine() };
const methods: readonly (readonly [string, () => Optimizer])[] = [
  ["STE", () => new STE({ learningRate: 1e-2, gradientClip: 1, schedules })],
  ["BayesBiNN", () => new BayesBiNN({ learningRate: 1e-3, momentum: 0, schedules })],
];

for (const [name, optimizer] of methods) {
  test(`${name} beats the constant answer in both scores, and most so where masks are in register`, async () => {
    await using trainer = await trained(optimizer());
    const { accuracy, meanIou, segmentation } = await trainer.evaluate(unseen);
    const { constant } = segmentation!;
    assert.ok(constant.pixelAccuracy < 0.7 && constant.meanIou < 0.35, "two thirds of the pixels are ground");
    assert.ok(accuracy! > 0.92 && meanIou! > 0.85, `accuracy ${accuracy}, mean IoU ${meanIou}`);
    // A pixel off in each direction is a rim of the discs wrong.
    for (const shift of [-1, 1]) {
      const moved = await trainer.evaluate(toyDiscs(41, 2, shift));
      assert.ok(moved.accuracy! < accuracy! - 0.02, `${moved.accuracy} of masks moved by ${shift}, ${accuracy}`);
    }
  });

  test(`${name} on masks that are out of register by the margin learns far less`, async () => {
    await using trainer = await trained(optimizer(), margin);
    const { accuracy, meanIou } = await trainer.evaluate(toyDiscs(41, 2, margin));
    assert.ok(accuracy! < 0.87 && meanIou! < 0.75, `accuracy ${accuracy}, mean IoU ${meanIou}`);
  });
}

test("trained on tiles, a network scores whole images as one that sees them at once", async () => {
  const model = unet({ inputShape: [1, 24, 22], outputs: 2, depth: 2, width: 6 });
  await using trainer = new Trainer({ model, optimizer: methods[0]![1](), threads: 1 });
  const options = { size: [24, 22], margin } as const;
  const test = tileDataset(unseen, options);
  const history = await trainer.fit({ train: tileDataset(toyDiscs(20, 1), options), test, epochs: 5, batchSize: 20 });
  const { accuracy, meanIou } = history.test!;
  // Mirrored edges are part of the images now; discs at an edge are as easy to see as others.
  assert.ok(accuracy! > 0.92 && meanIou! > 0.85, `accuracy ${accuracy}, mean IoU ${meanIou}`);
});

test.run();
