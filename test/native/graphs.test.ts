// Graphs in which values have several readers: outputs and all gradients against float64.
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { unet } from "../../lib/architectures/unet.js";
import { sizeOf } from "../../lib/layers/shape.js";
import { layerSpecs } from "../../lib/model/graph.js";
import type { NativeSession, ReplayCall } from "../../lib/native/contract.js";
import { close, sameBits } from "./support/compare.js";
import { generator, randomFloats } from "./support/random.js";
import { type RandomGraph, randomGraph } from "./support/random-graph.js";
import { runNetwork } from "./support/reference-network.js";
import {
  adam,
  bayesbinn,
  branches,
  chain,
  labelled,
  node,
  openSession,
  type SessionParts,
  stateOf,
  trainCall,
} from "./support/specs.js";

const test = suite("graphs");

const graphs = 50;
const samples = 2;
/** Of the random graphs. */
const usualBatch = 3;

/**
 * Of the largest gradient. Float32 loses some 1e-6 in ten layers; normalising three samples that lie close together
 * makes up to a hundred times as much of it. The differences are in float64, and far more exact.
 */
const tolerance = 2e-4;
const step = 1e-5;

function open({ layers, inputShape }: RandomGraph, { batch = usualBatch, threads = 2 } = {}): NativeSession {
  const methods = { binary: bayesbinn({ samples }), real: adam() };
  const parts = { inputShape: [...inputShape], layers, maxBatch: batch + 2, loss: "meanSquaredError", threads };
  return openSession({ ...parts, ...methods });
}

/** The part of a weight sample. */
function ofSample<Values extends Float32Array | Uint8Array>(values: Values, sample: number): Values {
  const length = values.length / samples;
  return values.slice(sample * length, (sample + 1) * length) as Values;
}

/** The arrays of all optimizers, of one weight sample, by parameter. */
function byName(session: NativeSession, arrays: readonly Float32Array[], sample: number): Map<string, Float32Array> {
  const starts = arrays.map(() => 0);
  return new Map(
    session.describe().parameters.map(({ name, optimizer, shape }) => {
      const start = starts[optimizer]!;
      starts[optimizer] = start + sizeOf(shape);
      return [name, ofSample(arrays[optimizer]!, sample).slice(start, starts[optimizer])];
    }),
  );
}

/** Keep flags of all weight samples. */
function masksOf(session: NativeSession, seed: number, batch: number): Record<string, Uint8Array> {
  const next = generator(seed);
  const dropouts = session.describe().layers.filter(({ type }) => type.startsWith("dropout"));
  return Object.fromEntries(
    dropouts.map(({ name, type, outputShape }) => {
      const flags = type === "dropout" ? sizeOf(outputShape) : outputShape[0]!;
      return [name, Uint8Array.from({ length: samples * batch * flags }, () => (next() < 0.75 ? 1 : 0))];
    }),
  );
}

/** Fills the memory of activations and gradients with NaN, so that whoever reads what was not written gives NaN. */
async function poison(session: NativeSession, features: number, outputs: number, batch: number): Promise<void> {
  const count = batch + 2;
  const nan = (length: number) => new Float32Array(count * length).fill(Number.NaN);
  const outputGradients = Array.from({ length: samples }, () => nan(outputs));
  await session.replay({ inputs: nan(features), outputGradients, batch: count, phase: "train", commit: false });
}

function callOf(session: NativeSession, { inputShape }: RandomGraph, seed: number, batch = usualBatch): ReplayCall {
  const outputs = sizeOf(session.describe().outputShape);
  return {
    inputs: randomFloats(batch * sizeOf(inputShape), seed + 1, -2, 2),
    outputGradients: Array.from({ length: samples }, (_, s) => randomFloats(batch * outputs, seed + 2 + s)),
    dropoutKeep: masksOf(session, seed, batch),
    batch,
    phase: "train",
    commit: false,
  };
}

