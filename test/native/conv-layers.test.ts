/** The layers conv2d and convTranspose2d against float64, on bits and on float32 values. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { sizeOf } from "../../lib/layers/shape.js";
import type { NativeSession, ReplayCall } from "../../lib/native/contract.js";
import type { ErrorCode } from "../../lib/native/errors.js";
import { kernels } from "./support/addon.js";
import { close, epsilon32 } from "./support/compare.js";
import { randomFloats } from "./support/random.js";
import { type ConvProblem, convReference } from "./support/reference-conv.js";
import { convolutionOptions } from "./support/reference-conv-layers.js";
import type { Sums } from "./support/reference-linear.js";
import { refusedBy } from "./support/refused.js";
import { bayesbinn, chain, labelled, openSession, type SessionParts, trainCall } from "./support/specs.js";

const test = suite("layers of convolutions");

type Image = readonly [channels: number, rows: number, columns: number];

interface Row {
  readonly type: "conv2d" | "convTranspose2d";
  readonly input: Image;
  readonly options: Readonly<Record<string, unknown>>;
}

/** Numbers of channels with groups of four and of six in the packed form, few ones, and several blocks of 256. */
const rows: readonly Row[] = [
  { type: "conv2d", input: [3, 7, 5], options: { channels: 33, padding: [1, 1] } },
  { type: "conv2d", input: [1, 9, 6], options: { channels: 5, kernelSize: [5, 5], stride: [2, 2], padding: [2, 2] } },
  { type: "conv2d", input: [31, 4, 3], options: { channels: 97, kernelSize: [1, 1] } },
  { type: "conv2d", input: [2, 5, 7], options: { channels: 1, kernelSize: [2, 3], stride: [2, 3], padding: [0, 1] } },
  { type: "conv2d", input: [7, 3, 3], options: { channels: 257, kernelSize: [3, 2] } },
  { type: "convTranspose2d", input: [5, 3, 4], options: { channels: 3 } },
  { type: "convTranspose2d", input: [97, 2, 3], options: { channels: 31, kernelSize: [3, 3], padding: [1, 1] } },
  { type: "convTranspose2d", input: [1, 1, 1], options: { channels: 1, kernelSize: [1, 1], stride: [1, 1] } },
  // Pixels that no tap reaches hold the bias alone.
  {
    type: "convTranspose2d",
    input: [3, 2, 4],
    options: { channels: 17, kernelSize: [1, 2], stride: [3, 3], outputPadding: [2, 1] },
  },
  {
    type: "convTranspose2d",
    input: [33, 5, 3],
    options: { channels: 7, kernelSize: [3, 3], padding: [1, 1], outputPadding: [1, 1] },
  },
  { type: "convTranspose2d", input: [4, 2, 3], options: { channels: 257, kernelSize: [2, 3] } },
];

/** Rounding errors of k random terms add up to about eps/2 times the sum of their sizes at most; four times for the tails. */
const tolerances = ({ sizes }: Sums) => sizes.map((size) => 4 * (epsilon32 / 2) * size);

const plus = ({ values, sizes }: Sums, bias: ArrayLike<number> | undefined, pixels: number): Sums => {
  const of = (at: number) => bias?.[Math.floor(at / pixels) % bias.length] ?? 0;
  return { values: values.map((value, at) => value + of(at)), sizes: sizes.map((size, at) => size + Math.abs(of(at))) };
};

/** Sums over batch and pixels, a channel each. */
function channelSums(values: ArrayLike<number>, channels: number, pixels: number): Sums {
  const sums = { values: new Float64Array(channels), sizes: new Float64Array(channels) };
  for (let at = 0; at < values.length; at++) {
    sums.values[Math.floor(at / pixels) % channels]! += values[at]!;
    sums.sizes[Math.floor(at / pixels) % channels]! += Math.abs(values[at]!);
  }
  return sums;
}

