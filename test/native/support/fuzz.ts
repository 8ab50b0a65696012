// `node --import tsx fuzz.ts <addon> <what> <cases>`: a process that is fed nonsense. It says what it is about to do, so
// that the last line names what it died of, and ends with "survived".
import { writeSync } from "node:fs";
import type { NativeSession, SessionSpec } from "../../../lib/native/contract.js";
import { errorCodes } from "../../../lib/native/errors.js";
import { addon, kernels } from "./addon.js";
import { generator } from "./random.js";
import { pathsOf, pathText, valueAt } from "./spec-paths.js";
import { bayesbinn, branches, everything, labelled, sessionSpec, trainCall } from "./specs.js";

const [, , , what = "", cases = "0"] = process.argv;
const features = 12;

/** Values that fit nowhere, or almost. Made anew each time: some calls keep or detach what they get. */
function nonsense(): unknown[] {
  const cyclic: Record<string, unknown> = {};
  cyclic["self"] = cyclic;
  const gone = new Float32Array(7);
  structuredClone(gone.buffer, { transfer: [gone.buffer] });
  let deep: unknown = 1;
  for (let i = 0; i < 20; i++) deep = [deep];
  const numbers = [
    Number.NaN,
    Infinity,
    -Infinity,
    -0,
    0,
    -1,
    0.5,
    1,
    3,
    255,
    2 ** 31 + 1,
    2 ** 32,
    2 ** 53,
    1e308,
    5e-324,
  ];
  const texts = ["", "input", "linear", "binary", "sample", "__proto__", "a\0b", "ü\ud800", "x".repeat(1e5)];
  const objects = [
    {},
    { type: "linear" },
    { length: 3 },
    cyclic,
    new Date(0),
    new Map(),
    /x/,
    Promise.resolve(),
    new Proxy({}, {}),
  ];
  const arrays = [[], [[]], [1, 2], ["a", "a"], new Array(5), deep];
  const floats = [0, 1, 7, features, 84].map((length) => new Float32Array(length).fill(0.5));
  const buffers = [
    gone,
    new Float64Array(3),
    new Int32Array(7),
    new Uint8Array(21),
    new Uint32Array(2),
    new ArrayBuffer(8),
  ];
  const views = [
    new DataView(new ArrayBuffer(8)),
    new SharedArrayBuffer(8),
    new Float32Array(new SharedArrayBuffer(48)),
  ];
  const others = [undefined, null, true, false, 7n, Symbol("s"), () => 1, Object.create(null), class {}];
  return [...numbers, ...texts, ...objects, ...arrays, ...floats, ...buffers, ...views, ...others];
}

/** Copies plain data, and shares what is none. */
function copyOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(copyOf);
  if (value?.constructor !== Object) return value;
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, copyOf(entry)]));
}

/** `tree` with one to three entries replaced, removed, repeated, moved or added. Says which. */
function mutated(tree: unknown, next: () => number): { readonly value: unknown; readonly story: string } {
  const value = copyOf(tree);
  const stories: string[] = [];
  const pick = <T>(list: readonly T[]) => list[Math.floor(next() * list.length)]!;
  for (let change = 0; change < 1 + next() * 3; change++) {
    const paths = pathsOf(value);
    if (paths.length === 0) break;
    const path = pick(paths);
    const parent = valueAt(value, path.slice(0, -1)) as Record<string | number, unknown>;
    const key = path.at(-1)!;
    const kind = pick(["replace", "replace", "remove", "repeat", "move", "add"]);
    if (kind === "replace") parent[key] = pick(nonsense());
    else if (kind === "move") parent[key] = valueAt(value, pick(paths));
    else if (kind === "repeat" && Array.isArray(parent)) parent.push(parent[key]);
    else if (kind === "remove" && Array.isArray(parent)) parent.splice(key as number, 1);
    else if (kind === "remove") delete parent[key];
    else parent["colour"] = pick(nonsense());
    stories.push(`${kind} ${pathText(path)}`);
  }
  return { value, story: stories.join(", ") };
}

/** Runs `action`, which may fail, but only with an error of a known code. */
async function expectCode(story: string, action: () => unknown): Promise<void> {
  writeSync(1, `${story}\n`);
  try {
    await action();
  } catch (error) {
    const { code, details } = error as { code?: unknown; details?: unknown };
    if (error instanceof Error && typeof code === "string" && code in errorCodes && typeof details === "object") return;
    throw new Error(`${story}: an error without a code: ${String(error)}`);
  }
}

const set = labelled(5, [2, 2, 3], 4);
const inputs = set.inputs as Float32Array;
const prediction = { inputs, batchSize: 3, output: "probabilities" as const, samples: 2, draw: 0 };
const step = { inputs, targets: set.targets, batch: 5, phase: "train" as const, commit: true };
const base = everything({ maxBatch: 8 });
const graph = branches({ maxBatch: 8 });

/** What a spec that was accepted must be able to do. */
async function use(session: NativeSession): Promise<void> {
  if (session.describe().memoryBytes < 2 ** 25) {
    const dataset = session.addDataset(set);
    await session.train(trainCall(dataset, { batchSize: 5 }));
    await session.predict(prediction);
    await session.setState("training", await session.getState("training"));
  }
  session.dispose();
}

