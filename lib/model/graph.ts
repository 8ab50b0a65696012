import { layerTypes } from "../layers/index.js";
import type { Layer, LayerParameter, LayerType, ParameterKind, Shape } from "../layers/layer.js";
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
  readonly inputShape: Shape;
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
 * @throws BayesBinnError `ERR_SHAPE_MISMATCH` naming both layers or the one that nothing reads, `ERR_OPTION_*` for layers that cannot be, names that are
 * not unique and inputs that do not come earlier
 */
export function resolveGraph(inputShape: Shape, nodes: readonly GraphNode[]): ModelLayer[] {
  const names = nameNodes(nodes);
  const shapes = new Map<string, Shape>([[inputName, inputShape]]);
  const layers = nodes.map((node, index) => {
    const name = names[index]!;
    const inputs = node.inputs ?? [names[index - 1] ?? inputName];
    const layer = resolveNode(node.layer, name, inputs, shapes);
    shapes.set(name, layer.outputShape);
    return layer;
  });
  checkAllRead(layers);
  return layers;
}

/** The nodes as native code takes them. */
export function layerSpecs(layers: readonly ModelLayer[]): LayerSpec[] {
  return layers.map(({ type, name, inputs, options }) => ({ type, name, inputs, ...options }));
}

function resolveNode(layer: Layer, name: string, inputs: readonly string[], shapes: Map<string, Shape>): ModelLayer {
  const type = findType(layer, name);
  const options = checkOptions(type.options, layer.options, name);
  const input = onlyInput(name, inputs);
  const inputShape = shapes.get(input);
  if (inputShape === undefined) throw unknownName(`${name}.inputs[0]`, input, [...shapes.keys()]);
  const outputShape = type.outputShape(options, inputShape);
  if (typeof outputShape === "string") throw shapeMismatch(name, input, inputShape, outputShape);
  const parameters = type.parameters(options, inputShape).map((parameter) => fullName(name, parameter));
  return { name, type: type.type, options, inputs, inputShape, outputShape, parameters };
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

function onlyInput(name: string, inputs: readonly string[]): string {
  if (inputs.length === 1) return inputs[0]!;
  throw new BayesBinnError("ERR_SHAPE_MISMATCH", `${name}: ${inputs.length} inputs, accepted: 1`, {
    layer: name,
    inputs,
  });
}

function fullName(layer: string, parameter: LayerParameter): ModelParameter {
  return { ...parameter, name: `${layer}.${parameter.name}` };
}

function shapeMismatch(layer: string, input: string, shape: Shape, accepted: string): BayesBinnError {
  return new BayesBinnError(
    "ERR_SHAPE_MISMATCH",
    `${layer} cannot take ${showShape(shape)} from ${input}, accepted: ${accepted}`,
    { layer, input, shape, accepted },
  );
}

/** Given names first, so that numbered ones can keep out of their way. */
function nameNodes(nodes: readonly GraphNode[]): string[] {
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
