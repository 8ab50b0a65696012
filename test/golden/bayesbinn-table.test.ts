/*
 * bb00: w and scale for a grid of lambda, u and temperature, through the kernels.
 *
 * What is compared, and how well:
 * - temperatures 1e-10 and 1e-8: signs by definition, so that w is compared where |lambda + delta| / tau > 9.02 and its
 *   float32 tanh is +-1. One cell of each is left: lambda = 0 and u = 1/2, where the formula has w = 0.
 * - other temperatures: w as closely as the rounding of its argument allows.
 * - scales, float32: the recorded 1 - tanh^2 is a difference of numbers near 1, off by up to 3.5 2^-24 (one last bit of
 *   tanh, doubled by the square, and the roundings). That gives a range for the scale, in which both sides have to lie:
 *   within 1e-3 for most cells, and up to a factor of 1e7 for those marked `ulp_sensitive`, where 1 - tanh^2 has no
 *   significant bit left and only the range can be held against the recording.
 * - scales, float64: no cell is only compared loosely. With saturation 0 they are held against the exact column, and with
 *   the default saturation against the formula in double precision.
 */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { z } from "zod";
import { sampleWeights, update } from "../../lib/kernels.js";
import { BayesBiNN } from "../../lib/optimizers/bayesbinn.js";
import { constant } from "../../lib/schedules/constant.js";
import { replayed } from "./cases.js";
import { readGolden } from "./read-golden.js";
import { argumentError, halfLogit, isSensitive, recordedRange, sech2, unit } from "./tanh-term.js";

const test = suite("BayesBiNN, table of weights and scales");

const golden = readGolden(replayed.table);
const { taus } = golden.settings(z.object({ taus: z.array(z.number()) }));
const epsilon = 1e-10;
const saturation = 2 ** -24;
/** Up to this temperature the weights are signs by definition. */
const signTemperature = 1e-6;

/** Each lambda with each u. The case's u = 0 is left out: noise lies in (0, 1), and 2^-24, the least drawn, is there too. */
const cells = [...golden.f32("lambda")].flatMap((lambda, row) =>
  [...golden.f32("u")].map((u, column) => ({ lambda, u, row, column })).filter(({ u }) => u > 0),
);

interface Cell {
  readonly label: string;
  readonly tau: number;
  readonly signs: boolean;
  readonly lambda: number;
  /** Argument of the tanh of w, and how far the roundings on the way to it move it. */
  readonly x: number;
  readonly xError: number;
  readonly sensitive: boolean;
  readonly recorded: { readonly w: number; readonly scale: number; readonly w64: number; readonly scale64: number };
  /** What the kernels make of it, the scale with the default saturation and with none. */
  readonly w: number;
  readonly scale: number;
  readonly exactScale: number;
}

const table: Cell[] = taus.flatMap((tau, index) => {
  const { weights, scales } = runKernels(tau, saturation);
  const exactScales = runKernels(tau, 0).scales;
  return cells.map(({ lambda, u, row, column }, i): Cell => {
    const at = [index, row, column] as const;
    return {
      label: `temperature ${tau}, lambda ${lambda}, u ${u}`,
      tau,
      signs: tau <= signTemperature,
      lambda,
      x: (lambda + halfLogit(u)) / tau,
      xError: argumentError(lambda, u, tau),
      sensitive: golden.u8("ulp_sensitive", ...at)[0] === 1,
      recorded: {
        w: golden.f32("w", ...at)[0]!,
        scale: golden.f32("scale", ...at)[0]!,
        w64: golden.f64("w_f64", ...at)[0]!,
        scale64: golden.f64("scale_f64", ...at)[0]!,
      },
      w: weights[i]!,
      scale: scales[i]!,
      exactScale: exactScales[i]!,
    };
  });
});
const undecided = table.filter(({ signs, x }) => signs && Math.abs(x) <= 9.02);
const decided = table.filter((cell) => !undecided.includes(cell));

test("at low temperatures the weights are the recorded signs", () => {
  for (const { signs, w, recorded, label } of decided) if (signs) assert.is(w, recorded.w, label);
});

test("at low temperatures 0 counts as +1 and 1 - w^2 as 0, where the formula has w = 0", () => {
  assert.equal(
    undecided.map(({ tau, lambda, x, w, scale, recorded }) => ({ tau, lambda, x, w, scale, recorded: recorded.w })),
    taus.slice(0, 2).map((tau) => ({ tau, lambda: 0, x: 0, w: 1, scale: Math.fround(epsilon / tau), recorded: 0 })),
  );
});

