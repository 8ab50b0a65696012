/**
 * Every instruction set that this processor has, in a process each. One step, so that no sign can flip for a last bit
 * and grow. Sets differ in which products and sums they fuse and in how many partial sums they add: a rounding error
 * (2^-24) each, for some hundred terms about 1e-6 of the largest entry of a tensor, and 1e-5 with two layers between.
 * Largest error reached: 2.4e-7.
 */
import { execFileSync } from "node:child_process";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { SystemInfo } from "../../lib/native/contract.js";
import { addon, addonPath } from "./support/addon.js";
import { close } from "./support/compare.js";
import { runChild } from "./support/run-child.js";
import { adam, bayesbinn, chain, sessionSpec } from "./support/specs.js";

const test = suite("instruction sets");
const tolerance = 1e-5;
const variable = "BAYESBINN_INSTRUCTION_SET";
const names = addon
  .systemInfo()
  .instructionSets.filter(({ usable }) => usable)
  .map(({ name }) => name);

interface Tensor {
  readonly name: string;
  readonly data: string;
}

/** What instruction-set.mjs prints; arrays as base64 of their bits. */
interface Answer {
  readonly instructionSet: string;
  readonly uniforms: string;
  readonly permutation: readonly number[];
  readonly initial: readonly Tensor[];
  readonly weights: readonly string[];
  readonly losses: readonly number[];
  readonly outputs: readonly string[];
  readonly inputGradients: readonly string[];
  readonly gradients: readonly string[];
  readonly updated: readonly Tensor[];
  readonly prediction: string;
  readonly request?: { readonly value: string };
  readonly code?: string;
  readonly message: string;
  readonly details: Readonly<Record<string, string>>;
  readonly system: SystemInfo;
}

/** Odd widths; 97 outputs have groups of six inputs, 31 of four. */
const networks = {
  vectors: {
    inputShape: [37],
    layers: chain(
      ["linear", { units: 97, bias: "binary" }],
      ["batchNorm", { affine: true }],
      ["tanh"],
      ["linear", { units: 31, weights: "real", bias: "real" }],
      ["relu"],
      ["linear", { units: 3 }],
    ),
  },
  images: {
    inputShape: [3, 5, 3],
    layers: chain(
      ["conv2d", { channels: 97, padding: [1, 1], bias: "binary" }],
      ["batchNorm"],
      ["tanh"],
      ["conv2d", { channels: 5, stride: [2, 1], weights: "real", bias: "real" }],
      ["tanh"],
      ["convTranspose2d", { channels: 31, bias: "real" }],
      ["tanh"],
      ["flatten"],
      ["linear", { units: 3 }],
    ),
  },
};
type NetworkName = keyof typeof networks;

function spec(network: NetworkName, temperature: number) {
  return sessionSpec({
    ...networks[network],
    maxBatch: 19,
    binary: bayesbinn({ temperature, samples: 2, initialLambda: 0.7, initialLambdaSpread: 0.3 }),
    // Where the gradient is about 0, the first step of Adam is its sign unless epsilon is large.
    real: adam({ epsilon: 1 }),
  });
}

async function answer(instructionSet: string, temperature: number, network: NetworkName = "vectors"): Promise<Answer> {
  const ending = await runChild({
    script: "./instruction-set.mjs",
    args: [JSON.stringify(spec(network, temperature))],
    environment: { [variable]: instructionSet },
  });
  assert.is(ending.code, 0, ending.stderr);
  return JSON.parse(ending.stdout);
}

function floats(base64: string): Float32Array {
  const bytes = Buffer.from(base64, "base64");
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
}

function closeTo(actual: string, expected: string, what: string): void {
  const values = floats(expected);
  const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  assert.ok(largest > 0, what);
  close(floats(actual), values, tolerance * largest, what);
}

