import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Dataset } from "../../../lib/data/dataset.js";
import { toDatasetSpec } from "../../../lib/data/dataset-spec.js";
import { type ArraysOptions, fromArrays } from "../../../lib/data/from-arrays.js";
import { subset } from "../../../lib/data/subset.js";
import { validateDataset } from "../../../lib/data/validate.js";
import type { ErrorCode } from "../../../lib/native/errors.js";
import { failure } from "./idx-files.js";

const test = suite("arrays");

/** Three samples of shape 2x1x2. */
const bytes: ArraysOptions = {
  name: "three",
  inputs: Uint8Array.of(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11),
  sampleShape: [2, 1, 2],
  targets: Int32Array.of(2, 0, 1),
  classes: 3,
};
const floats: ArraysOptions = {
  name: "pairs",
  inputs: Float32Array.of(0.5, -1, 2, 3),
  sampleShape: [2],
  targets: Float32Array.of(1, 2, 3, 4, 5, 6),
  targetWidth: 3,
};

const refused = (change: object, code: ErrorCode, ...patterns: (string | RegExp)[]) =>
  failure(() => fromArrays({ ...bytes, ...change } as ArraysOptions), code, ...patterns);
const refusedFloats = (change: object, code: ErrorCode, ...patterns: (string | RegExp)[]) =>
  failure(() => fromArrays({ ...floats, ...change } as ArraysOptions), code, ...patterns);

test("shares the arrays and fills in the defaults", () => {
  const dataset = fromArrays(bytes);
  assert.is(dataset.length, 3);
  assert.is(dataset.inputs, bytes.inputs);
  assert.is(dataset.targets, bytes.targets);
  assert.is(dataset.targetWidth, 1);
  assert.is(dataset.classes, 3);
  assert.equal(dataset.normalization, { scale: 1, mean: [0], std: [1] });
  const { name, ...nameless } = floats;
  const rows = fromArrays(nameless);
  assert.is(name, "pairs");
  assert.is(rows.name, "arrays");
  assert.is(rows.length, 2);
  assert.is(rows.targetWidth, 3);
  assert.not("classes" in rows);
});

test("lengths that do not fit together", async () => {
  await refused({ inputs: new Uint8Array(11) }, "ERR_SHAPE_MISMATCH", "three.inputs", /11 values .* 4 .*2x1x2/);
  await refused({ targets: Int32Array.of(0, 1) }, "ERR_SHAPE_MISMATCH", "three.targets", /2 values; 3 samples need 3/);
  await refused({ targets: Int32Array.of(0, 1, 2, 0) }, "ERR_SHAPE_MISMATCH", "three.targets");
  await refusedFloats({ targets: new Float32Array(5) }, "ERR_SHAPE_MISMATCH", /5 values; 2 samples of 3 need 6/);
  const normalization = { scale: 1, mean: [0, 0, 0], std: [1] };
  await refused({ normalization }, "ERR_SHAPE_MISMATCH", "three.normalization.mean", /3 entries, accepted: 1, or 2/);
  await refused({ normalization: { scale: 1, mean: [0], std: [1, 1, 1] } }, "ERR_SHAPE_MISMATCH", "normalization.std");
});

test("an empty data set", async () => {
  await refused({ inputs: new Uint8Array(0), targets: new Int32Array(0) }, "ERR_OPTION_RANGE", "at least one sample");
  const detached = new Uint8Array(12);
  structuredClone(detached.buffer, { transfer: [detached.buffer] });
  await refused({ inputs: detached }, "ERR_OPTION_RANGE", "three.inputs.length: 0");
});

test("labels out of range", async () => {
  const error = await refused(
    { targets: Int32Array.of(0, 3, 1) },
    "ERR_OPTION_RANGE",
    "three.targets[1]: 3 is out of range, accepted: labels 0 to 2",
  );
  assert.is(error.details.path, "three.targets[1]");
  assert.is(error.details.value, 3);
  await refused({ targets: Int32Array.of(0, 1, -1) }, "ERR_OPTION_RANGE", "three.targets[2]: -1");
  await refused({ targets: Int32Array.of(0, 1, -1), classes: undefined }, "ERR_OPTION_RANGE", "labels from 0 on");
  // Without a number of classes every label from 0 on is taken; the network knows the rest.
  const { classes, ...open } = bytes;
  assert.is(classes, 3);
  assert.is(fromArrays({ ...open, targets: Int32Array.of(0, 1, 2 ** 31 - 1) }).length, 3);
});

test("NaN and infinity name the entry and its sample", async () => {
  for (const value of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
    const error = await refusedFloats(
      { inputs: Float32Array.of(0, 1, 2, value) },
      "ERR_NUMERIC",
      `pairs.inputs[3]: ${value} in sample 1`,
    );
    assert.equal([error.details.index, error.details.sample], [3, 1]);
    await refusedFloats({ targets: Float32Array.of(1, value, 3, 4, 5, 6) }, "ERR_NUMERIC", "pairs.targets[1]");
  }
});