async function fuzzSpecs(): Promise<void> {
  for (let seed = 0; seed < Number(cases); seed++) {
    const { value, story } = mutated(sessionSpec(seed % 2 === 0 ? base : graph), generator(seed));
    await expectCode(`spec ${seed}: ${story}`, () => use(new addon.Session(value as SessionSpec)));
  }
}

const floats = (count: number) => new Float32Array(count).fill(0.5);
const address = { seed: 1, stream: "weights", step: 0, sample: 0 };
const conv = {
  input: floats(18),
  weights: floats(16).map(Math.sign),
  packed: true,
  ...{ batch: 1, inChannels: 2, outChannels: 2, height: 3, width: 3, kernelHeight: 2, kernelWidth: 2 },
  ...{ strideHeight: 1, strideWidth: 1, paddingHeight: 0, paddingWidth: 0, threads: 1 },
};
const linear = { input: floats(6), weights: floats(12), batch: 2, inFeatures: 3, outFeatures: 4, threads: 1 };
const lists = { weights: [floats(7)], noise: [floats(7)], gradients: [floats(7)] };

const augmentation = [
  { type: "randomCrop", padding: 1, fill: "reflect" },
  { type: "randomFlip", horizontal: 0.5, vertical: 0.5 },
  { type: "randomRotation", degrees: 15, fill: "reflect" },
  { type: "randomElastic", std: 2, grid: 3, fill: "reflect" },
];
const masks = { masks: floats(12), maskShape: [2, 3], maskOutput: floats(12) };
const augment = { shape: [2, 1, 2, 3], augmentation, seed: 1, epoch: 0, first: 0, ...masks, threads: 1 };

/** Right arguments of everything that can be called. */
const kernelArguments: Readonly<Record<string, readonly unknown[]>> = {
  philox: [new Uint32Array(4), new Uint32Array(2)],
  uniform: [address, floats(7)],
  permutation: [7, 1, 0],
  stateNames: [bayesbinn()],
  sampleWeights: [
    { optimizer: bayesbinn(), latent: floats(7), weights: floats(7), address, noise: floats(7), threads: 1 },
  ],
  update: [{ optimizer: bayesbinn(), latent: floats(7), state: { momentum: floats(7) }, ...lists, t: 1, threads: 1 }],
  linear: [{ ...linear, bias: floats(4), output: floats(8) }],
  linearGradients: [{ ...linear, outputGradient: floats(8), inputGradient: floats(6), weightGradient: floats(12) }],
  conv2d: [{ ...conv, bias: floats(2), output: floats(8) }],
  conv2dGradients: [{ ...conv, outputGradient: floats(8), inputGradient: floats(18), weightGradient: floats(16) }],
  augment: [{ ...augment, images: floats(12), scale: floats(1), shift: floats(1), output: floats(12) }],
};
const tensor = { name: "linear11.bias", shape: [4], data: floats(4) };
const sessionArguments: Readonly<Record<string, readonly unknown[]>> = {
  describe: [],
  addDataset: [set],
  addSubset: [1, Uint32Array.of(0, 1), Uint32Array.from({ length: features }, (_, i) => features - 1 - i)],
  removeDataset: [2],
  setHyperparameters: [0, { learningRate: 0.1, momentum: 0.5 }],
  train: [trainCall(1, { batchSize: 5, augmentation })],
  evaluate: [{ dataset: 1, batchSize: 2, samples: 0, draw: 0, batchNorm: { dataset: 1, batchSize: 3 } }],
  predict: [prediction],
  replay: [{ ...step, noise: [undefined, undefined], weights: [undefined, undefined], dropoutKeep: {} }],
  getState: ["model"],
  setState: ["model", [tensor]],
  stateLayout: ["model"],
  readState: ["linear11.bias", 0, floats(4)],
  distributions: [20],
  keepState: ["best"],
  restoreState: [],
  keptLayout: ["best"],
  readKept: ["best", "linear11.bias", 0, floats(4)],
  counters: [],
  setCounters: [{ step: 1, updates: [1, 1] }],
  cancel: [],
  dispose: [],
};

async function fuzzCalls(target: object, right: typeof kernelArguments, renew?: () => object): Promise<void> {
  let subject = target;
  const names = Object.keys(right);
  for (let seed = 0; seed < Number(cases); seed++) {
    const next = generator(seed);
    const name = names[Math.floor(next() * names.length)]!;
    const { value, story } = mutated(right[name], next);
    // Now and then fewer arguments, or nothing but nonsense.
    const junk = nonsense();
    const given = next() < 0.2 ? [junk[Math.floor(next() * junk.length)]] : (value as unknown[]);
    const call = (subject as Record<string, (...args: unknown[]) => unknown>)[name]!;
    await expectCode(`${name} ${seed}: ${story}`, () => call.apply(subject, given));
    if (name === "dispose" && renew) subject = renew();
  }
}

function freshSession(): NativeSession {
  const session = new addon.Session(sessionSpec(base));
  session.addDataset(set);
  return session;
}

if (what === "specs") await fuzzSpecs();
else if (what === "kernels") await fuzzCalls(kernels, kernelArguments);
else if (what === "calls") await fuzzCalls(freshSession(), sessionArguments, freshSession);
else throw new Error(`nothing to fuzz: ${what}`);
await use(new addon.Session(sessionSpec(base)));
writeSync(1, "survived\n");