test("sensitive cells are marked where 4.5 < |x| < 9.5, of w or of mu", () => {
  for (const { x, lambda, sensitive, label } of table)
    assert.is(sensitive, isSensitive(x) || isSensitive(lambda), label);
});

test("relaxed weights", () => {
  for (const { signs, x, xError, w, recorded, label } of table) {
    if (signs) continue;
    const limit = 4 * unit + sech2(x) * xError;
    assert.ok(Math.abs(w - recorded.w) <= limit, `${label}: ${w}, recorded ${recorded.w}`);
    assert.ok(Math.abs(w - recorded.w64) <= limit, `${label}: ${w}, exactly ${recorded.w64}`);
  }
});

test("an update subtracts the scale", () => {
  for (const tau of taus) {
    const { scales, latent } = runKernels(tau, saturation);
    assert.equal(
      latent,
      Float32Array.from(cells, ({ lambda }, i) => lambda - scales[i]!),
      `temperature ${tau}`,
    );
  }
});

test("scales lie where the float32 recording can lie", () => {
  for (const { tau, lambda, x, xError, sensitive, scale, recorded, label } of decided) {
    const w = recordedRange(x, xError);
    const mu = recordedRange(lambda, 0);
    const low = ((w.low + epsilon) / (mu.high + epsilon) / tau) * (1 - 8 * unit);
    const high = ((w.high + epsilon) / (mu.low + epsilon) / tau) * (1 + 8 * unit);
    const range = `accepted: ${low} to ${high}`;
    if (!sensitive) assert.ok(high / low < 1 + 2e-3, `${label}: ${range} says too little`);
    assert.ok(recorded.scale >= low && recorded.scale <= high, `${label}: recorded ${recorded.scale}, ${range}`);
    assert.ok(scale >= low && scale <= high, `${label}: ${scale}, ${range}`);
  }
});

test("scales are those of the formula in double precision", () => {
  const saturated = (value: number) => (value < saturation ? 0 : value);
  for (const { tau, signs, lambda, x, xError, scale, label } of decided) {
    const terms = { w: signs ? 0 : sech2(x), mu: sech2(lambda) };
    // Within its rounding of the threshold a term may fall on either side.
    if (Object.values(terms).some((term) => Math.abs(term / saturation - 1) < 1e-3)) continue;
    const expected = (saturated(terms.w) + epsilon) / tau / (saturated(terms.mu) + epsilon);
    const limit =
      8 * unit + relativeError(saturated(terms.w), xError) + relativeError(saturated(terms.mu), unit * lambda);
    assert.ok(Math.abs(scale / expected - 1) <= limit, `${label}: ${scale}, accepted: ${expected}`);
  }
});

test("without saturation scales are exact", () => {
  // The column's own 1 - tanh^2 is off by 2^-53 a rounding, beside terms of at least 1e-10.
  const ownError = (4 * 2 ** -53) / epsilon;
  for (const { signs, lambda, x, xError, exactScale, recorded, label } of decided) {
    // The column's tanh is +-1 only from here on.
    if (signs && Math.abs(x) < 19.1) continue;
    const limit =
      8 * unit + ownError + relativeError(signs ? 0 : sech2(x), xError) + relativeError(sech2(lambda), unit * lambda);
    assert.ok(
      Math.abs(exactScale / recorded.scale64 - 1) <= limit,
      `${label}: ${exactScale}, accepted: ${recorded.scale64}`,
    );
  }
});

test.run();

/** Weights, and scales through an update: with a gradient of 1 and no average the momentum is the scale itself. */
function runKernels(temperature: number, saturation: number) {
  const optimizer = new BayesBiNN({
    temperature,
    saturation,
    learningRate: 1,
    klWeight: 0,
    trainSetSize: 1,
    schedules: { momentum: constant() },
  });
  const lambda = Float32Array.from(cells, (cell) => cell.lambda);
  const noise = Float32Array.from(cells, ({ u }) => u);
  const weights = sampleWeights({ optimizer, latent: lambda, noise, threads: 1 });
  const latent = lambda.slice();
  const scales = new Float32Array(cells.length);
  const ones = new Float32Array(cells.length).fill(1);
  const each = { noise: [noise], gradients: [ones] };
  update({ optimizer, latent, state: { momentum: scales }, ...each, t: 1, threads: 1 });
  return { weights, scales, latent };
}

/** Relative error of `term` + epsilon, a sech^2 whose argument is off by `error`. */
function relativeError(term: number, error: number): number {
  return (2 * Math.abs(error) * term) / (term + epsilon);
}