test("wrong types and values of options", async () => {
  await refused({ inputs: [0, 1, 2, 3] }, "ERR_OPTION_TYPE", "fromArrays.inputs", "a Uint8Array or a Float32Array");
  await refused({ inputs: new Float64Array(12) }, "ERR_OPTION_TYPE", "fromArrays.inputs");
  await refused({ inputs: undefined }, "ERR_OPTION_TYPE", "fromArrays.inputs: missing");
  await refused(
    { targets: Uint8Array.of(0, 1, 2) },
    "ERR_OPTION_TYPE",
    "fromArrays.targets",
    "an Int32Array of labels",
  );
  await refused({ sampleShape: 4 }, "ERR_OPTION_TYPE", "fromArrays.sampleShape");
  await refused({ sampleShape: [] }, "ERR_OPTION_RANGE", "fromArrays.sampleShape");
  await refused({ sampleShape: [0, 4] }, "ERR_OPTION_RANGE", "fromArrays.sampleShape[0]");
  await refused({ sampleShape: [1.5, 4] }, "ERR_OPTION_RANGE", "fromArrays.sampleShape[0]");
  await refused({ classes: 0 }, "ERR_OPTION_RANGE", "fromArrays.classes");
  await refused({ name: "" }, "ERR_OPTION_RANGE", "fromArrays.name");
  await refused({ targetWidth: 0 }, "ERR_OPTION_RANGE", "fromArrays.targetWidth");
  await refused({ targetWidth: 3 }, "ERR_OPTION_RANGE", "three.targetWidth", "1 where labels have no targetShape");
  await refusedFloats({ classes: 3 }, "ERR_OPTION_RANGE", "pairs.classes");
  await refused({ normalisation: {} }, "ERR_OPTION_UNKNOWN", "fromArrays.normalisation", '"normalization"');
  const normalization = (change: object) => ({ normalization: { scale: 1, mean: [0], std: [1], ...change } });
  await refused(normalization({ std: [0] }), "ERR_OPTION_RANGE", "fromArrays.normalization.std[0]");
  await refused(normalization({ std: [-1] }), "ERR_OPTION_RANGE", "fromArrays.normalization.std[0]");
  await refused(normalization({ scale: 0 }), "ERR_OPTION_RANGE", "normalization.scale", "a number other than 0");
  await refused(normalization({ mean: [] }), "ERR_OPTION_RANGE", "fromArrays.normalization.mean");
  await failure(() => fromArrays(null as unknown as ArraysOptions), "ERR_OPTION_TYPE", "fromArrays");
});

test("a data set written by hand is checked where it is used", async () => {
  const good = fromArrays(bytes);
  validateDataset(good);
  const handMade = (change: object) => () => toDatasetSpec({ ...good, ...change } as Dataset);
  await failure(handMade({ length: 2 }), "ERR_SHAPE_MISMATCH", "three.length: 2, but the arrays hold 3 samples");
  await failure(handMade({ indices: Uint32Array.of(0) }), "ERR_SHAPE_MISMATCH", "three.length: 3, but indices name 1");
  await failure(handMade({ length: 1, indices: Uint32Array.of(3) }), "ERR_OPTION_RANGE", "three.indices[0]: 3");
  await failure(handMade({ length: 0, indices: new Uint32Array(0) }), "ERR_OPTION_RANGE", "three.indices.length");
  await failure(handMade({ length: 1, indices: [0] }), "ERR_OPTION_TYPE", "three.indices");
  await failure(() => validateDataset(undefined as unknown as Dataset), "ERR_OPTION_TYPE", "dataset");
  // Arrays can change after they were checked.
  const later = fromArrays({ ...bytes, targets: Int32Array.of(0, 1, 2) });
  later.targets[1] = 9;
  await failure(() => toDatasetSpec(later), "ERR_OPTION_RANGE", "three.targets[1]: 9");
});

test("subset chooses positions, in order, with repeats, and of subsets", () => {
  const dataset = fromArrays(bytes);
  const chosen = subset(dataset, [2, 0, 2]);
  assert.is(chosen.length, 3);
  assert.equal(chosen.indices, Uint32Array.of(2, 0, 2));
  assert.is(chosen.inputs, dataset.inputs);
  assert.is(chosen.targets, dataset.targets);
  assert.is(chosen.name, "three");
  assert.is(dataset.indices, undefined);
  const nested = subset(chosen, Uint32Array.of(1, 2), "two");
  assert.equal(nested.indices, Uint32Array.of(0, 2));
  assert.is(nested.name, "two");
  validateDataset(nested);
});

test("subset copies its positions", () => {
  const positions = Uint32Array.of(1, 2);
  const chosen = subset(fromArrays(bytes), positions);
  positions[0] = 9;
  assert.equal(chosen.indices, Uint32Array.of(1, 2));
});

test("subset refuses positions that are not there", async () => {
  const dataset = fromArrays(bytes);
  await failure(() => subset(dataset, []), "ERR_OPTION_RANGE", "at least one sample");
  for (const position of [3, -1, 0.5, Number.NaN, 2 ** 32]) {
    await failure(
      () => subset(dataset, [0, position]),
      "ERR_OPTION_RANGE",
      `positions[1]: ${position} is out of range, accepted: integers in 0 to 2`,
    );
  }
  // Of a subset, positions count in the subset.
  await failure(() => subset(subset(dataset, [2]), [2]), "ERR_OPTION_RANGE", "integers in 0 to 0");
});

test.run();
