import { z } from "zod";

import type { Dataset } from "../data/dataset.js";
import type { Shape } from "../layers/layer.js";
import { showShape, sizeOf } from "../layers/shape.js";
import type { Loss } from "../losses/loss.js";
import { lossTypeOf } from "../losses/loss-type-of.js";
import { BayesBinnError } from "../native/errors.js";
import { outOfRange, wrongType } from "../options/check.js";

const accepted = "a Dataset, as loadMnist() and fromArrays() make them";

/** A data set among options; what is in it is checked when it is uploaded. */
export const datasetSchema = z.custom<Dataset>(isDataset, accepted);

/** Names an argument that is no data set. */
export function requireDataset(path: string, value: unknown, wanted = accepted): asserts value is Dataset {
  if (!isDataset(value)) throw wrongType(path, value, wanted);
}

function isDataset(value: unknown): value is Dataset {
  if (typeof value !== "object" || value === null) return false;
  const { inputs, targets, sampleShape, normalization, length } = value as Partial<Dataset>;
  return (
    ArrayBuffer.isView(inputs) &&
    ArrayBuffer.isView(targets) &&
    Array.isArray(sampleShape) &&
    typeof normalization === "object" &&
    typeof length === "number"
  );
}

/** What a data set has to suit. */
export interface Network {
  readonly inputShape: Shape;
  readonly outputShape: Shape;
}

/**
 * Holds a data set against the network and the loss that it is meant for.
 *
 * @param path name of the data set in messages
 * @throws BayesBinnError `ERR_SHAPE_MISMATCH` naming both sides; `ERR_OPTION_RANGE` for one without samples
 */
export function checkDataset(network: Network, loss: Loss, dataset: Dataset, path: string): void {
  checkInputs(network, dataset, path);
  checkTargets(network, loss, dataset, path);
}

/** The half of {@link checkDataset} that a prediction needs. */
export function checkInputs({ inputShape }: Network, dataset: Dataset, path: string): void {
  const { name, length, sampleShape } = dataset;
  if (!(length > 0)) throw outOfRange(`${path}.length`, length, "at least one sample");
  if (sizeOf(sampleShape) === sizeOf(inputShape)) return;
  throw mismatch(
    `${path}: samples of ${name} have shape ${showShape(sampleShape)}, but the model's input has ${showShape(inputShape)}`,
    { path, sampleShape, inputShape },
  );
}

function checkTargets({ outputShape }: Network, loss: Loss, dataset: Dataset, path: string): void {
  const { name, targets, targetWidth, classes } = dataset;
  const labels = targets instanceof Int32Array;
  const { type, targets: wanted } = lossTypeOf(loss);
  if (labels !== (wanted === "labels")) {
    const kinds = labels ? "class labels (Int32Array)" : "numbers (Float32Array)";
    const accepted = labels ? "numbers (Float32Array), one an output" : "class labels (Int32Array)";
    throw mismatch(`${path}: targets of ${name} are ${kinds}, but ${type} takes ${accepted}`, { path, loss: type });
  }
  const { targetShape } = dataset;
  if (targetShape !== undefined) checkMask(outputShape, dataset, targetShape, path);
  else if (labels && sizeOf(outputShape) > outputShape[0]!) {
    const needed = `a label for each of the ${outputShape.slice(1).join("x")} pixels of the model's output`;
    throw mismatch(`${path}: ${name} has a label a sample, accepted: ${needed} (targetShape)`, { path, outputShape });
  }
  const channels = outputShape[0]!;
  const pixels = targetShape === undefined ? 1 : sizeOf(targetShape);
  const perPixel = labels || targetShape !== undefined;
  const outputs = perPixel ? channels : sizeOf(outputShape);
  const given = labels ? (classes ?? outputs) : targetWidth / pixels;
  if (given === outputs) return;
  const what = labels ? "classes" : `numbers a ${perPixel ? "pixel" : "target"}`;
  throw mismatch(`${path}: ${name} has ${given} ${what}, but the model has ${outputs} outputs`, {
    path,
    given,
    outputs,
  });
}

/** Masks may be larger than the output where both have the same centre. */
function checkMask(outputShape: Shape, { name }: Dataset, targetShape: Shape, path: string): void {
  const [, ...pixels] = outputShape;
  const fits =
    pixels.length === 2 && targetShape.every((size, axis) => size >= pixels[axis]! && (size - pixels[axis]!) % 2 === 0);
  if (fits) return;
  const accepted =
    pixels.length === 2
      ? `${pixels.join("x")}, the model's output, or larger by an even number of pixels`
      : `one target a sample, since the model's output has shape ${showShape(outputShape)}`;
  throw mismatch(`${path}: targets of ${name} have ${targetShape.join("x")} pixels, accepted: ${accepted}`, {
    path,
    targetShape,
    outputShape,
  });
}

function mismatch(message: string, details: Readonly<Record<string, unknown>>): BayesBinnError {
  return new BayesBinnError("ERR_SHAPE_MISMATCH", message, details);
}
