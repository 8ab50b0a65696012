import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { DrawAddress } from "../../lib/native/contract.js";
import { kernels } from "./support/addon.js";
import { equalBits, sameBits } from "./support/compare.js";
import { guarded } from "./support/margins.js";
import { streams } from "./support/streams.js";

const test = suite("philox");

/**
 * Known answers of Philox4x32-10 as published with the generator: `kat_vectors` of Random123, the library of Salmon,
 * Moraes, Dror and Shaw, "Parallel Random Numbers: As Easy as 1, 2, 3", SC 2011.
 */
const knownAnswers = [
  { counter: [0, 0, 0, 0], key: [0, 0], words: [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8] },
  {
    counter: [0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff],
    key: [0xffffffff, 0xffffffff],
    words: [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd],
  },
  {
    counter: [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
    key: [0xa4093822, 0x299f31d0],
    words: [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1],
  },
];

for (const { counter, key, words } of knownAnswers) {
  test(`known answer ${words[0]!.toString(16)}`, () => {
    assert.equal([...kernels.philox(Uint32Array.from(counter), Uint32Array.from(key))], words);
  });
}

const address: DrawAddress = { seed: 2 ** 40 + 3, stream: "dropout", step: 7, sample: 5 };

function uniforms(count: number, at: Partial<DrawAddress> = {}): Float32Array {
  const out = new Float32Array(count);
  kernels.uniform({ ...address, ...at }, out);
  return out;
}

/** The words that the elements of a draw come from: counter = (element / 4, sample, step, stream), key = seed. */
function wordOf(element: number, at: DrawAddress): number {
  const counter = Uint32Array.of(Math.floor(element / 4), at.sample, at.step, streams.indexOf(at.stream));
  const key = Uint32Array.of(at.seed % 2 ** 32, Math.floor(at.seed / 2 ** 32));
  return kernels.philox(counter, key)[element % 4]!;
}

test("uniforms are max(k, 1) 2^-24 with the upper 24 bits k of word element mod 4 of block element / 4", () => {
  // Several blocks, more than one parallel task (32768), and no multiple of 4.
  const count = 32768 + 257;
  for (const at of [
    address,
    { ...address, stream: "weights" as const, seed: 2 ** 53 - 1, step: 2 ** 32 - 1, sample: 0 },
  ]) {
    const expected = Float32Array.from({ length: count }, (_, i) => Math.max(wordOf(i, at) >>> 8, 1) * 2 ** -24);
    sameBits(uniforms(count, at), expected, at.stream);
  }
});

test("an array of any length is filled, and nothing beside it", () => {
  const long = uniforms(1000);
  for (const length of [0, 1, 2, 3, 5, 255, 256, 257, 997]) {
    const out = guarded(length);
    kernels.uniform(address, out.values);
    sameBits(out.values, long.slice(0, length), `${length} elements`);
    out.check(`${length} elements`);
  }
});

test("every part of the address leads to other draws", () => {
  const draws = [
    uniforms(64),
    uniforms(64, { seed: address.seed + 1 }),
    uniforms(64, { seed: address.seed + 2 ** 32 }),
    uniforms(64, { step: 8 }),
    uniforms(64, { sample: 6 }),
    ...streams.filter((stream) => stream !== address.stream).map((stream) => uniforms(64, { stream })),
  ];
  for (let i = 0; i < draws.length; i++) {
    for (let j = 0; j < i; j++) assert.not.ok(equalBits(draws[i]!, draws[j]!), `draws ${i} and ${j}`);
  }
});

// The seed is fixed, so that these hold or fail for good; limits of 5 standard errors say that a failure is no chance.
test("uniforms have the mean, the variance and the evenness of a uniform variable, in (0, 1)", () => {
  const count = 1 << 18;
  const values = uniforms(count);
  let [sum, squares, neighbours] = [0, 0, 0];
  const counts = new Float64Array(64);
  values.forEach((value, i) => {
    assert.ok(value >= 2 ** -24 && value <= 1 - 2 ** -24, `element ${i} is ${value}`);
    sum += value;
    squares += (value - 0.5) ** 2;
    neighbours += (value - 0.5) * ((values[i + 1] ?? 0.5) - 0.5);
    counts[Math.floor(value * 64)]!++;
  });
  // Standard errors: of a mean of u, sqrt(1/12 / n); of (u - 1/2)^2, sqrt(1/180 / n); of a product of two, 1/12 / sqrt(n).
  assert.ok(Math.abs(sum / count - 0.5) < 5 * Math.sqrt(1 / 12 / count), `mean ${sum / count}`);
  assert.ok(Math.abs(squares / count - 1 / 12) < 5 * Math.sqrt(1 / 180 / count), `variance ${squares / count}`);
  assert.ok(Math.abs(neighbours / count) < (5 / 12) * Math.sqrt(1 / count), `covariance ${neighbours / count}`);
  // Chi-square of 63 degrees of freedom: mean 63, standard deviation sqrt(126).
  const chiSquare = counts.reduce((total, n) => total + (n - count / 64) ** 2 / (count / 64), 0);
  assert.ok(Math.abs(chiSquare - 63) < 5 * Math.sqrt(126), `chi-square ${chiSquare}`);
});

test("a permutation holds every place once", () => {
  for (const count of [0, 1, 2, 3, 4, 5, 17, 1000, 4099]) {
    const order = kernels.permutation(count, 1, 0);
    assert.is(order.length, count);
    assert.equal(
      [...order].sort((a, b) => a - b),
      Array.from({ length: count }, (_, i) => i),
    );
  }
});

test("a permutation is the Fisher-Yates shuffle of the shuffle stream, which depends on seed and epoch", () => {
  const expected = Array.from({ length: 101 }, (_, i) => i);
  for (let i = 0; i < 100; i++) {
    const word = wordOf(i, { seed: 9, stream: "shuffle", step: 4, sample: 0 });
    const j = i + Math.floor((word * (101 - i)) / 2 ** 32);
    [expected[i], expected[j]] = [expected[j]!, expected[i]!];
  }
  assert.equal([...kernels.permutation(101, 9, 4)], expected);
  assert.equal(kernels.permutation(101, 9, 4), kernels.permutation(101, 9, 4));
  assert.not.equal(kernels.permutation(101, 9, 5), kernels.permutation(101, 9, 4));
  assert.not.equal(kernels.permutation(101, 10, 4), kernels.permutation(101, 9, 4));
});

test("over many epochs every sample visits every place about equally often", () => {
  const [count, epochs] = [8, 4000];
  const visits = new Float64Array(count * count);
  for (let epoch = 0; epoch < epochs; epoch++) {
    kernels.permutation(count, 3, epoch).forEach((sample, place) => {
      visits[sample * count + place]!++;
    });
  }
  // A binomial count of mean epochs / 8; the largest of 64 within 5 standard deviations.
  const deviation = Math.sqrt((epochs / count) * (1 - 1 / count));
  for (const visit of visits) assert.ok(Math.abs(visit - epochs / count) < 5 * deviation, `${visit} visits`);
});

test.run();
