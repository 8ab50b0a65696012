import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { SessionSpec } from "../../lib/native/contract.js";
import type { ErrorCode } from "../../lib/native/errors.js";
import { addon } from "./support/addon.js";
import { refusedBy } from "./support/refused.js";
import { type Path, pathsOf, pathText, valueAt, withValue } from "./support/spec-paths.js";
import { adam, bayesbinn, branches, chain, everything, sessionSpec } from "./support/specs.js";

const test = suite("bad input: session specs");

/** Specs in which every layer and every method occurs. */
const spec = sessionSpec(everything());
const graph = sessionSpec(branches());
/** Every place in them; entries of `inputs` and `parameters` have tests of their own. */
const places = [
  ...pathsOf(spec).map((path) => ({ whole: spec, path })),
  ...pathsOf(graph)
    .filter(([first]) => first === "layers")
    .map((path) => ({ whole: graph, path })),
].filter(({ path }) => !["inputs", "parameters"].includes(String(path.at(-2))));
const open = (changed: unknown) => new addon.Session(changed as SessionSpec);
const objects = [
  { whole: spec, path: [] },
  ...places.filter(({ whole, path }) => valueAt(whole, path)?.constructor === Object),
];

/** Literally, where a message is a pattern. */
const literal = (text: string) => new RegExp(text.replace(/[[\].]/g, "\\$&"));

test("the specs themselves are accepted, and hold every layer", () => {
  const types = [spec, graph].flatMap((each) => {
    open(each).dispose();
    return each.layers.map(({ type }) => type);
  });
  assert.equal([...new Set(types)].sort(), [...addon.registry().layers].sort());
});

test("a missing key is named", async () => {
  for (const { whole, path } of places.filter((place) => typeof place.path.at(-1) === "string")) {
    await refusedBy(
      () => open(withValue(whole, path, undefined)),
      "ERR_OPTION_TYPE",
      literal(`${pathText(path)}: missing`),
    );
  }
});

test("an unknown key is named", async () => {
  for (const { whole, path } of objects) {
    const changed = withValue(whole, [...path, "colour"], 1);
    await refusedBy(
      () => open(changed),
      "ERR_OPTION_UNKNOWN",
      literal(`${pathText([...path, "colour"])}: unknown option`),
    );
  }
});

test("a value of the wrong type is named", async () => {
  const values = [
    null,
    "text",
    3,
    true,
    [],
    [1],
    {},
    () => 1,
    1n,
    Symbol("s"),
    new Float32Array(3),
    new ArrayBuffer(3),
  ];
  const kind = (value: unknown) => (Array.isArray(value) ? "array" : typeof value);
  for (const { whole, path } of places) {
    const before = valueAt(whole, path);
    for (const value of values) {
      const plain = value === null || typeof value !== "object" || Array.isArray(value) || value.constructor === Object;
      if (plain && value !== null && kind(value) === kind(before)) continue;
      // A word or a list.
      if (path.at(-1) === "classWeights" && Array.isArray(value)) continue;
      // Functions, symbols and buffers do not pass a clone.
      const changed = withValue(whole, path, null);
      const parent = valueAt(changed, path.slice(0, -1)) as Record<string | number, unknown>;
      parent[path.at(-1)!] = value;
      const error = await refusedBy(() => open(changed), "ERR_OPTION_TYPE");
      // An entry of a list may go by the list's name.
      const named = pathText(typeof path.at(-1) === "number" ? path.slice(0, -1) : path);
      assert.match(error.message, literal(named), `${named} of type ${kind(value)}`);
    }
  }
});