/** d scalar / d values by central differences. */
function differences(values: Float64Array, scalar: () => number): Float64Array {
  return values.map((value, i) => {
    const at = (offset: number) => {
      values[i] = value + offset;
      const found = scalar();
      values[i] = value;
      return found;
    };
    return (at(step) - at(-step)) / (2 * step);
  });
}

async function check(graph: RandomGraph, seed: number, batch = usualBatch): Promise<void> {
  const session = open(graph, { batch });
  const call = callOf(session, graph, seed, batch);
  await poison(session, sizeOf(graph.inputShape), sizeOf(session.describe().outputShape), batch);
  const result = await session.replay(call);
  const statistics = [...(await stateOf(session, "model"))].filter(([name]) => name.includes(".running_"));
  for (let s = 0; s < samples; s++) {
    const dropoutKeep = Object.fromEntries(
      Object.entries(call.dropoutKeep!).map(([name, flags]) => [name, ofSample(flags, s)]),
    );
    const tensors = new Map<string, Float64Array>([
      ...statistics.map(([name, { data }]) => [name, Float64Array.from(data)] as const),
      ...[...byName(session, result.weights, s)].map(([name, data]) => [name, Float64Array.from(data)] as const),
    ]);
    const values = Float64Array.from(call.inputs);
    const input = { batch, shape: graph.inputShape, values };
    const run = () => runNetwork(graph.layers, input, { tensors, phase: "train", dropoutKeep }).output.values;
    const scalar = () => run().reduce((sum, value, i) => sum + value * call.outputGradients![s]![i]!, 0);
    const compare = (actual: Float32Array, expected: Float64Array, what: string) => {
      const largest = Math.max(1, ...expected.map(Math.abs));
      close(actual, expected, tolerance * largest, `sample ${s}, ${what}`);
    };
    compare(result.outputs[s]!, run(), "outputs");
    compare(result.inputGradients[s]!, differences(values, scalar), "gradient of the input");
    for (const [name, gradient] of byName(session, result.gradients, s))
      compare(gradient, differences(tensors.get(name)!, scalar), `gradient of ${name}`);
  }
  session.dispose();
}

for (let seed = 0; seed < graphs; seed++) test(`random graph ${seed}`, () => check(randomGraph(seed), seed));

for (const [padding, inputShape, outer] of [
  ["valid", [1, 18, 20], {}],
  ["same", [1, 4, 8], {}],
  ["same", [1, 4, 6], { outerWeights: "real", outputAffine: true }],
] as const) {
  test(`U-Net, ${padding} padding, ${JSON.stringify(outer)}`, () => {
    const depth = padding === "valid" || inputShape[2] === 6 ? 2 : 3;
    const model = unet({ inputShape, outputs: 2, depth, width: 1, padding, ...outer });
    return check({ layers: layerSpecs(model.layers), inputShape }, 7);
  });
}

for (const batch of [1, 2, 4, 5, 7, 8, 9, 15, 16, 17]) {
  test(`images in a batch of ${batch}`, async () => {
    const { inputShape, layers } = branches();
    await check({ inputShape: inputShape!, layers }, 3, batch);
    const convolved = chain(
      ["conv2d", { channels: 3, padding: [1, 1], bias: "real" }],
      ["batchNorm", { affine: true }],
      ["relu"],
      ["maxPool2d"],
      ["dropout2d", { rate: 0.25 }],
      ["convTranspose2d", { channels: 2, bias: "binary" }],
    );
    await check({ inputShape: [1, 4, 6], layers: convolved }, 5, batch);
  });
}

