// Max pooling bit by bit: which of equal values wins, what a NaN does, and windows of every width of the kept places.
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { sizeOf } from "../../lib/layers/shape.js";
import { close, sameBits } from "./support/compare.js";
import { generator, randomFloats } from "./support/random.js";
import { chain, openSession } from "./support/specs.js";

const test = suite("pooling");

const { NaN: nan, NEGATIVE_INFINITY: least, POSITIVE_INFINITY: most } = Number;

/** Of one axis. */
type Window = { readonly size: number; readonly stride: number; readonly padding: number };

const places = (pixels: number, { size, stride, padding }: Window) =>
  Math.floor((pixels + 2 * padding - size) / stride) + 1;
/** Options of a layer whose windows go like `down` along rows and like `across` along columns. */
const pairs = (down: Window, across: Window) => ({
  size: [down.size, across.size],
  stride: [down.stride, across.stride],
  padding: [down.padding, across.padding],
});

async function run(type: string, options: object, inputShape: number[], inputs: Float32Array, gradient?: Float32Array) {
  const layers = chain([type, { ...options }]);
  const batch = inputs.length / sizeOf(inputShape);
  const session = openSession({ layers, inputShape, maxBatch: batch + 3, loss: "meanSquaredError", threads: 2 });
  const outputs = batch * sizeOf(session.describe().outputShape);
  const outputGradients = [gradient ?? new Float32Array(outputs).fill(1)];
  const result = await session.replay({ inputs, outputGradients, batch, phase: "eval", commit: false });
  const predicted = await session.predict({ inputs, batchSize: batch, output: "logits", samples: 0, draw: 0 });
  sameBits(predicted.values, result.outputs[0]!, "without a backward pass to follow");
  session.dispose();
  return { output: result.outputs[0]!, inputGradient: result.inputGradients[0]! };
}

/** Image by image, window by window; gradients add up in the order of the windows. */
function maxPool(
  inputs: Float32Array,
  [rows, columns]: readonly [number, number],
  [down, across]: readonly [Window, Window],
  dy: Float32Array,
) {
  const output: number[] = [];
  const inputGradient = new Float32Array(inputs.length);
  for (let start = 0; start < inputs.length; start += rows * columns) {
    for (let r = 0; r < places(rows, down); r++) {
      for (let c = 0; c < places(columns, across); c++) {
        let winner = -1;
        for (let i = 0; i < down.size; i++) {
          for (let j = 0; j < across.size; j++) {
            const [row, column] = [r * down.stride - down.padding + i, c * across.stride - across.padding + j];
            if (row < 0 || row >= rows || column < 0 || column >= columns) continue;
            const at = start + row * columns + column;
            const [value, best] = [inputs[at]!, inputs[winner]!];
            if (winner < 0 || value > best || (Number.isNaN(value) && !Number.isNaN(best))) winner = at;
          }
        }
        inputGradient[winner]! += dy[output.length]!;
        output.push(inputs[winner]!);
      }
    }
  }
  return { output: Float32Array.from(output), inputGradient };
}

const halves = { size: 2, stride: 2, padding: 0 };
const pixels = { size: 1, stride: 1, padding: 0 };
const overlapping = { size: 3, stride: 1, padding: 1 };
const large = { size: 17, stride: 1, padding: 8 };
for (const [channels, rows, columns, batch, down, across] of [
  [3, 5, 7, 17, halves, halves],
  [1, 1, 13, 1, pixels, pixels],
  [2, 7, 3, 5, overlapping, overlapping],
  [5, 11, 2, 33, { ...overlapping, stride: 2 }, { ...overlapping, stride: 2 }],
  [1, 5, 5, 3, { size: 4, stride: 3, padding: 2 }, { size: 4, stride: 3, padding: 2 }],
  [2, 17, 19, 2, large, large],
  [3, 6, 10, 4, halves, halves],
  [2, 5, 9, 8, halves, overlapping],
  [3, 7, 5, 9, overlapping, halves],
  [3, 7, 11, 17, overlapping, { size: 4, stride: 3, padding: 0 }],
  [2, 5, 13, 3, pixels, { size: 5, stride: 2, padding: 2 }],
  [1, 23, 3, 5, large, pixels],
] as const) {
  const options = pairs(down, across);
  test(`few different values in [${channels}, ${rows}, ${columns}], ${JSON.stringify(options)}, batch ${batch}`, async () => {
    const next = generator(9);
    const values = [-1, 0, 1, 1, 2, least, most, nan];
    const drawn = () => values[Math.floor(next() * values.length)]!;
    const inputs = Float32Array.from({ length: batch * channels * rows * columns }, drawn);
    const outputs = batch * channels * places(rows, down) * places(columns, across);
    // Whole numbers: sums of them are exact in any order.
    const dy = Float32Array.from({ length: outputs }, () => Math.floor(next() * 9));
    const expected = maxPool(inputs, [rows, columns], [down, across], dy);
    const actual = await run("maxPool2d", options, [channels, rows, columns], inputs, dy);
    sameBits(actual.output, expected.output, "output");
    sameBits(actual.inputGradient, expected.inputGradient, "gradient of the input");
  });
}

// Places within a window take one byte, two or four.
for (const [rows, columns] of [
  [16, 16],
  [257, 1],
  [256, 256],
  [1, 65537],
  [263, 257],
] as const) {
  test(`the largest of ${rows} by ${columns}`, async () => {
    for (const winner of [0, 256, 65536, rows * columns - 1].filter((place) => place < rows * columns)) {
      const inputs = new Float32Array(2 * rows * columns).fill(-1);
      inputs[winner] = 3;
      inputs[2 * rows * columns - 1] = 4;
      const expected = new Float32Array(inputs.length);
      expected[winner] = 5;
      expected[2 * rows * columns - 1] = 6;
      const shape = [2, rows, columns];
      const { output, inputGradient } = await run("globalMaxPool2d", {}, shape, inputs, Float32Array.of(5, 6));
      assert.equal(output, Float32Array.of(3, 4));
      sameBits(inputGradient, expected, `pixel ${winner}`);
    }
  });
}

test("padding counts as zeros of an average, and as nothing in a maximum", async () => {
  const inputs = Float32Array.of(-4, -8);
  const padded = { size: 2, stride: 1, padding: 1 };
  const options = pairs(padded, padded);
  const average = await run("averagePool2d", options, [1, 1, 2], inputs);
  assert.equal(average.output, Float32Array.of(-1, -3, -2, -1, -3, -2));
  assert.equal(average.inputGradient, Float32Array.of(1, 1));
  const largest = await run("maxPool2d", options, [1, 1, 2], inputs);
  assert.equal(largest.output, Float32Array.of(-4, -4, -8, -4, -4, -8));
  assert.equal(largest.inputGradient, Float32Array.of(4, 2));
});

test("the mean of a large image loses few digits", async () => {
  const pixels = 251 * 257;
  const inputs = randomFloats(pixels, 3, 0.5, 1);
  const exact = inputs.reduce((sum, value) => sum + value, 0) / pixels;
  const { output, inputGradient } = await run("globalAveragePool2d", {}, [1, 251, 257], inputs);
  // One long float32 sum would be off by some 1e-5: rows first, then their sums, makes each error that of 257 terms.
  close(output, [exact], 3e-6, "mean");
  close(inputGradient, new Array(pixels).fill(1 / pixels), 1e-12, "gradient");
});

test.run();
