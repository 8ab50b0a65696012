// What the children and workers of the life cycle tests train. Plain JavaScript: they start without TypeScript.
import { createRequire } from "node:module";
import { cudaDefaults } from "../../../support/cuda-defaults.mjs";

/** @typedef {import("../../../../lib/native/contract.js").NativeAddon} NativeAddon */
/** @typedef {import("../../../../lib/native/contract.js").NativeSession} NativeSession */

const [features, classes, samples] = [64, 10, 5000];
const inputs = Float32Array.from({ length: samples * features }, (_, i) => Math.sin(i * 1.7));
const targets = Int32Array.from({ length: samples }, (_, i) => i % classes);

/** @param {string} path */
export function load(path) {
  return /** @type {NativeAddon} */ (createRequire(import.meta.url)(path));
}

/**
 * A session without data.
 *
 * @param {NativeAddon} addon
 * @param {{ units?: number, threads?: number }} [options]
 * @returns {NativeSession}
 */
export function emptySession(addon, { units = 256, threads = 2 } = {}) {
  return new addon.Session({
    device: "cpu",
    cuda: cudaDefaults,
    threads,
    seed: 3,
    maxBatch: 50,
    inputShape: [features],
    layers: [
      { type: "dropout", name: "dropout", inputs: ["input"], rate: 0.2 },
      { type: "linear", name: "hidden", inputs: ["dropout"], units, weights: "binary", bias: "none" },
      { type: "batchNorm", name: "norm", inputs: ["hidden"], momentum: 0.1, epsilon: 1e-5, affine: false },
      { type: "relu", name: "relu", inputs: ["norm"] },
      { type: "linear", name: "out", inputs: ["relu"], units: classes, weights: "binary", bias: "none" },
    ],
    loss: { type: "softmaxCrossEntropy", classWeights: "none" },
    optimizers: [
      {
        type: "bayesbinn",
        parameters: ["hidden.weight", "out.weight"],
        learningRate: 0.01,
        momentum: 0,
        temperature: 0.5,
        samples: 2,
        estimator: "sample",
        initialLambda: 1,
        initialLambdaSpread: 0,
        priorLambda: 0,
        perWeightPrior: false,
        klWeight: 1,
        trainSetSize: samples,
        epsilon: 1e-10,
        saturation: 2 ** -24,
        staleMu: false,
        keepMomentum: false,
      },
    ],
  });
}

/**
 * A session with a dataset, whose number is 1.
 *
 * @param {NativeAddon} addon
 * @param {{ units?: number, threads?: number }} [options]
 * @returns {NativeSession}
 */
export function openSession(addon, options) {
  const session = emptySession(addon, options);
  session.addDataset({
    name: "waves",
    inputs,
    sampleShape: [features],
    scale: Float32Array.of(1),
    shift: Float32Array.of(0),
    targets,
    targetWidth: 1,
  });
  return session;
}

/**
 * Steps of one sample; all 5000 take seconds.
 *
 * @param {NativeSession} session
 * @param {number} [batches]
 */
export function train(session, batches = samples) {
  const budgetMilliseconds = Number.POSITIVE_INFINITY;
  return session.train({
    dataset: 1,
    epoch: 0,
    batchSize: 1,
    firstBatch: 0,
    batches,
    shuffle: true,
    budgetMilliseconds,
  });
}

/**
 * Calls of every kind that run for seconds if nothing stops them, but for those that cannot be stopped.
 *
 * @type {Readonly<Record<string, (session: NativeSession) => Promise<unknown>>>}
 */
export const longCalls = {
  train: (session) => train(session),
  evaluate: (session) => session.evaluate({ dataset: 1, batchSize: 1, samples: 1000, draw: 0 }),
  predict: (session) => session.predict({ inputs, batchSize: 1, output: "logits", samples: 1000, draw: 0 }),
  getState: (session) => session.getState("training"),
};

/**
 * All state as one number: the same for the same bits.
 *
 * @param {NativeSession} session
 */
export async function stateHash(session) {
  let hash = 0;
  for (const { data } of await session.getState("training")) {
    for (const word of new Uint32Array(data.buffer, data.byteOffset, data.length)) {
      hash = (Math.imul(hash, 31) + word) | 0;
    }
  }
  return hash;
}