const [nan, infinity] = [Number.NaN, Number.POSITIVE_INFINITY];
const finite = [nan, infinity, -infinity];
const positive = [...finite, 0, -1, -1e-300];
const atLeastZero = [...finite, -1e-300, -1];
const share = [...atLeastZero, 1, 1.5];
const lengthsButTwo = [[], [1], [1, 1, 1]];
/** Values that are out of range, by key. */
const outOfRange: Readonly<Record<string, readonly unknown[]>> = {
  device: ["gpu", "CPU", ""],
  precision: ["float16", ""],
  memoryLimit: [...atLeastZero, 0.5, 2 ** 53],
  threads: [...positive, 257, 1.5, 1e300],
  seed: [...atLeastZero, 2 ** 53, 0.5],
  maxBatch: [...positive, 1.5, 2 ** 20 + 1, 1e300],
  inputShape: [[], [0], [-1], [2, 1.5], [nan], [1e300], [3, 0, 2], [2 ** 25]],
  layers: [[]],
  type: ["", "Linear", "__proto__", "constructor"],
  name: ["", "input"],
  momentum: [...atLeastZero, 1.5],
  classWeights: ["", "None", "balanced"],
  epsilon: positive,
  gradientClip: positive,
  weightClip: positive,
  rate: share,
  size: [...lengthsButTwo, [0, 2], [2, 1.5], [nan, 1], [1e300, 1], [1, 2 ** 24 + 1]],
  units: [...positive, 2.5, 2 ** 24 + 1],
  channels: [...positive, 2.5, 2 ** 24 + 1],
  kernelSize: [...lengthsButTwo, [0, 1], [1, -1], [1.5, 1], [nan, 1], [2 ** 16 + 1, 1]],
  stride: [...lengthsButTwo, [0, 1], [1, -1], [1, 2.5], [1, infinity], [1, 2 ** 16 + 1]],
  padding: [...lengthsButTwo, [-1, 0], [0, 0.5], [0, nan], [2 ** 16 + 1, 0]],
  outputPadding: [...lengthsButTwo, [-1, 0], [0, 0.5], [0, nan], [2 ** 16, 0]],
  weights: ["ternary", ""],
  bias: ["true", ""],
  learningRate: atLeastZero,
  temperature: positive,
  samples: [...positive, 1.5, 1025],
  estimator: ["median"],
  initialLambda: atLeastZero,
  initialLambdaSpread: atLeastZero,
  priorLambda: finite,
  klWeight: atLeastZero,
  trainSetSize: positive,
  saturation: share,
  beta1: share,
  beta2: share,
};
/** Keys of any value of their type, or of values that other tests are about. */
const unlimited = [
  "cuda",
  "graphs",
  "perWeightPrior",
  "staleMu",
  "keepMomentum",
  "affine",
  "inputs",
  "parameters",
  "loss",
  "optimizers",
];

test("every key has values out of range, or none", () => {
  const keys = new Set(places.map(({ path }) => path.at(-1)).filter((key) => typeof key === "string"));
  assert.equal([...keys].sort(), [...Object.keys(outOfRange), ...unlimited].sort());
});

test("a value out of range is named", async () => {
  for (const { whole, path } of places) {
    const isList = Array.isArray(valueAt(whole, path));
    for (const value of outOfRange[String(path.at(-1))] ?? []) {
      if (Array.isArray(value) !== isList) continue;
      const what = `${pathText(path)}: ${String(value)}`;
      const error = await refusedBy(() => open(withValue(whole, path, value)), "ERR_OPTION_RANGE");
      assert.match(error.message, literal(pathText(path)), what);
      assert.match(error.message, /accepted|unknown/, what);
    }
  }
  const momentum = withValue(spec, ["optimizers", 0, "momentum"], 1);
  await refusedBy(() => open(momentum), "ERR_OPTION_RANGE", /momentum: 1 given, accepted: .*>= 0 and < 1/);
});

test("a long value is cut short, in whole characters", async () => {
  const message = async (value: string) =>
    (await refusedBy(() => open({ ...spec, device: value }), "ERR_OPTION_RANGE")).message;
  const tail = ' given, accepted: "auto", "cpu", "cuda", "cuda:N"';
  assert.is(await message("x".repeat(60)), `device: "${"x".repeat(60)}"${tail}`);
  assert.is(await message("x".repeat(61)), `device: "${"x".repeat(60)}..."${tail}`);
  // Two bytes each, then four: the 60th byte is within a character.
  assert.is(await message(`x${"\u00fc".repeat(1000)}`), `device: "x${"\u00fc".repeat(29)}..."${tail}`);
  assert.is(await message(`x${"\u{1f600}".repeat(1000)}`), `device: "x${"\u{1f600}".repeat(14)}..."${tail}`);
  const long = "y".repeat(1e6);
  for (const { whole, path } of places) {
    const error = await refusedBy(
      () => open(withValue(whole, path, long)),
      ["ERR_OPTION_TYPE", "ERR_OPTION_RANGE", "ERR_OPTIMIZER_CLAIM"],
    ).catch(() => undefined);
    assert.ok((error?.message.length ?? 0) < 300, pathText(path));
  }
  const { message: unknown } = await refusedBy(() => open({ ...spec, [long]: 1 }), "ERR_OPTION_UNKNOWN");
  assert.is(unknown, `${"y".repeat(60)}...: unknown option`);
});

