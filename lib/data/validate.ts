import { z } from "zod";
import { BayesBinnError } from "../native/errors.js";
import { checkOptions, outOfRange, wrongType } from "../options/check.js";
import type { Dataset } from "./dataset.js";
import { checkTiling } from "./tiles/check-tiling.js";

/** The fields of a data set as `fromArrays` takes them; it adds the defaults. */
export const datasetFields = {
  name: z.string().refine((name) => name !== "", inRange("a name")),
  inputs: z.custom<Uint8Array | Float32Array>(
    (value) => value instanceof Uint8Array || value instanceof Float32Array,
    "a Uint8Array or a Float32Array",
  ),
  sampleShape: z.array(z.int().positive()).min(1),
  targets: z.custom<Int32Array | Float32Array>(
    (value) => value instanceof Int32Array || value instanceof Float32Array,
    "an Int32Array of labels or a Float32Array",
  ),
  targetWidth: z.int().positive(),
  targetShape: z
    .tuple([z.int().positive(), z.int().positive()])
    .readonly()
    .meta({ accepted: "[rows, columns], each an integer >= 1" })
    .optional(),
  classes: z.int().positive().optional(),
  normalization: z.strictObject({
    scale: z.number().refine((scale) => scale !== 0, inRange("a number other than 0")),
    mean: z.array(z.number()).min(1),
    std: z.array(z.number().positive()).min(1),
  }),
};

const datasetSchema = z.object({
  ...datasetFields,
  length: z.int().nonnegative(),
  classNames: z.array(z.string()).optional(),
  indices: z.custom<Uint32Array>((value) => value instanceof Uint32Array, "a Uint32Array").optional(),
  permutation: z.custom<Uint32Array>((value) => value instanceof Uint32Array, "a Uint32Array").optional(),
});

/**
 * Checks everything about a data set that training relies on; data sets can be written by hand.
 *
 * Every float of inputs and targets is looked at; bytes need not be.
 *
 * Errors, each naming the data set and the entry:
 * - `ERR_OPTION_TYPE`, `ERR_OPTION_RANGE`: a field that cannot be, an empty data set, a label outside its range, an index
 *   beyond the samples, a feature that is no feature of a sample or comes twice.
 * - `ERR_SHAPE_MISMATCH`: lengths of inputs, targets, indices, permutation and normalisation that do not fit together.
 * - `ERR_NUMERIC`: NaN or infinity in inputs or targets.
 */
export function validateDataset(dataset: Dataset): void {
  checkOptions(datasetSchema, dataset, typeof dataset?.name === "string" ? dataset.name : "dataset");
  checkInputs(dataset);
  checkTargets(dataset);
  checkClassNames(dataset);
  checkLength(dataset);
  checkNormalization(dataset);
  checkPermutation(dataset);
  if (dataset.tiling !== undefined) checkTiling(dataset.name, dataset.tiling, storedLength(dataset));
}

/**
 * Checks that the permutation of a data set, if it has one, names each feature of a sample once.
 *
 * Errors: those of {@link validateDataset}.
 */
export function checkPermutation({
  name,
  permutation,
  sampleShape,
}: Pick<Dataset, "name" | "permutation" | "sampleShape">): void {
  if (permutation === undefined) return;
  const path = `${name}.permutation`;
  if (!(permutation instanceof Uint32Array)) throw wrongType(path, permutation, "a Uint32Array");
  const features = sampleSize({ sampleShape });
  const { length } = permutation;
  if (length !== features) {
    throw mismatch(path, length, `${length} features; samples of shape ${sampleShape.join("x")} have ${features}`);
  }
  const seen = new Uint8Array(features);
  permutation.forEach((feature, place) => {
    if (feature >= features) throw outOfRange(`${path}[${place}]`, feature, `integers in 0 to ${features - 1}`);
    if (seen[feature] !== 0) throw outOfRange(`${path}[${place}]`, feature, "each feature once");
    seen[feature] = 1;
  });
}

/** Values of one sample. */
export function sampleSize(dataset: Pick<Dataset, "sampleShape">): number {
  return dataset.sampleShape.reduce((product, size) => product * size, 1);
}

/** Samples that the arrays hold; `indices` may choose fewer, or repeat some. */
export function storedLength(dataset: Pick<Dataset, "sampleShape" | "inputs">): number {
  return dataset.inputs.length / sampleSize(dataset);
}

/** What a `refine` says that no JSON Schema can. */
function inRange(accepted: string) {
  return { error: accepted, params: { code: "ERR_OPTION_RANGE" } };
}