for (const network of ["vectors", "images"] as const) {
  for (const temperature of [1e-10, 0.5]) {
    test(`${network}, temperature ${temperature}: the same draws bit for bit, the same step up to rounding errors`, async () => {
      const [oldest, ...others] = await Promise.all(names.map((name) => answer(name, temperature, network)));
      assert.equal(
        [oldest!, ...others].map(({ instructionSet, request }) => [instructionSet, request]),
        names.map((name) => [name, { value: name }]),
      );
      for (const other of others) {
        const what = `${other.instructionSet} and ${oldest!.instructionSet}`;
        for (const key of ["uniforms", "permutation", "initial"] as const) assert.equal(other[key], oldest![key], what);
        for (const key of ["weights", "outputs", "inputGradients", "gradients"] as const) {
          for (const [i, values] of oldest![key].entries()) closeTo(other[key][i]!, values, `${what}: ${key} ${i}`);
        }
        if (temperature < 1e-6) assert.equal(other.weights[0], oldest!.weights[0], `${what}: signs`);
        close(other.losses, oldest!.losses, tolerance, `${what}: losses`);
        closeTo(other.prediction, oldest!.prediction, `${what}: prediction`);
        for (const [i, { name, data }] of oldest!.updated.entries())
          closeTo(other.updated[i]!.data, data, `${what}: ${name}`);
      }
    });
  }
}

test("without a request, and with an empty one, the newest usable one is chosen", async () => {
  const { instructionSet, request } = await answer("", 1);
  assert.is(instructionSet, names.at(-1));
  assert.is(request, undefined);
});

test("a name that there is not, or that this processor has not: ERR_OPTION_RANGE, and none is chosen", async () => {
  const missing = addon
    .systemInfo()
    .instructionSets.filter(({ usable }) => !usable)
    .map(({ name }) => name);
  for (const name of ["mmx", "AVX2", process.arch === "arm64" ? "avx2" : "neon", ...missing]) {
    const { code, message, details, system } = await answer(name, 1);
    assert.is(code, "ERR_OPTION_RANGE");
    for (const part of [variable, `"${name}"`, `accepted: ${names.join(", ")}`])
      assert.ok(message.includes(part), message);
    assert.equal(details, { path: variable, value: name, accepted: names.join(", ") });
    assert.not.ok(system.instructionSets.some(({ chosen }) => chosen));
    assert.equal(system.instructionSetRequest, { value: name, problem: message });
  }
});

/**
 * The linker keeps one copy of an inline function of the standard library. Were it one that was compiled for a newer
 * set, older processors would crash in it.
 */
const disassembled = process.arch === "x64" && hasObjdump();
(disassembled ? test : test.skip)("instructions of a newer set are in the functions of its own namespace alone", () => {
  const listing = execFileSync("objdump", ["-d", "--no-show-raw-insn", addonPath()], {
    encoding: "utf8",
    maxBuffer: 2 ** 30,
  });
  const wrong = new Set<string>();
  const found = { avx2: 0, avx512: 0 };
  let name = "";
  for (const line of listing.split("\n")) {
    name = /^[0-9a-f]+ <(.+)>:$/.exec(line)?.[1] ?? name;
    // Encoded with VEX or EVEX: mnemonics with v, registers beyond ymm15, masks.
    const instruction = /^\s+[0-9a-f]+:\s+(\S+)\s*(.*)$/.exec(line);
    if (instruction === null) continue;
    const [, mnemonic = "", operands = ""] = instruction;
    const avx512 = /%zmm|%k[0-7]|%[xy]mm(1[6-9]|2\d|3[01])/.test(operands);
    if (!avx512 && !(mnemonic.startsWith("v") && /%[xy]mm|^$/.test(operands))) continue;
    const own = /6avx512/.test(name) ? "avx512" : /4avx2/.test(name) ? "avx2" : undefined;
    if (own !== undefined) found[own]++;
    if (own === undefined || (avx512 && own === "avx2")) wrong.add(name);
  }
  assert.equal([...wrong], []);
  assert.ok(found.avx2 > 1000 && found.avx512 > 1000, JSON.stringify(found));
});

function hasObjdump(): boolean {
  try {
    execFileSync("objdump", ["--version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

test.run();
