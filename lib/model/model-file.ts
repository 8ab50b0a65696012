import { z } from "zod";

import { readSafetensors, streamSafetensors } from "../io/safetensors.js";
import type { Layer, Shape } from "../layers/layer.js";
import type { Loss } from "../losses/loss.js";
import { lossSchema } from "../losses/loss-type-of.js";
import type { NamedTensor } from "../native/contract.js";
import { BayesBinnError, type ErrorCode } from "../native/errors.js";
import { optimizerTypes } from "../optimizers/index.js";
import type { Optimizer, OptimizerType } from "../optimizers/optimizer.js";
import { checkOptions, unknownName } from "../options/check.js";
import { show } from "../options/show.js";
import { type GraphNode, layerSpecs } from "./graph.js";
import type { Blueprint, Host } from "./host.js";
import type { StateReader } from "./session.js";
import { streamedTensors } from "./state-tensors.js";

/** Value of the metadata key `format`. */
const format = "bayesbinn-model-1";

/** What a file says beside the weights. */
export interface ModelFile {
  readonly inputShape: Shape;
  readonly nodes: readonly GraphNode[];
  readonly loss: Loss;
  readonly optimizers: readonly Optimizer[];
  readonly seed: number;
  readonly tensors: readonly NamedTensor[];
}

const graphSchema = z.strictObject({
  inputShape: z.array(z.int().min(1)).min(1),
  layers: z.array(z.looseObject({ type: z.string(), name: z.string(), inputs: z.array(z.string()) })).min(1),
});

const optimizersSchema = z.array(
  z.strictObject({
    type: z.string(),
    options: z.record(z.string(), z.unknown()),
    parameters: z.array(z.string()),
  }),
);

const seedSchema = z.int().min(0);

/**
 * Writes a model, piece by piece: a safetensors file with the tensors of the state scope `model` and the metadata
 * `format`, `graph`, `loss`, `optimizers` (which say how weights come from latents) and `seed` (of the draws of a mean
 * prediction).
 *
 * @param hyperparameters of each optimizer, those that go with `state`; default: those of now
 * @throws BayesBinnError `ERR_OUTPUT`
 */
export async function writeModelFile(
  path: string,
  { inputShape, layers }: Blueprint,
  { claims, loss, seed, session }: Host,
  state: StateReader,
  hyperparameters: readonly Readonly<Record<string, number>>[] = claims.map((_, index) =>
    session.hyperparameters(index),
  ),
): Promise<void> {
  const metadata = {
    format,
    graph: JSON.stringify({ inputShape, layers: layerSpecs(layers) }),
    loss: JSON.stringify(loss),
    optimizers: JSON.stringify(
      claims.map(({ optimizer, parameters }, index) => ({
        ...asItPredicts(optimizer, hyperparameters[index]!),
        parameters,
      })),
    ),
    seed: JSON.stringify(seed),
  };
  await streamSafetensors(path, metadata, streamedTensors(state));
}

/** An optimizer as data, with the hyperparameters that predictions depend on as they were for the weights. */
function asItPredicts(optimizer: Optimizer, current: Readonly<Record<string, number>>) {
  const { type, options } = optimizer.toJSON();
  const moved = optimizer.predictive.filter((name) => name in current).map((name) => [name, current[name]]);
  return { type, options: { ...options, ...Object.fromEntries(moved) } };
}

/**
 * Reads a model file.
 *
 * @throws BayesBinnError `ERR_CHECKPOINT_FORMAT` for anything that no model file is
 */
export async function readModelFile(path: string): Promise<ModelFile> {
  const { metadata, tensors } = await readSafetensors(path);
  if (metadata["format"] !== format) {
    const message = `${show(path)} is no model file: its format is ${show(metadata["format"])}, accepted: ${show(format)}`;
    throw new BayesBinnError("ERR_CHECKPOINT_FORMAT", message, { path, value: metadata["format"], accepted: format });
  }
  try {
    const { inputShape, layers } = checkOptions(graphSchema, parseMetadata(metadata, "graph"), "graph");
    return {
      inputShape,
      nodes: layers.map(({ name, inputs, type, ...options }) => ({
        layer: { type, options } satisfies Layer,
        name,
        inputs,
      })),
      loss: checkOptions(lossSchema, parseMetadata(metadata, "loss"), "loss"),
      optimizers: checkOptions(optimizersSchema, parseMetadata(metadata, "optimizers"), "optimizers").map(
        createOptimizer,
      ),
      seed: checkOptions(seedSchema, parseMetadata(metadata, "seed"), "seed"),
      tensors: tensors.map(({ name, shape, data }) => ({ name, shape, data: floatsOf(name, data) })),
    };
  } catch (error) {
    throw modelFileError(path, error);
  }
}

/** What is wrong with the content of a file is the file's fault; failures of the machine stay what they are. */
export function modelFileError(path: string, error: unknown): unknown {
  const code = error instanceof BayesBinnError ? codes[error.code] : "ERR_CHECKPOINT_FORMAT";
  if (code === undefined) return error;
  const reason = error instanceof Error ? error.message : String(error);
  return new BayesBinnError(code, `${show(path)}: ${reason}`, { path, reason }, { cause: error });
}

const codes: Partial<Record<ErrorCode, ErrorCode>> = {
  ERR_OPTION_UNKNOWN: "ERR_CHECKPOINT_FORMAT",
  ERR_OPTION_TYPE: "ERR_CHECKPOINT_FORMAT",
  ERR_OPTION_RANGE: "ERR_CHECKPOINT_FORMAT",
  ERR_SHAPE_MISMATCH: "ERR_CHECKPOINT_FORMAT",
  ERR_OPTIMIZER_CLAIM: "ERR_CHECKPOINT_FORMAT",
  ERR_NUMERIC: "ERR_CHECKPOINT_FORMAT",
  ERR_CHECKPOINT_FORMAT: "ERR_CHECKPOINT_FORMAT",
  ERR_CHECKPOINT_MISMATCH: "ERR_CHECKPOINT_MISMATCH",
};

function createOptimizer({ type, options }: z.output<typeof optimizersSchema>[number]): Optimizer {
  const types: readonly OptimizerType[] = optimizerTypes;
  const found = types.find((candidate) => candidate.type === type);
  if (found !== undefined) return found.create(options);
  throw unknownName(
    "optimizers.type",
    type,
    types.map((candidate) => candidate.type),
  );
}

/** The value of a metadata key, which is JSON. */
export function parseMetadata(metadata: Readonly<Record<string, string>>, key: string): unknown {
  const text = metadata[key];
  if (text === undefined) throw new Error(`metadata ${key} is missing`);
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(`metadata ${key} is no JSON`, { cause: error });
  }
}

export function floatsOf(name: string, data: unknown): Float32Array {
  if (data instanceof Float32Array) return data;
  throw new Error(`${name} is ${show(data)}, accepted: F32`);
}