test("a message begins with the thing, also where its key is empty or it is the spec itself", async () => {
  const session = open(spec);
  for (const call of [
    () => open([]),
    () => open(() => 1),
    () => open(new Float32Array(3)),
    () => open({ ...spec, "": 1 }),
    () => open({ ...spec, "": () => 1 }),
    () => open(withValue(spec, ["layers", 0, ""], 1)),
    () => session.setHyperparameters(0, { "": "1" as never }),
    () => session.setHyperparameters(0, (() => 1) as never),
    () => session.setHyperparameters(0, [] as never),
    () => session.train([] as never),
    () => session.train((() => 1) as never),
  ]) {
    const { message } = await refusedBy(call, ["ERR_OPTION_TYPE", "ERR_OPTION_UNKNOWN"]);
    assert.match(message, /^[^:. ]/, message);
    assert.not.match(message, /\.:/, message);
  }
});

const at =
  (...path: Path) =>
  (value: unknown) =>
    withValue(spec, path, value);
const layer = (index: number, key: string) => at("layers", index, key);
const wide = { inputShape: [2 ** 24], maxBatch: 2 ** 20, loss: "meanSquaredError" };

/** Specs whose parts are all right and do not fit together. */
const misfits: readonly (readonly [name: string, spec: unknown, code: ErrorCode, ...patterns: RegExp[]])[] = [
  ["two layers of one name", layer(1, "name")("batchNorm1"), "ERR_OPTION_RANGE", /layers\[1\]\.name: "batchNorm1"/],
  ["a later layer as input", layer(1, "inputs")(["tanh8"]), "ERR_OPTION_RANGE", /"tanh8"/],
  ["the layer itself as input", layer(1, "inputs")(["conv2d2"]), "ERR_OPTION_RANGE", /"conv2d2"/],
  ["an unknown layer as input", layer(1, "inputs")(["nowhere"]), "ERR_OPTION_RANGE", /"nowhere"/],
  ["no input", layer(1, "inputs")([]), "ERR_SHAPE_MISMATCH", /"conv2d2" has 0 inputs/],
  [
    "two inputs of a layer that takes one",
    layer(1, "inputs")(["input", "batchNorm1"]),
    "ERR_SHAPE_MISMATCH",
    /2 inputs/,
  ],
  ["an input that is no name", layer(1, "inputs")([3]), "ERR_OPTION_TYPE", /inputs/],
  ["a layer that leads nowhere", layer(1, "inputs")(["input"]), "ERR_SHAPE_MISMATCH", /"batchNorm1" leads nowhere/],
  [
    "an image into a linear layer",
    sessionSpec({ layers: chain(["tanh"], ["linear"]), inputShape: [2, 3] }),
    "ERR_SHAPE_MISMATCH",
    /"linear2".*"tanh1" gives \[2, 3\]/,
  ],
  [
    "an image straight into a linear layer",
    sessionSpec({ layers: chain(["linear"]), inputShape: [2, 3] }),
    "ERR_SHAPE_MISMATCH",
    /"linear1".*"input" gives \[2, 3\]/,
  ],
  ["one class", sessionSpec({ layers: chain(["linear", { units: 1 }]) }), "ERR_SHAPE_MISMATCH", /1 output/],
  [
    "a weight too large",
    sessionSpec({ layers: chain(["linear", { units: 2 ** 24 }]), inputShape: [2 ** 24] }),
    "ERR_SHAPE_MISMATCH",
    /too large/,
  ],
  ["a sample too large", at("inputShape")([2 ** 20, 2 ** 20]), "ERR_SHAPE_MISMATCH", /too large/],
  ["more memory than there is", sessionSpec({ ...wide, layers: chain(["tanh"]) }), "ERR_OUT_OF_MEMORY", /bytes/],
  [
    "far more memory than there is",
    sessionSpec({ ...wide, inputShape: [2 ** 24, 127], layers: chain(...new Array(1100).fill(["tanh"])) }),
    "ERR_OUT_OF_MEMORY",
    /bytes/,
  ],
  ["more layers than there may be", at("layers")(new Array(10001).fill(spec.layers[0])), "ERR_OPTION_RANGE", /layers/],
  ...[
    [{ samples: 1 }, { samples: 4 }],
    [{ samples: 4 }, { samples: 1 }],
    [{ samples: 2 }, { samples: 3 }],
    [{ samples: 4, estimator: "mean" }, { samples: 4 }],
  ].map((methods) => {
    const [one, two] = methods.map(({ samples, estimator }) => (estimator === "mean" ? 1 : samples));
    const binaries = methods.map((options, i) => ({
      ...bayesbinn(options),
      parameters: i === 0 ? spec.optimizers[0]!.parameters : [],
    }));
    return [
      `binary methods of ${one} and ${two} samples a step`,
      { ...spec, optimizers: [spec.optimizers[1], ...binaries] },
      "ERR_OPTION_RANGE",
      new RegExp(`^optimizers\\[2\\]\\.samples: ${two} a step given, accepted: ${one}, as in optimizers\\[1\\]$`),
    ] as const;
  }),
  ["cuda without a device", at("device")("cuda"), "ERR_DEVICE_UNAVAILABLE", /cuda/i],
];

