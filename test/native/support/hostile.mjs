// `node hostile.mjs <addon> <case>`: calls whose arguments change under the reader. A getter takes away the memory of an
// array that was read before it. Any error will do, and so will none: the process has to live, and prints "alive".
import { load, longCalls, openSession } from "./lifecycle/training.mjs";

const [path = "", name = ""] = process.argv.slice(2);
const { kernels, ...addon } = load(path);
const session = openSession({ kernels, ...addon });

/** Large enough for their pages to go back to the system. */
const count = 1 << 20;
const floats = () => new Float32Array(count).fill(0.5);

/** @param {Float32Array | Uint8Array | Int32Array} array */
function detach(array) {
  structuredClone(array.buffer, { transfer: [/** @type {ArrayBuffer} */ (array.buffer)] });
  for (let i = 0; i < 3; i++) globalThis.gc?.();
}

/**
 * `argument` with `value` as `key`, whose first reader sets off `action`.
 *
 * @param {object} argument
 * @param {string} key
 * @param {unknown} value
 * @param {() => void} action
 */
function during(argument, key, value, action) {
  const get = () => {
    action();
    return value;
  };
  return /** @type {never} */ (Object.defineProperty(argument, key, { get, enumerable: true }));
}

/**
 * `argument`, in which reading `key` first detaches `victim`.
 *
 * @param {object} argument
 * @param {string} key
 * @param {Float32Array | Uint8Array | Int32Array} victim
 */
function trap(argument, key, victim) {
  const value = /** @type {Record<string, unknown>} */ (argument)[key];
  return during(argument, key, value, () => detach(victim));
}

const adam = { type: "adam", learningRate: 0.1, beta1: 0.9, beta2: 0.99, epsilon: 1e-8 };
const address = { seed: 1, stream: "weights", step: 0, sample: 0 };
const linear = () => ({ batch: 1024, inFeatures: 1024, outFeatures: 1024, threads: 1 });

const smallSet = () => ({
  name: "small",
  inputs: new Float32Array(64),
  sampleShape: [64],
  scale: Float32Array.of(1),
  shift: Float32Array.of(0),
  targets: new Int32Array(1),
  targetWidth: 1,
});

