// `node memory-child.mjs <addon> <case>`: prints what a call answers, as JSON: its bytes, or the error.

import { cudaDefaults } from "../../support/cuda-defaults.mjs";
import { emptySession, load, openSession } from "./lifecycle/training.mjs";

const [path = "", name = ""] = process.argv.slice(2);

const adam = {
  type: "adam",
  ...{ learningRate: 1e-3, beta1: 0.9, beta2: 0.99, epsilon: 1e-8 },
  ...{ gradientClip: Number.MAX_VALUE, weightClip: Number.MAX_VALUE },
};

/** Where memory is full for large arrays, as the constructor says it. */
function fillMemory() {
  globalThis.Float32Array = new Proxy(Float32Array, {
    construct(target, args, newTarget) {
      if (args[0] >= 10_000) throw new RangeError("Array buffer allocation failed");
      return Reflect.construct(target, args, newTarget);
    },
  });
}

/** @type {Record<string, () => unknown>} */
const cases = {
  session: () => emptySession(load(path)).describe().memoryBytes,
  /** A session that takes less than its data. */
  dataset: () => openSession(load(path), { units: 8 }).describe().memoryBytes,
  /** Bytes that become resident for a convolution of a wide image with a wide kernel, and in a step with it. */
  async convolution() {
    const [width, kernel, channels, batch] = [16_000, 400, 4, 16];
    const outputs = channels * (width - kernel + 1);
    const layer = { name: "conv", channels, kernelSize: [1, kernel], stride: [1, 1], padding: [0, 0] };
    const before = process.memoryUsage.rss();
    const session = new (load(path).Session)({
      device: "cpu",
      cuda: cudaDefaults,
      threads: 2,
      seed: 1,
      maxBatch: batch,
      inputShape: [1, 1, width],
      layers: [{ type: "conv2d", inputs: ["input"], weights: "real", bias: "none", ...layer }],
      loss: { type: "meanSquaredError" },
      optimizers: [{ ...adam, parameters: ["conv.weight"] }],
    });
    const inputs = new Float32Array(batch * width);
    const outputGradient = new Float32Array(batch * outputs);
    const arrays = 3 * 4 * (inputs.length + outputGradient.length);
    await session.replay({ inputs, outputGradients: [outputGradient], batch, phase: "train", commit: false });
    return process.memoryUsage.rss() - before - arrays;
  },
  /** Bytes that become resident in an evaluation with the largest batch, after steps with the smallest one. */
  async evaluation() {
    const [samples, units, depth] = [2000, 512, 10];
    const hidden = Array.from({ length: depth }, (_, i) => [
      {
        type: "linear",
        name: `linear${i}`,
        inputs: [i ? `relu${i - 1}` : "input"],
        units,
        weights: "real",
        bias: "none",
      },
      { type: "relu", name: `relu${i}`, inputs: [`linear${i}`] },
    ]).flat();
    const out = { type: "linear", name: "out", inputs: [`relu${depth - 1}`], units: 2, weights: "real", bias: "none" };
    const parameters = [...Array.from({ length: depth }, (_, i) => `linear${i}.weight`), "out.weight"];
    const session = new (load(path).Session)({
      device: "cpu",
      cuda: cudaDefaults,
      threads: 1,
      seed: 1,
      maxBatch: samples,
      inputShape: [4],
      layers: [...hidden, out],
      loss: { type: "softmaxCrossEntropy", classWeights: "none" },
      optimizers: [{ ...adam, parameters }],
    });
    const dataset = session.addDataset({
      name: "zeros",
      inputs: new Float32Array(4 * samples),
      sampleShape: [4],
      scale: Float32Array.of(1),
      shift: Float32Array.of(0),
      targets: new Int32Array(samples),
      targetWidth: 1,
    });
    const steps = { epoch: 0, firstBatch: 0, batches: 2, shuffle: true, budgetMilliseconds: 1e9 };
    await session.train({ ...steps, dataset, batchSize: 1 });
    await session.evaluate({ dataset, batchSize: 1, samples: 0, draw: 0 });
    const before = process.memoryUsage.rss();
    await session.evaluate({ dataset, batchSize: samples, samples: 0, draw: 0 });
    return process.memoryUsage.rss() - before;
  },
  async prediction() {
    const inputs = new Float32Array(64 * 1000);
    fillMemory();
    const session = openSession(load(path));
    const call = { batchSize: 50, output: /** @type {const} */ ("logits"), samples: 0, draw: 0 };
    const { values } = await session.predict({ ...call, inputs: inputs.subarray(0, 64 * 999) });
    if (values.length !== 9990) throw new Error(`${values.length} values`);
    await session.predict({ ...call, inputs });
  },
};

try {
  console.log(JSON.stringify({ bytes: await cases[name]?.() }));
} catch (error) {
  const { code, message, details } = /** @type {Error & { code?: string, details?: unknown }} */ (error);
  console.log(JSON.stringify({ code, message, details }));
}
