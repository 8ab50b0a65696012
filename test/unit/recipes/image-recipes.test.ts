import { suite } from "uvu";
import * as assert from "uvu/assert";
import { cifar10Lrnet } from "../../../lib/recipes/cifar10-lrnet.js";
import { cifar10Vgg } from "../../../lib/recipes/cifar10-vgg.js";
import { cifar100Vgg } from "../../../lib/recipes/cifar100-vgg.js";
import { checkConfig } from "../../../lib/recipes/config.js";
import { fashionMlp } from "../../../lib/recipes/fashion-mlp.js";
import { mnistLrnet } from "../../../lib/recipes/mnist-lrnet.js";
import { mnistMlp } from "../../../lib/recipes/mnist-mlp.js";

// Oracle: the paper's tables and the options of the authors' programs, typed in here.
const test = suite("recipes of images");

const norm = (momentum: number) => ({ momentum, epsilon: 1e-5 });

test("cifar10-vgg: Tables 8 and 9", () => {
  const config = checkConfig(cifar10Vgg.config);
  assert.equal(config.dataset, { name: "cifar10", validationFraction: 0.1 });
  assert.equal(config.augmentation, [
    { name: "randomCrop", padding: 4, fill: "black" },
    { name: "randomFlip", horizontal: 0.5, vertical: 0 },
  ]);
  assert.equal(config.model, {
    name: "vggBinaryConnect",
    width: 128,
    hiddenUnits: 1024,
    hiddenLayers: 2,
    convBatchNorm: norm(0.2),
    linearBatchNorm: norm(0.1),
    weights: "binary",
  });
  assert.equal([config.epochs, config.batchSize, config.seed], [500, 50, 10]);
  const { learningRate, momentum, temperature, samples, initialLambda, trainSetSize, trainSizeFactor, schedules } =
    config.optimizer;
  assert.equal([learningRate, momentum, temperature, samples, initialLambda], [3e-4, 0, 1e-10, 1, 10]);
  assert.equal([trainSetSize, trainSizeFactor], ["auto", 10]);
  assert.equal(schedules, { learningRate: { name: "cosine", final: 1e-16 } });
  assert.equal([cifar10Vgg.paper.value, cifar10Vgg.paper.std], [0.9372, 0.0016]);
});

test("cifar100-vgg differs in data and temperature", () => {
  const [ten, hundred] = [checkConfig(cifar10Vgg.config), checkConfig(cifar100Vgg.config)];
  assert.equal(hundred.dataset, { name: "cifar100", labels: "fine", validationFraction: 0.1 });
  assert.is(hundred.optimizer.temperature, 1e-8);
  assert.equal(hundred, {
    ...ten,
    name: "cifar100-vgg",
    dataset: hundred.dataset,
    optimizer: { ...ten.optimizer, temperature: 1e-8 },
  });
  assert.equal([cifar100Vgg.paper.value, cifar100Vgg.paper.std], [0.7368, 0.0031]);
});

test("the recipes of LR-net hold back nothing: Table 11", () => {
  const [digits, photos] = [checkConfig(mnistLrnet.config), checkConfig(cifar10Lrnet.config)];
  assert.equal([digits.dataset.validationFraction, photos.dataset.validationFraction], [0, 0]);
  assert.equal([digits.epochs, digits.batchSize, digits.optimizer.learningRate], [190, 100, 1e-4]);
  assert.equal([photos.epochs, photos.batchSize, photos.optimizer.learningRate], [290, 50, 3e-4]);
  assert.equal([digits.model.name, photos.model.name], ["lrnetSmall", "lrnetBig"]);
  assert.equal(digits.augmentation, []);
  assert.equal([mnistLrnet.paper.value, cifar10Lrnet.paper.value], [0.995, 0.9397]);
});

test("fashion-mlp is mnist-mlp on other images", () => {
  const [digits, clothing] = [checkConfig(mnistMlp.config), checkConfig(fashionMlp.config)];
  assert.equal(clothing, {
    ...digits,
    name: "fashion-mlp",
    dataset: { name: "fashion-mnist", validationFraction: 0.1 },
  });
});

test.run();
