/** Draws, weights and updates are formulas that both devices share, in the same order of operations: the same bits. */
import "./support/unfused.js";
import { suite } from "uvu";
import type { KernelDevice } from "../../lib/native/contract.js";
import { kernels } from "../native/support/addon.js";
import { bayesbinnRows, lambdas, uniforms } from "../native/support/bayesbinn-rows.js";
import { sameBits } from "../native/support/compare.js";
import { type Guarded, guarded } from "../native/support/margins.js";
import { namedMethods } from "../native/support/method-rows.js";
import { randomFloats } from "../native/support/random.js";
import type { MethodSpec } from "../native/support/specs.js";
import { streams } from "../native/support/streams.js";
import { sameFormula } from "./support/parity.js";

const test = suite("optimizers on CUDA");

/** One, primes, both sides of four, of a warp and of a block, and several blocks. */
const lengths = [1, 2, 3, 4, 5, 31, 33, 64, 65, 255, 257, 1000, 2053];

test("uniforms", () => {
  for (const [i, stream] of streams.entries()) {
    for (const count of lengths) {
      const address = { seed: 2 ** 40 + i, stream, step: 2 ** 32 - 1 - i, sample: 3 * i };
      const [cuda, cpu] = [guarded(count), guarded(count)];
      kernels.uniform(address, cuda.values, "cuda");
      kernels.uniform(address, cpu.values);
      sameBits(cuda.values, cpu.values, `${stream}, ${count}`);
      cuda.check(stream);
    }
  }
  kernels.uniform({ seed: 1, stream: "weights", step: 0, sample: 0 }, new Float32Array(0), "cuda");
});

/** Latent weights and state of three updates, the second after a pause, on one device. */
function updated(optimizer: MethodSpec, count: number, device: KernelDevice): Record<string, Guarded> {
  const samples = optimizer["estimator"] === "sample" ? Number(optimizer["samples"]) : 1;
  const lists = (make: (sample: number) => Float32Array) => Array.from({ length: samples }, (_, s) => make(s));
  const names = kernels.stateNames(optimizer);
  const latent = guarded(count, lambdas(count, 3));
  const arrays = Object.fromEntries(
    names.map((name, i) => [name, guarded(count, randomFloats(count, 6 + i).map(Math.abs))]),
  );
  const state = Object.fromEntries(names.map((name) => [name, arrays[name]!.values]));
  for (const t of [1, 7, 8]) {
    const noise = lists((s) => uniforms(count, 10 + s + t));
    const gradients = lists((s) => randomFloats(count, 20 + s + t));
    kernels.update({ optimizer, latent: latent.values, state, noise, gradients, t, threads: 1, device });
  }
  return { latent, ...arrays };
}

for (const { name, method } of namedMethods(bayesbinnRows)) {
  test(`${name}: update`, () => {
    for (const count of lengths) {
      const [cuda, cpu] = [updated(method, count, "cuda"), updated(method, count, "cpu")];
      for (const [key, { values }] of Object.entries(cpu)) {
        sameFormula(cuda[key]!.values, values, `${key}, ${count} weights`);
        cuda[key]!.check(`${key}, ${count} weights`);
      }
    }
  });

  test(`${name}: sampled weights`, () => {
    const address = { seed: 5, stream: "weights" as const, step: 3, sample: 2 };
    for (const count of lengths) {
      for (const source of [{ noise: uniforms(count, 2) }, { address }]) {
        const sampled = (device: KernelDevice) => {
          const out = guarded(count);
          const call = { optimizer: method, latent: lambdas(count, count), ...source, weights: out.values };
          kernels.sampleWeights({ ...call, threads: 1, device });
          out.check(`${count} weights`);
          return out.values;
        };
        sameFormula(sampled("cuda"), sampled("cpu"), `${count} weights, ${Object.keys(source)}`);
      }
    }
  });
}

test.run();