test("the random graphs hold every kind of branch", () => {
  const all = Array.from({ length: graphs }, (_, seed) => randomGraph(seed).layers);
  const readers = (layers: RandomGraph["layers"], name: string) => layers.filter(({ inputs }) => inputs.includes(name));
  const some = (holds: (layers: RandomGraph["layers"]) => boolean, what: string) =>
    assert.ok(all.filter(holds).length >= 5, what);
  some((layers) => readers(layers, "input").length > 2, "an input with several readers");
  some((layers) => layers.some(({ inputs }) => new Set(inputs).size < inputs.length), "a value read twice by one");
  some((layers) => layers.some(({ name }) => readers(layers, name).length > 2), "a value with several readers");
  some(
    (layers) =>
      layers.some(({ type, name }) => type === "batchNorm" && readers(layers, name).some((by) => by.type === "relu")),
    "a ReLU behind a batch norm",
  );
  some(
    // Gradients of two such values are kept apart at once.
    (layers) =>
      layers.some(
        ({ inputs }, at) =>
          [...new Set(inputs)].filter((name) => readers(layers.slice(at + 1), name).length > 0).length > 1,
      ),
    "a layer of two inputs that later layers read again",
  );
});

test("threads do not change a bit of a graph's results", async () => {
  for (const graph of [{ inputShape: [2, 2, 3], layers: branches().layers }, randomGraph(3), randomGraph(8)]) {
    const [one, four] = [open(graph, { threads: 1 }), open(graph, { threads: 4 })];
    const call = callOf(one, graph, 5);
    const [expected, actual] = [await one.replay(call), await four.replay(call)];
    for (const key of ["outputs", "inputGradients", "gradients"] as const) {
      for (const [i, values] of expected[key].entries()) sameBits(actual[key][i]!, values, `${key}[${i}]`);
    }
  }
});

test("a training step has the gradients of a replay, where nobody asks for that of the input", async () => {
  const parts: Partial<SessionParts> = { maxBatch: 7, binary: bayesbinn({ samples: 1 }) };
  const [trained, replayed] = [openSession(branches(parts)), openSession(branches(parts))];
  const data = labelled(7, [2, 2, 3], 4);
  await trained.train(trainCall(trained.addDataset(data), { shuffle: false }));
  const step = { inputs: data.inputs as Float32Array, targets: data.targets, batch: 7 };
  await replayed.replay({ ...step, phase: "train", commit: true });
  const expected = await stateOf(replayed);
  for (const [name, { data: values }] of await stateOf(trained)) sameBits(values, expected.get(name)!.data, name);
});

test("an activation that shares its input with other layers is not done by the layer before", async () => {
  const graph = {
    inputShape: [3],
    layers: [
      node("first", "linear", ["input"]),
      node("norm", "batchNorm", ["first"], { affine: true }),
      node("relu", "relu", ["norm"]),
      node("sum", "add", ["norm", "relu", "relu"]),
    ],
  };
  await check(graph, 1);
});

test("evaluation, in the smaller memory of predictions as well", async () => {
  const count = 20;
  const network = branches({ maxBatch: count });
  const session = openSession(network);
  const { layers, inputShape = [] } = network;
  const inputs = randomFloats(count * sizeOf(inputShape), 4);
  const outputGradients = [new Float32Array(count * 4)];
  const { weights } = await session.replay({ inputs, outputGradients, batch: count, phase: "eval", commit: false });
  const places = weights.map(() => 0);
  const tensors = new Map([...(await stateOf(session, "model"))].map(([name, { data }]) => [name, data]));
  for (const { name, optimizer, shape } of session.describe().parameters) {
    const start = places[optimizer]!;
    places[optimizer] = start + sizeOf(shape);
    tensors.set(name, weights[optimizer]!.subarray(start, places[optimizer]));
  }
  const input = { batch: count, shape: inputShape, values: Float64Array.from(inputs) };
  const expected = runNetwork(layers, input, { tensors, phase: "eval" }).output.values;
  for (const batchSize of [count, 7, 1]) {
    const { values } = await session.predict({ inputs, batchSize, output: "logits", samples: 0, draw: 0 });
    close(values, expected, 3e-5, `batches of ${batchSize}`);
  }
});

test.run();