/** @type {Record<string, () => unknown>} */
const cases = {
  sampleWeights() {
    const [latent, weights] = [floats(), floats()];
    const optimizer = adam;
    for (const key of ["weights", "address", "threads", "optimizer"]) {
      kernels.sampleWeights(trap({ optimizer, latent, weights, address, threads: 1 }, key, latent));
    }
  },
  update() {
    const [latent, moment, variance, gradient] = [floats(), floats(), floats(), floats()];
    const state = { first_moment: moment, second_moment: variance };
    const lists = { noise: [floats()], gradients: [gradient] };
    kernels.update(trap({ optimizer: adam, latent, state, ...lists, t: 1, threads: 1 }, "gradients", latent));
  },
  updateState() {
    const [latent, moment, variance] = [floats(), floats(), floats()];
    const state = trap({ first_moment: moment, second_moment: variance }, "second_moment", moment);
    const lists = { noise: [floats()], gradients: [floats()] };
    kernels.update({ optimizer: adam, latent, state, ...lists, t: 1, threads: 1 });
  },
  linear() {
    const [input, weights, output] = [floats(), floats(), floats()];
    kernels.linear(trap({ ...linear(), input, weights, output }, "output", input));
  },
  linearGradients() {
    const [input, weights, outputGradient, inputGradient] = [floats(), floats(), floats(), floats()];
    const call = { ...linear(), input, weights, outputGradient, inputGradient };
    kernels.linearGradients(trap(call, "inputGradient", outputGradient));
  },
  augment() {
    const [images, output] = [floats(), floats()];
    const normalisation = { scale: Float32Array.of(1), shift: Float32Array.of(0) };
    const call = { images, shape: [1, 1, 1024, 1024], ...normalisation, augmentation: [], seed: 1, epoch: 0, first: 0 };
    kernels.augment(trap({ ...call, output, threads: 1 }, "threads", images));
  },
  uniform() {
    const out = floats();
    kernels.uniform(trap({ ...address }, "sample", out), out);
  },
  addDataset() {
    const inputs = floats();
    const [scale, shift] = [Float32Array.of(1), Float32Array.of(0)];
    const targets = new Int32Array(count / 64);
    const spec = { name: "trap", inputs, sampleShape: [64], scale, shift, targets, targetWidth: 1 };
    session.addDataset(trap(spec, "targetWidth", inputs));
  },
  /** Shared bytes that a session alone still needs; and those of a subset whose data set is gone. */
  async sharedBytesCollected() {
    const bytes = () => new Uint8Array(new SharedArrayBuffer(1 << 22)).fill(255);
    const byteTable = Float32Array.from({ length: 256 }, (_, byte) => byte / 255);
    const targets = new Int32Array((1 << 22) / 64);
    const spec = { name: "bytes", sampleShape: [64], byteTable, targets, targetWidth: 1 };
    const [whole, base] = [bytes, bytes].map((make) => session.addDataset({ ...spec, inputs: make() }));
    const part = session.addSubset(
      base ?? 0,
      Uint32Array.from({ length: 1000 }, (_, i) => i * 50),
    );
    const evaluate = (/** @type {number} */ dataset) =>
      session.evaluate({ dataset, batchSize: 50, samples: 0, draw: 0 }).then(({ lossSum }) => lossSum);
    const losses = async () => [await evaluate(whole ?? 0), await evaluate(part)].join();
    const before = await losses();
    session.removeDataset(base ?? 0);
    for (let i = 0; i < 5; i++) {
      globalThis.gc?.();
      new Uint8Array(new SharedArrayBuffer(1 << 22)).fill(i);
      await new Promise((resolve) => setImmediate(resolve));
    }
    if ((await losses()) !== before) throw new Error("the bytes have changed");
    const running = evaluate(part);
    session.dispose();
    globalThis.gc?.();
    await running;
  },
  replay() {
    const inputs = new Float32Array(64).fill(1);
    const call = { inputs, targets: Int32Array.of(1), batch: 1, phase: "train", commit: false };
    return session.replay(trap(call, "commit", inputs));
  },
  /** Arrays that grow while they are read. */
  growingLists() {
    /** @type {number[]} */
    const updates = [];
    const more = {
      get() {
        if (updates.length < 1000) Object.defineProperty(updates, updates.length, more);
        return 0;
      },
    };
    Object.defineProperty(updates, 0, more);
    session.setCounters({ step: 0, updates });
  },
  /** A session that is disposed of, or starts a call of its own, while its arguments are read. */
  async disposeWhileReading() {
    const call = { epoch: 0, batchSize: 1, firstBatch: 0, batches: 1, shuffle: true, budgetMilliseconds: 0 };
    const inner = { ...call, dataset: 1 };
    const start = () => void session.train(inner);
    await Promise.allSettled([Promise.resolve().then(() => session.train(during({ ...call }, "dataset", 1, start)))]);
    await session.train(during(call, "dataset", 1, () => session.dispose()));
  },
  disposeWhileAddingData() {
    session.addDataset(during(smallSet(), "targetWidth", 1, () => session.dispose()));
  },
  /** A session that has become busy in the meantime must not be changed under its running call. */
  async trainWhileAddingData() {
    let running = Promise.resolve();
    const start = () => {
      running = longCalls["train"]?.(session).then(() => {}) ?? running;
    };
    let code;
    try {
      session.addDataset(during(smallSet(), "targetWidth", 1, start));
    } catch (error) {
      code = /** @type {{ code?: string }} */ (error).code;
    }
    session.cancel();
    await running;
    if (code !== "ERR_BUSY") throw new Error(`expected ERR_BUSY, got ${code}`);
  },
  disposeWhileSetting() {
    session.setHyperparameters(
      0,
      during({}, "learningRate", 1, () => session.dispose()),
    );
  },
  disposeWhileCounting() {
    session.setCounters(during({ step: 0 }, "updates", [0], () => session.dispose()));
  },
};

try {
  await cases[name]?.();
} catch (error) {
  if (!(error instanceof Error) || !("code" in error)) throw error;
}
console.log(name in cases ? "alive" : "unknown case");
