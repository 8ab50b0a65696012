import { suite } from "uvu";
import * as assert from "uvu/assert";
import { toDatasetSpec } from "../../../lib/data/dataset-spec.js";
import { type ArraysOptions, fromArrays } from "../../../lib/data/from-arrays.js";
import { networkInputs } from "../../../lib/data/network-inputs.js";
import { subset } from "../../../lib/data/subset.js";
import { failure } from "./idx-files.js";

const test = suite("dataset spec");

const allBytes: ArraysOptions = {
  inputs: Uint8Array.from({ length: 256 }, (_, value) => value),
  sampleShape: [1, 2, 2],
  targets: new Int32Array(64),
};

test("bytes: the table is rounded once from double precision", () => {
  const normalization = { scale: 1 / 255, mean: [0.1307], std: [0.3081] };
  const spec = toDatasetSpec(fromArrays({ ...allBytes, normalization }));
  assert.is(spec.byteTable?.length, 256);
  for (let value = 0; value < 256; value++) {
    assert.is(spec.byteTable?.[value], Math.fround((value * (1 / 255) - 0.1307) / 0.3081));
  }
  assert.is(spec.scale, undefined);
  assert.is(spec.shift, undefined);
  assert.is(spec.targetWidth, 1);
  assert.equal(spec.sampleShape, [1, 2, 2]);
});

test("bytes: one row a channel where mean or std differ", () => {
  const arrays = { ...allBytes, sampleShape: [2, 1, 2] };
  const both = toDatasetSpec(fromArrays({ ...arrays, normalization: { scale: 2, mean: [1, 3], std: [4, 5] } }));
  const single = toDatasetSpec(fromArrays({ ...arrays, normalization: { scale: 2, mean: [1, 3], std: [4] } }));
  const last = toDatasetSpec(fromArrays({ ...arrays, normalization: { scale: 2, mean: [1], std: [4, 5] } }));
  for (let value = 0; value < 256; value++) {
    const row = (mean: number, std: number) => Math.fround((value * 2 - mean) / std);
    assert.equal([both.byteTable?.[value], both.byteTable?.[256 + value]], [row(1, 4), row(3, 5)]);
    assert.equal([single.byteTable?.[value], single.byteTable?.[256 + value]], [row(1, 4), row(3, 4)]);
    assert.equal([last.byteTable?.[value], last.byteTable?.[256 + value]], [row(1, 4), row(1, 5)]);
  }
});

test("floats: scale and shift, exact for no normalisation", () => {
  const arrays = { inputs: Float32Array.of(1, 2, 3, 4), sampleShape: [2], targets: Float32Array.of(0, 1) };
  const plain = toDatasetSpec(fromArrays(arrays));
  assert.equal([plain.scale, plain.shift], [Float32Array.of(1), Float32Array.of(0)]);
  assert.is(plain.byteTable, undefined);
  const spec = toDatasetSpec(fromArrays({ ...arrays, normalization: { scale: 3, mean: [1, -2], std: [2, 7] } }));
  assert.equal(spec.scale, Float32Array.of(1.5, 3 / 7));
  assert.equal(spec.shift, Float32Array.of(-0.5, 2 / 7));
});

test("holds all stored samples, whatever the indices choose", () => {
  const dataset = fromArrays(allBytes);
  const spec = toDatasetSpec(subset(dataset, [5, 1]));
  assert.is(spec.inputs, dataset.inputs);
  assert.is(spec.targets, dataset.targets);
});

test("a normalisation that float32 cannot hold", async () => {
  const huge = { scale: 1, mean: [0], std: [1e-300] };
  await failure(() => toDatasetSpec(fromArrays({ ...allBytes, normalization: huge })), "ERR_OPTION_RANGE", "float32");
  const floats = { inputs: Float32Array.of(1), sampleShape: [1], targets: Int32Array.of(0), normalization: huge };
  await failure(() => toDatasetSpec(fromArrays(floats)), "ERR_OPTION_RANGE", "arrays.normalization");
});

test("networkInputs follows indices, channels and ranges", async () => {
  const inputs = Uint8Array.from({ length: 24 }, (_, index) => index * 10);
  const normalization = { scale: 0.5, mean: [1, 2], std: [3, 7] };
  const arrays = { sampleShape: [2, 3], targets: new Int32Array(4), normalization };
  const ofBytes = subset(fromArrays({ ...arrays, inputs }), [3, 1, 1]);
  const ofFloats = subset(fromArrays({ ...arrays, inputs: Float32Array.from(inputs) }), [3, 1, 1]);
  const expected = (sample: number) =>
    [0, 1, 2, 3, 4, 5].map((j) => (((sample * 6 + j) * 10) / 2 - (j < 3 ? 1 : 2)) / (j < 3 ? 3 : 7));
  const all = [3, 1, 1].flatMap(expected);
  assert.equal(networkInputs(ofBytes), Float32Array.from(all));
  assert.equal(networkInputs(ofBytes, 1), Float32Array.from(all.slice(6)));
  assert.equal(networkInputs(ofBytes, 1, 1), Float32Array.from(all.slice(6, 12)));
  // scale and shift are rounded, then their product and sum: at most a few units in the last place of values below 64.
  networkInputs(ofFloats).forEach((value, at) => {
    assert.ok(Math.abs(value - (all[at] as number)) < 64 * 2 ** -22, `${value} at ${at}`);
  });
  await failure(() => networkInputs(ofBytes, 3), "ERR_OPTION_RANGE", "networkInputs.first", "integers in 0 to 2");
  await failure(() => networkInputs(ofBytes, 1, 3), "ERR_OPTION_RANGE", "networkInputs.count", "integers in 1 to 2");
  await failure(() => networkInputs(ofBytes, -1), "ERR_OPTION_RANGE");
});

test.run();
