import { z } from "zod";

import { either } from "./show.js";

/** A schema as data (JSON Schema), which is what messages about it are made from. */
export interface SchemaNode {
  /** Of `meta`: what to say in place of what the rest describes. */
  readonly accepted?: string;
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly SchemaNode[];
  readonly oneOf?: readonly SchemaNode[];
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly additionalProperties?: SchemaNode | boolean;
  readonly items?: SchemaNode;
  /** Of a tuple. */
  readonly prefixItems?: readonly SchemaNode[];
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
}

/** What a schema accepts on input, as data. */
export function schemaNode(schema: z.ZodType): SchemaNode {
  return z.toJSONSchema(schema, { io: "input", unrepresentable: "any" }) as SchemaNode;
}

/** The parts of a schema that stand where `path` points in `value`; of alternatives, those that `value` can mean. */
export function nodesAt(root: SchemaNode, value: unknown, path: readonly PropertyKey[]): SchemaNode[] {
  let nodes = alternatives(root);
  let current = value;
  for (const key of path) {
    nodes = nodes
      .filter((node) => agrees(node, current, key))
      .flatMap((node) => {
        const child = childOf(node, key);
        return child === undefined ? [] : alternatives(child);
      });
    current = valueAt(current, [key]);
  }
  const meant = nodes.filter((node) => agrees(node, current));
  return meant.length > 0 ? meant : nodes;
}

/** What stands at `path` in `value`; `undefined` where it has no such place. */
export function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  let current = value;
  for (const key of path) {
    if (current === null || current === undefined) return undefined;
    current = (current as Record<PropertyKey, unknown>)[key];
  }
  return current;
}

/** The names that objects of these schemas can have. */
export function knownKeys(nodes: readonly SchemaNode[]): string[] {
  return [...new Set(nodes.flatMap((node) => Object.keys(node.properties ?? {})))];
}

/** The words that can stand where one of a few is accepted. */
export function knownWords(nodes: readonly SchemaNode[]): string[] {
  return [...new Set(nodes.flatMap(literals).filter((value) => typeof value === "string"))];
}

/** Whether `value` is at least of a kind that these schemas accept, so that only its size or its letters are wrong. */
export function kindFits(nodes: readonly SchemaNode[], value: unknown): boolean {
  return nodes.some((node) => {
    const choices = literals(node);
    if (choices.length > 0) return choices.some((choice) => typeof choice === typeof value);
    if (node.type === "integer" || node.type === "number") return typeof value === "number";
    if (node.type === "array") return Array.isArray(value);
    return node.type === typeof value && value !== null;
  });
}

/** "a number > 0", `"sample" or "mean"`, "an array of integers >= 1": the text after "accepted:". */
export function describeAccepted(nodes: readonly SchemaNode[], value?: unknown): string {
  return either([...new Set(nodes.flatMap((node) => phrases(node, value)))]);
}

function phrases(node: SchemaNode, value: unknown): string[] {
  if (node.accepted !== undefined) return [node.accepted];
  const choices = literals(node);
  if (choices.length > 0) return choices.map((choice) => JSON.stringify(choice));
  switch (node.type) {
    case "integer":
      return [`an integer${bounds(node, value)}`];
    case "number":
      return [`a number${bounds(node, value)}`];
    case "boolean":
      return ["true or false"];
    case "string":
      return ["a string"];
    case "null":
      return ["null"];
    case "array": {
      const length = lengths(node);
      const item = node.items === undefined ? "" : describeAccepted(alternatives(node.items));
      return [`an array${length}${item === "" ? "" : `, each ${item}`}`];
    }
    case "object": {
      const keys = Object.keys(node.properties ?? {});
      return [keys.length > 0 && keys.length <= 8 ? `an object of ${keys.join(", ")}` : "an object"];
    }
    default:
      return [];
  }
}

function lengths({ minItems = 0, maxItems }: SchemaNode): string {
  if (maxItems !== undefined) return maxItems === minItems ? ` of ${minItems}` : ` of ${minItems} to ${maxItems}`;
  return minItems > 0 ? ` of at least ${minItems}` : "";
}

/** What zod means by "no limit" of an integer. */
const largest = Number.MAX_SAFE_INTEGER;

function bounds({ minimum, exclusiveMinimum, maximum, exclusiveMaximum }: SchemaNode, value: unknown): string {
  const limits: string[] = [];
  if (minimum !== undefined && minimum > -largest) limits.push(`>= ${minimum}`);
  if (exclusiveMinimum !== undefined) limits.push(`> ${exclusiveMinimum}`);
  if (maximum !== undefined && (maximum < largest || (typeof value === "number" && value > maximum)))
    limits.push(`<= ${maximum}`);
  if (exclusiveMaximum !== undefined) limits.push(`< ${exclusiveMaximum}`);
  return limits.length === 0 ? "" : ` ${limits.join(" and ")}`;
}

function literals(node: SchemaNode): readonly unknown[] {
  return node.const === undefined ? (node.enum ?? []) : [node.const];
}

function alternatives(node: SchemaNode): SchemaNode[] {
  const parts = node.anyOf ?? node.oneOf;
  if (parts === undefined) return [node];
  const { accepted } = node;
  return parts.flatMap(alternatives).map((part) => (accepted === undefined ? part : { ...part, accepted }));
}

function childOf(node: SchemaNode, key: PropertyKey): SchemaNode | undefined {
  if (typeof key === "number") return node.prefixItems?.[key] ?? node.items;
  const { properties = {}, additionalProperties } = node;
  if (Object.hasOwn(properties, key)) return properties[String(key)];
  return typeof additionalProperties === "object" ? additionalProperties : undefined;
}

/** Whether the constants beside `key` (such as a `name` that tells alternatives apart) are those of `value`. */
function agrees(node: SchemaNode, value: unknown, key?: PropertyKey): boolean {
  return Object.entries(node.properties ?? {}).every(
    ([name, property]) => property.const === undefined || name === key || valueAt(value, [name]) === property.const,
  );
}
