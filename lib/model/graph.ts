import { layerTypes } from "../layers/index.js";
import type { Layer, LayerInputs, LayerParameter, LayerType, ParameterKind, Shape } from "../layers/layer.js";
import { showShape } from "../layers/shape.js";
import type { LayerSpec } from "../native/contract.js";
import { BayesBinnError } from "../native/errors.js";
import { checkOptions, outOfRange, unknownName } from "../options/check.js";

/** A layer and what it reads. */
export interface GraphNode {
  readonly layer: Layer;
  /** Default: that of the layer, or its type and number. */
  readonly name?: string | undefined;
  /** Names of earlier nodes, or `"input"`. Default: the node before. */
  readonly inputs?: readonly string[] | undefined;
}

/** A layer in its place in a network. */
export interface ModelLayer {
  readonly name: string;
  readonly type: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly inputs: readonly string[];
  readonly inputShapes: LayerInputs;
  readonly outputShape: Shape;
  readonly parameters: readonly ModelParameter[];
}

export interface ModelParameter {
  /** Layer and parameter, such as `linear1.weight`. */
  readonly name: string;
  readonly shape: Shape;
  readonly kind: ParameterKind;
}

/** Name of the network's input among the inputs of a node. */
export const inputName = "input";

/**
 * Names every node, follows the shapes through the network and lists its parameters. The last node is the output.
 *
 * @throws BayesBinnError `ERR_SHAPE_MISMATCH` naming both layers or the one that nothing reads, `ERR_OPTION_*` for
 *   layers that cannot be, names that are not unique and inputs that do not come earlier
 */
export function resolveGraph(inputShape: Shape, nodes: readonly GraphNode[]): ModelLayer[] {
  const names = nameNodes(nodes);
  const shapes = new Map<string, Shape>([[inputName, inputShape]]);
  const layers = nodes.map((node, index) => {
    const name = names[index]!;
    const inputs = node.inputs ?? [names[index - 1] ?? inputName];
    const inputShapes = inputs.map((input, at) => {
      const shape = shapes.get(input);
      if (shape === undefined) throw unknownName(`${name}.inputs[${at}]`, input, [...shapes.keys()]);
      return shape;
    });
    const layer = inferNode(node.layer, name, inputs, inputShapes);
    shapes.set(name, layer.outputShape);
    return { name, inputs, ...layer };
  });
  checkAllRead(layers);
  return layers;
}

/** The nodes as native code takes them. */
export function layerSpecs(layers: readonly ModelLayer[]): LayerSpec[] {
  return layers.map(({ type, name, inputs, options }) => ({ type, name, inputs, ...options }));
}

/** A layer with its options complete, and what follows from its place. */
type InferredNode = Omit<ModelLayer, "name" | "inputs">;

/**
 * Shapes and parameters of a layer that reads `inputs`.
 *
 * @param name of the layer, for messages and for the names of its parameters
 * @throws BayesBinnError `ERR_SHAPE_MISMATCH`, `ERR_OPTION_*`
 */
export function inferNode(
  layer: Layer,
  name: string,
  inputs: readonly string[],
  inputShapes: readonly Shape[],
): InferredNode {
  const type = findType(layer, name);
  const options = checkOptions(type.options, layer.options, name);
  checkInputCount(type, name, inputs);
  const shapes = inputShapes as [Shape, ...Shape[]];
  const outputShape = type.outputShape(options, ...shapes);
  if (typeof outputShape === "string") throw shapeMismatch(name, inputs, shapes, outputShape);
  const parameters = type.parameters(options, ...shapes).map((parameter) => fullName(name, parameter));
  return { type: type.type, options, inputShapes: shapes, outputShape, parameters };
}

function findType(layer: Layer, name: string): LayerType {
  const types: readonly LayerType[] = layerTypes;
  const type = types.find((candidate) => candidate.type === layer.type);
  if (type !== undefined) return type;
  throw unknownName(
    `${name}.type`,
    layer.type,
    types.map((candidate) => candidate.type),
  );
}

function checkInputCount({ type, merges }: LayerType, name: string, inputs: readonly string[]): void {
  if (merges ? inputs.length >= 2 : inputs.length === 1) return;
  const accepted = merges ? `2 or more, as merge(${type}(), a, b) gives it` : "1";
  const given = inputs.length === 1 ? "1 input" : `${inputs.length} inputs`;
  throw new BayesBinnError("ERR_SHAPE_MISMATCH", `${name}: ${given}, accepted: ${accepted}`, {
    layer: name,
    inputs,
    accepted,
  });
}

function fullName(layer: string, parameter: LayerParameter): ModelParameter {
  return { ...parameter, name: `${layer}.${parameter.name}` };
}

function shapeMismatch(
  layer: string,
  inputs: readonly string[],
  shapes: readonly Shape[],
  accepted: string,
): BayesBinnError {
  const given = inputs.map((input, index) => `${showShape(shapes[index]!)} from ${input}`).join(" and ");
  return new BayesBinnError("ERR_SHAPE_MISMATCH", `${layer} cannot take ${given}, accepted: ${accepted}`, {
    layer,
    inputs,
    shapes,
    accepted,
  });
}

/** Names of all nodes. Given names first, so that numbered ones can keep out of their way. */
export function nameNodes(nodes: readonly GraphNode[]): string[] {
  const taken = new Set([inputName]);
  const given = nodes.map(({ name, layer }, index) => {
    const chosen = name ?? layer.name;
    if (chosen === undefined) return undefined;
    if (taken.has(chosen)) throw outOfRange(`nodes[${index}].name`, chosen, "a name that no other layer has");
    taken.add(chosen);
    return chosen;
  });
  const counts = new Map<string, number>();
  return nodes.map(({ layer }, index) => {
    let number = (counts.get(layer.type) ?? 0) + 1;
    counts.set(layer.type, number);
    if (given[index] !== undefined) return given[index];
    while (taken.has(`${layer.type}${number}`)) number++;
    taken.add(`${layer.type}${number}`);
    return `${layer.type}${number}`;
  });
}

function checkAllRead(layers: readonly ModelLayer[]): void {
  const read = new Set(layers.flatMap(({ inputs }) => inputs));
  const unread = layers.slice(0, -1).find(({ name }) => !read.has(name));
  if (unread === undefined) return;
  throw new BayesBinnError(
    "ERR_SHAPE_MISMATCH",
    `${unread.name}: no layer reads its output, and it is not the last one`,
    {
      layer: unread.name,
    },
  );
}
