/** Networks of convolutions learn, with the native addon. The settings get there with seeds 1 to 6, not by luck. */
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Dataset } from "../../../lib/data/dataset.js";
import { fromArrays } from "../../../lib/data/from-arrays.js";
import { batchNorm } from "../../../lib/layers/batch-norm.js";
import { convTranspose2d } from "../../../lib/layers/conv-transpose2d.js";
import { conv2d } from "../../../lib/layers/conv2d.js";
import { flatten } from "../../../lib/layers/flatten.js";
import type { Layer } from "../../../lib/layers/layer.js";
import { linear } from "../../../lib/layers/linear.js";
import { relu } from "../../../lib/layers/relu.js";
import { binaryCrossEntropy } from "../../../lib/losses/binary-cross-entropy.js";
import type { Loss } from "../../../lib/losses/loss.js";
import { softmaxCrossEntropy } from "../../../lib/losses/softmax-cross-entropy.js";
import { Model } from "../../../lib/model/model.js";
import { sequential } from "../../../lib/model/sequential.js";
import { Adam } from "../../../lib/optimizers/adam.js";
import { BayesBiNN } from "../../../lib/optimizers/bayesbinn.js";
import type { Optimizer } from "../../../lib/optimizers/optimizer.js";
import { cosine } from "../../../lib/schedules/cosine.js";
import { Trainer } from "../../../lib/training/trainer.js";
import { generator } from "../../native/support/random.js";
import { temporaryFolder } from "../../support/temporary-folder.js";

const test = suite("networks of images");

const folder = temporaryFolder();
const side = 7;

/** Rows (class 0) and columns (class 1) of ones anywhere, in noise of +-0.2; and where they are, pixel by pixel. */
function bars(count: number, seed: number): { images: Dataset; pixels: Dataset } {
  const next = generator(seed);
  const inputs = new Float32Array(count * side * side);
  const kinds = Int32Array.from({ length: count }, (_, image) => image % 2);
  const places = new Float32Array(inputs.length);
  for (const [image, kind] of kinds.entries()) {
    const place = Math.floor(next() * side);
    for (let pixel = 0; pixel < side * side; pixel++) {
      const at = image * side * side + pixel;
      places[at] = (kind === 0 ? Math.floor(pixel / side) : pixel % side) === place ? 1 : 0;
      inputs[at] = places[at]! + 0.4 * (next() - 0.5);
    }
  }
  const shared = { inputs, sampleShape: [1, side, side] };
  return {
    images: fromArrays({ ...shared, targets: kinds, classes: 2 }),
    pixels: fromArrays({ ...shared, targets: places, targetWidth: side * side }),
  };
}

const [train, unseen] = [bars(300, 1), bars(301, 2)];

async function trained(layers: readonly Layer[], optimizer: Optimizer, data: Dataset, loss: Loss): Promise<Trainer> {
  const model = sequential({ inputShape: [1, side, side], layers });
  const trainer = new Trainer({ model, optimizer, loss, threads: 1 });
  await trainer.fit({ train: data, epochs: 15, batchSize: 20 });
  return trainer;
}

/** What TypeScript says of the model is what native code makes of it, and a file keeps all of it. */
async function savedAndLoaded(trainer: Trainer, data: Dataset): Promise<void> {
  const { model, description } = trainer;
  assert.equal(
    description.parameters.map(({ name, shape, kind }) => ({ name, shape, kind })),
    model.parameters(),
  );
  assert.equal(
    description.layers,
    model.layers.map(({ name, type, outputShape }) => ({ name, type, outputShape })),
  );
  const path = join(folder, "model.safetensors");
  await model.save(path);
  await using loaded = await Model.load(path, { threads: 2 });
  assert.equal(await loaded.predict(data, { samples: 2 }), await model.predict(data, { samples: 2 }));
}

const schedules = { learningRate: cosine() };
/** Weights are bits. */
const binary = () => new BayesBiNN({ learningRate: 1e-4, temperature: 1e-8, schedules });

test("binary weights tell rows from columns", async () => {
  const layers = [
    conv2d({ channels: 16, kernelSize: 3, padding: "same" }),
    batchNorm(),
    relu(),
    flatten(),
    linear({ units: 2 }),
    batchNorm(),
  ];
  await using trainer = await trained(layers, binary(), train.images, softmaxCrossEntropy());
  const { accuracy } = await trainer.evaluate(unseen.images);
  assert.ok(accuracy! > 0.95, `accuracy ${accuracy}`);
});

test("real weights tell rows from columns", async () => {
  const real = { weights: "real", bias: "real" } as const;
  const layers = [
    conv2d({ channels: 16, kernelSize: 3, stride: 2, padding: 1, ...real }),
    relu(),
    flatten(),
    linear({ units: 2, ...real }),
  ];
  await using trainer = await trained(layers, new Adam({ learningRate: 0.01 }), train.images, softmaxCrossEntropy());
  const { accuracy } = await trainer.evaluate(unseen.images);
  assert.ok(accuracy! > 0.95, `accuracy ${accuracy}`);
});

test("a transposed convolution finds the pixels of a bar", async () => {
  const layers = [
    conv2d({ channels: 128, kernelSize: 3, stride: 2, padding: 1 }),
    batchNorm(),
    relu(),
    convTranspose2d({ channels: 1, kernelSize: 3, stride: 2, padding: 1 }),
    batchNorm(),
  ];
  await using trainer = await trained(layers, binary(), train.pixels, binaryCrossEntropy());
  const { mean: probabilities } = await trainer.predict(unseen.pixels);
  const right = probabilities.filter((probability, at) => probability > 0.5 === unseen.pixels.targets[at]! > 0.5);
  const accuracy = right.length / probabilities.length;
  // Six of seven pixels lie beside the bar: always "no" would reach 0.86.
  assert.ok(accuracy > 0.95, `accuracy ${accuracy}`);
  await savedAndLoaded(trainer, unseen.pixels);
});

test.run();
