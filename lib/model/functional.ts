import { z } from "zod";

import { type Layer, layerName, type Shape } from "../layers/layer.js";
import { BayesBinnError } from "../native/errors.js";
import { checkOptions } from "../options/check.js";
import { inferNode, inputName, nameNodes } from "./graph.js";
import { layerSchema, Model, modelOptions } from "./model.js";

/** What a layer of a {@link functional} network gives, before there are numbers: a shape, and where it comes from. */
export class SymbolicTensor {
  /** Without the batch. */
  readonly shape: Shape;
  /** The layer that gives it; absent: an input. */
  readonly layer: Layer | undefined;
  /** What that layer reads. */
  readonly inputs: readonly SymbolicTensor[];
  /** Rises with each tensor, so that sorting by it puts a layer behind what it reads. */
  readonly order: number;
  static #count = 0;

  /** Made by {@link input}, {@link apply} and {@link merge}. */
  constructor(shape: Shape, layer?: Layer, inputs: readonly SymbolicTensor[] = []) {
    this.shape = shape;
    this.layer = layer;
    this.inputs = inputs;
    this.order = SymbolicTensor.#count++;
  }

  /**
   * What the last of `layers` gives, where the first reads this tensor and each other the one before.
   *
   * @throws BayesBinnError `ERR_SHAPE_MISMATCH` where a layer cannot take what it is to read; `ERR_OPTION_TYPE`,
   *   `ERR_OPTION_RANGE`
   */
  apply(...layers: readonly [Layer, ...Layer[]]): SymbolicTensor {
    checkOptions(appliedLayers, layers, "apply.layers");
    return layers.reduce((tensor: SymbolicTensor, layer) => connect(layer, [tensor]), this);
  }
}

/**
 * The input of a {@link functional} network.
 *
 * - `shape`: of one sample without the batch, integers >= 1; images are `[channels, rows, columns]`.
 *
 * @throws BayesBinnError `ERR_OPTION_TYPE`, `ERR_OPTION_RANGE`
 */
export function input(shape: Shape): SymbolicTensor {
  return new SymbolicTensor(checkOptions(modelOptions.shape.inputShape, shape, "input"));
}

/**
 * What a layer that reads several tensors, such as `concatenate()` or `add()`, gives.
 *
 * @example merge(add(), path, skip)
 *
 * @throws BayesBinnError `ERR_SHAPE_MISMATCH` where the layer cannot take what it is to read; `ERR_OPTION_TYPE`
 */
export function merge(layer: Layer, ...inputs: readonly SymbolicTensor[]): SymbolicTensor {
  return connect(
    layer,
    inputs.map((given, at) => checkOptions(tensor, given, `merge.inputs[${at}]`)),
  );
}

const appliedLayers = z.array(z.unknown()).min(1).meta({ accepted: "one or more layers, such as relu()" });

function connect(given: Layer, inputs: readonly SymbolicTensor[]): SymbolicTensor {
  const layer = checkOptions(layerSchema, given, "layer");
  checkOptions(layerName.optional(), layer.name, "layer.name");
  const label = (of: SymbolicTensor) => of.layer?.name ?? of.layer?.type ?? inputName;
  const { outputShape } = inferNode(
    layer,
    layer.name ?? layer.type,
    inputs.map(label),
    inputs.map(({ shape }) => shape),
  );
  return new SymbolicTensor(outputShape, layer, inputs);
}

const tensor = z
  .instanceof(SymbolicTensor, { error: "a tensor of input(), apply() or merge()" })
  .meta({ accepted: "a tensor of input(), apply() or merge()" });

/** Options of {@link functional}. */
export const functionalOptions = z.strictObject({
  input: tensor.describe("What the network reads, made by input()"),
  output: tensor.describe("What the network gives"),
  seed: modelOptions.shape.seed,
});

/**
 * A network with several paths, from its input to its output.
 *
 * Layers without a name are numbered by type in the order in which they were applied: `linear1`, `linear2`, ... Each
 * use of a layer has weights of its own. What does not lead to the output is left out.
 *
 * @example
 * const images = input([3, 32, 32]);
 * const skip = images.apply(conv2d({ channels: 64, kernelSize: 3, padding: "same" }), batchNorm());
 * const path = skip.apply(relu(), conv2d({ channels: 64, kernelSize: 3, padding: "same" }), batchNorm());
 * const sum = merge(add(), path, skip).apply(relu());
 * const output = sum.apply(globalAveragePool2d(), linear({ units: 10 }), batchNorm());
 * const model = functional({ input: images, output });
 *
 * Options:
 * - `input`: what the network reads, made by {@link input}. Required.
 * - `output`: what the network gives. Required.
 * - `seed`: of the first weights and of the draws of a mean prediction, an integer >= 0. Default `1`.
 *
 * @throws BayesBinnError `ERR_OPTION_RANGE` where the output does not come from the input, or from another one as well,
 * and for two layers of one name; `ERR_OPTION_UNKNOWN`, `ERR_OPTION_TYPE`
 */
export function functional(options: z.input<typeof functionalOptions>): Model {
  const { input, output, seed } = checkOptions(functionalOptions, options, "functional");
  const tensors = ancestors(output);
  const others = tensors.filter((tensor) => tensor.layer === undefined && tensor !== input);
  if (input.layer !== undefined) throw notTheInput("functional.input: what a layer gives", "what input() makes");
  if (output === input) throw notTheInput("functional.output: the input itself", "what layers make of it");
  if (others.length > 0 || !tensors.includes(input)) {
    throw notTheInput("functional.output: comes from another input", "what layers make of the given one alone");
  }
  const applied = tensors.filter((tensor) => tensor.layer !== undefined);
  const layers = applied.map(({ layer }) => layer as Layer);
  checkNames(layers);
  const names = nameNodes(layers.map((layer) => ({ layer })));
  const nameOf = new Map([[input, inputName], ...applied.map((tensor, at) => [tensor, names[at]!] as const)]);
  const nodes = applied.map(({ inputs }, at) => ({
    layer: layers[at]!,
    name: names[at]!,
    inputs: inputs.map((read) => nameOf.get(read)!),
  }));
  return new Model({ inputShape: input.shape, nodes, seed });
}

function checkNames(layers: readonly Layer[]): void {
  const given = layers.flatMap(({ name }) => name ?? []);
  const twice = given.find((name, at) => given.indexOf(name) < at);
  if (twice === undefined) return;
  const message = `functional: two layers are named "${twice}"; each use of a layer has weights of its own`;
  throw new BayesBinnError("ERR_OPTION_RANGE", `${message}, and needs a name of its own or none`, {
    path: "functional",
    value: twice,
    accepted: "names that no other layer has",
  });
}

function notTheInput(problem: string, accepted: string): BayesBinnError {
  const [path] = problem.split(":");
  return new BayesBinnError("ERR_OPTION_RANGE", `${problem}, accepted: ${accepted}`, { path, accepted });
}

/** A tensor and everything that it comes from, in the order of their making. */
function ancestors(of: SymbolicTensor): SymbolicTensor[] {
  const found = new Set<SymbolicTensor>();
  const open = [of];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (found.has(next)) continue;
    found.add(next);
    open.push(...next.inputs);
  }
  return [...found].sort((a, b) => a.order - b.order);
}