/** What a layer makes of `input` and `outputGradient`: a transposed one is a convolution seen from behind. */
function reference({ type, options }: Row, input: Image, output: Image, flow: Flow): Readonly<Record<string, Sums>> {
  const forward = type === "conv2d";
  const [from, to] = forward ? [input, output] : [output, input];
  const problem: ConvProblem = {
    ...convolutionOptions(chain([type, options])[0]!),
    batch: flow.batch,
    inChannels: from[0],
    height: from[1],
    width: from[2],
    outChannels: to[0],
    weights: flow.weights,
    input: forward ? flow.input : flow.outputGradient,
    outputGradient: forward ? flow.outputGradient : flow.input,
  };
  const sums = convReference(problem);
  const pixels = output[1] * output[2];
  return {
    output: plus(forward ? sums["output"]! : sums["inputGradient"]!, flow.bias, pixels),
    inputGradient: forward ? sums["inputGradient"]! : sums["output"]!,
    weightGradient: sums["weightGradient"]!,
    biasGradient: channelSums(flow.outputGradient, output[0], pixels),
  };
}

interface Flow {
  readonly batch: number;
  readonly input: Float32Array;
  readonly weights: ArrayLike<number>;
  readonly bias: ArrayLike<number> | undefined;
  readonly outputGradient: Float32Array;
}

/** Replays a call and holds all it gives against float64. */
async function check(row: Row, session: NativeSession, call: ReplayCall, what: string): Promise<Float32Array[]> {
  const { outputShape, parameters } = session.describe();
  const result = await session.replay(call);
  const used: Record<string, { weights: Float32Array; gradient: Float32Array }> = {};
  const places = [0, 0];
  for (const { name, optimizer, shape } of parameters) {
    const part = places[optimizer]!;
    places[optimizer]! += sizeOf(shape);
    used[name.split(".")[1]!] = {
      weights: result.weights[optimizer]!.slice(part, places[optimizer]!),
      gradient: result.gradients[optimizer]!.slice(part, places[optimizer]!),
    };
  }
  const flow: Flow = {
    batch: call.batch,
    input: call.inputs,
    weights: used["weight"]!.weights,
    bias: used["bias"]?.weights,
    outputGradient: call.outputGradients![0]!,
  };
  const expected = reference(row, row.input, outputShape as unknown as Image, flow);
  const actual: Readonly<Record<string, Float32Array | undefined>> = {
    output: result.outputs[0],
    inputGradient: result.inputGradients[0],
    weightGradient: used["weight"]!.gradient,
    biasGradient: used["bias"]?.gradient,
  };
  for (const [key, sums] of Object.entries(expected)) {
    if (actual[key]) close(actual[key], sums.values, tolerances(sums), `${what}: ${key}`);
  }
  return [...result.weights];
}

for (const row of rows) {
  test(`${row.type} of [${row.input}] ${JSON.stringify(row.options)}: output and gradients`, async () => {
    for (const weights of ["binary", "real"]) {
      for (const bias of ["none", "real", "binary"]) {
        for (const batch of [1, 3, 6, 17]) {
          const session = openSession({
            layers: chain([row.type, { ...row.options, weights, bias }]),
            inputShape: row.input,
            maxBatch: batch,
            threads: 2,
            loss: "meanSquaredError",
            binary: bayesbinn({ temperature: 1e-10 }),
          });
          const { outputShape, parameters } = session.describe();
          assert.equal(
            parameters.map(({ packed }) => packed),
            parameters.map(({ name, kind }) => kind === "binary" && name.endsWith(".weight")),
          );
          const state = await session.getState("model");
          await session.setState(
            "model",
            state.map(({ name, shape, data }, i) => ({ name, shape, data: randomFloats(data.length, 7 + i) })),
          );
          const call: ReplayCall = {
            inputs: randomFloats(batch * sizeOf(row.input), 1),
            outputGradients: [randomFloats(batch * sizeOf(outputShape), 2)],
            batch,
            phase: "train",
            commit: false,
          };
          const what = `${weights} weights, bias ${bias}, batch ${batch}`;
          const drawn = await check(row, session, call, `${what}, as drawn`);
          await check(row, session, { ...call, phase: "eval" }, `${what}, evaluation`);
          // The same weights from outside are float32 values, with the same result.
          await check(row, session, { ...call, weights: drawn }, `${what}, as values`);
          session.dispose();
        }
      }
    }
  });
}