for (const [name, changed, code, ...patterns] of misfits) {
  test(`${name}: ${code}`, async () => {
    if (code === "ERR_DEVICE_UNAVAILABLE" && addon.systemInfo().cuda.usable) return;
    await refusedBy(() => open(changed), code, ...patterns);
  });
}

const [binary, real] = spec.optimizers;
const claims = (first: readonly string[], second: readonly string[]) => ({
  ...spec,
  optimizers: [
    { ...binary, parameters: first },
    { ...real, parameters: second },
  ],
});

for (const [name, changed, parameter] of [
  ["claimed by none", claims(binary!.parameters.slice(1), real!.parameters), "conv2d2.weight"],
  ["claimed by two", { ...spec, optimizers: [binary, real, binary] }, "conv2d2.weight"],
  ["named twice by one", claims([...binary!.parameters, "linear6.weight"], real!.parameters), "linear6.weight"],
  [
    "binary, claimed by adam",
    claims(binary!.parameters.slice(1), [...real!.parameters, "conv2d2.weight"]),
    "conv2d2.weight",
  ],
  ["real, claimed by bayesbinn", claims([...binary!.parameters, "linear11.bias"], real!.parameters), "linear11.bias"],
  ["not of the network", claims([...binary!.parameters, "linear6.gain"], real!.parameters), "linear6.gain"],
  [
    "a statistic",
    claims(binary!.parameters, [...real!.parameters, "batchNorm7.running_mean"]),
    "batchNorm7.running_mean",
  ],
  ["with no optimizer at all", { ...spec, optimizers: [] }, "batchNorm1.weight"],
] as const) {
  test(`a parameter ${name}: ERR_OPTIMIZER_CLAIM`, async () => {
    const error = await refusedBy(() => open(changed), "ERR_OPTIMIZER_CLAIM", literal(`"${parameter}"`));
    assert.is((error as Error & { details: { parameter: string } }).details.parameter, parameter);
  });
}

test("methods for real values take the number of samples from those for binary ones, wherever they stand", async () => {
  const inputs = new Float32Array(12);
  const step = { inputs, targets: Int32Array.of(1), batch: 1, phase: "train" as const, commit: false };
  const [two, follows] = spec.optimizers;
  for (const optimizers of [
    [two, follows],
    [follows, two],
    [follows, two, { ...bayesbinn({ samples: 2 }), parameters: [] }],
  ]) {
    const session = open({ ...spec, optimizers });
    assert.is((await session.replay(step)).losses.length, 2);
    session.dispose();
  }
});

test("a method without parameters and a network without parameters are accepted", () => {
  open({ ...spec, optimizers: [...spec.optimizers, { ...adam(), parameters: [] }] }).dispose();
  open(sessionSpec({ layers: chain(["tanh"]) })).dispose();
});

test.run();