function checkInputs(dataset: Dataset): void {
  const { name, inputs, sampleShape } = dataset;
  if (inputs.length === 0) throw outOfRange(`${name}.inputs.length`, 0, "at least one sample");
  const size = sampleSize(dataset);
  if (inputs.length % size !== 0) {
    const problem = `${inputs.length} values are no multiple of ${size} (sample shape ${sampleShape.join("x")})`;
    throw mismatch(`${name}.inputs`, inputs.length, problem);
  }
  if (inputs instanceof Float32Array) checkFinite(`${name}.inputs`, inputs, size);
}

function checkTargets(dataset: Dataset): void {
  const { name, targets, targetWidth, classes } = dataset;
  const labels = targets instanceof Int32Array;
  checkTargetWidth(dataset, labels);
  if (!labels && classes !== undefined) {
    throw outOfRange(`${name}.classes`, classes, "nothing where targets are no labels (Float32Array)");
  }
  const samples = storedLength(dataset);
  if (targets.length !== samples * targetWidth) {
    const width = targetWidth === 1 ? "" : ` of ${targetWidth}`;
    const problem = `${targets.length} values; ${samples} samples${width} need ${samples * targetWidth}`;
    throw mismatch(`${name}.targets`, targets.length, problem);
  }
  if (labels) checkLabels(`${name}.targets`, targets, classes);
  else checkFinite(`${name}.targets`, targets, targetWidth);
}

function checkTargetWidth({ name, targetWidth, targetShape }: Dataset, labels: boolean): void {
  const path = `${name}.targetWidth`;
  if (targetShape === undefined) {
    if (labels && targetWidth !== 1) throw outOfRange(path, targetWidth, "1 where labels have no targetShape");
    return;
  }
  const pixels = targetShape[0] * targetShape[1];
  if (labels ? targetWidth === pixels : targetWidth % pixels === 0) return;
  const times = labels ? "" : "a multiple of ";
  throw mismatch(
    path,
    targetWidth,
    `${targetWidth}; targets of ${targetShape.join("x")} pixels have ${times}${pixels}`,
  );
}

function checkLabels(path: string, labels: Int32Array, classes: number | undefined): void {
  const last = classes === undefined ? Number.POSITIVE_INFINITY : classes - 1;
  const wrong = labels.findIndex((label) => label < 0 || label > last);
  if (wrong < 0) return;
  throw outOfRange(
    `${path}[${wrong}]`,
    labels[wrong],
    classes === undefined ? "labels from 0 on" : `labels 0 to ${last}`,
  );
}

function checkClassNames({ name, classes, classNames }: Dataset): void {
  if (classNames === undefined || classNames.length === classes) return;
  const problem = `${classNames.length} names for ${classes ?? "an unknown number of"} classes`;
  throw mismatch(`${name}.classNames`, classNames.length, problem);
}

function checkLength(dataset: Dataset): void {
  const { name, indices, length } = dataset;
  const samples = storedLength(dataset);
  if (indices !== undefined) {
    if (indices.length === 0) throw outOfRange(`${name}.indices.length`, 0, "at least one sample");
    const wrong = indices.findIndex((index) => index >= samples);
    if (wrong >= 0) throw outOfRange(`${name}.indices[${wrong}]`, indices[wrong], `integers in 0 to ${samples - 1}`);
  }
  const expected = indices?.length ?? samples;
  if (length !== expected) {
    const problem = `${length}, but ${indices === undefined ? "the arrays hold" : "indices name"} ${expected} samples`;
    throw mismatch(`${name}.length`, length, problem);
  }
}

function checkNormalization({ name, normalization, sampleShape }: Dataset): void {
  for (const key of ["mean", "std"] as const) {
    const { length } = normalization[key];
    if (length === 1 || length === sampleShape[0]) continue;
    const accepted = `1, or ${sampleShape[0]} (first axis of sample shape ${sampleShape.join("x")})`;
    throw mismatch(`${name}.normalization.${key}`, length, `${length} entries, accepted: ${accepted}`);
  }
}

function checkFinite(path: string, values: Float32Array, width: number): void {
  const index = values.findIndex((value) => !Number.isFinite(value));
  if (index < 0) return;
  const value = values[index];
  const sample = Math.floor(index / width);
  const message = `${path}[${index}]: ${value} in sample ${sample}, accepted: finite numbers`;
  throw new BayesBinnError("ERR_NUMERIC", message, { path: `${path}[${index}]`, value, index, sample });
}

function mismatch(path: string, value: number, problem: string): BayesBinnError {
  return new BayesBinnError("ERR_SHAPE_MISMATCH", `${path}: ${problem}`, { path, value });
}