test("the input gradient of the first layer is left out, and times go by the layer's passes", async () => {
  const types = ["conv2d", "convTranspose2d"];
  for (const [first, ...next] of [...types.map((type) => [type]), ...types.map((type) => [type, type])]) {
    const layers = chain(...[first!, ...next].map((type) => [type, { stride: [1, 1] }] as const), ["flatten"]);
    const session = openSession({ layers, inputShape: [3, 5, 6] });
    await session.train(trainCall(session.addDataset(labelled(7, [3, 5, 6], 3))));
    const { forward, inputGradient, weightGradient } = session.profile();
    assert.ok(forward > 0 && weightGradient > 0, `${first}: ${forward} s, ${weightGradient} s`);
    assert.is(inputGradient > 0, next.length > 0, `${first} and ${next.length} more: ${inputGradient} s`);
  }
});

test("real weights start uniform in +-sqrt(6 / ((in + out) taps)), real biases at 0", async () => {
  for (const type of ["conv2d", "convTranspose2d"]) {
    const layers = chain([type, { channels: 5, kernelSize: [3, 2], weights: "real", bias: "real" }]);
    const session = openSession({ layers, inputShape: [7, 4, 4], seed: 3, loss: "meanSquaredError" });
    const [weights, bias] = await session.getState("model");
    const u = new Float32Array(7 * 5 * 6);
    kernels.uniform({ seed: 3, stream: "initialisation", step: 0, sample: 3 }, u);
    const limit = Math.sqrt(6 / ((7 + 5) * 6));
    close(
      weights!.data,
      Float64Array.from(u, (value) => (2 * value - 1) * limit),
      1e-7,
      type,
    );
    assert.equal(bias!.data, new Float32Array(5));
  }
});

const misfits: readonly (readonly [name: string, parts: SessionParts, code: ErrorCode, message: RegExp])[] = [
  [
    "a vector into a convolution",
    { layers: chain(["tanh"], ["conv2d"]), inputShape: [5] },
    "ERR_SHAPE_MISMATCH",
    /"conv2d2" takes images \[channels, rows, columns\], but "tanh1" gives \[5\]/,
  ],
  [
    "a vector into a transposed convolution",
    { layers: chain(["convTranspose2d"]), inputShape: [5, 3] },
    "ERR_SHAPE_MISMATCH",
    /"convTranspose2d1" takes images .*"input" gives \[5, 3\]/,
  ],
  [
    "a kernel larger than the image",
    { layers: chain(["conv2d", { kernelSize: [3, 5], padding: [0, 1] }]), inputShape: [2, 3, 2] },
    "ERR_SHAPE_MISMATCH",
    /"conv2d1" .*kernel of \[3, 5\].*padding of \[0, 1\].*"input" gives \[2, 3, 2\]/,
  ],
  [
    "a transposed convolution that cuts off all there is",
    { layers: chain(["convTranspose2d", { padding: [0, 2] }]), inputShape: [2, 3, 2] },
    "ERR_SHAPE_MISMATCH",
    /"convTranspose2d1" .*padding of \[0, 2\].*"input" gives \[2, 3, 2\]/,
  ],
  [
    "more rows than a transposed convolution can have",
    { layers: chain(["convTranspose2d", { outputPadding: [2, 1] }]), inputShape: [2, 3, 2] },
    "ERR_OPTION_RANGE",
    /"convTranspose2d1": outputPadding \[2, 1\] given, accepted: less than the stride \[2, 2\]/,
  ],
  [
    "a kernel too large",
    {
      layers: chain(["conv2d", { kernelSize: [2 ** 16, 2 ** 16], padding: [2 ** 15, 2 ** 15] }]),
      inputShape: [1, 1, 1],
    },
    "ERR_SHAPE_MISMATCH",
    /too large/,
  ],
  [
    "an image too large after a transposed convolution",
    { layers: chain(["convTranspose2d", { stride: [2 ** 16, 2 ** 16] }]), inputShape: [1, 2, 2] },
    "ERR_SHAPE_MISMATCH",
    /too large/,
  ],
];

for (const [name, parts, code, message] of misfits) {
  test(`${name}: ${code}`, async () => {
    await refusedBy(() => openSession(parts), code, message);
  });
}

test.run();
