import { z } from "zod";

import { checkOptions } from "../options/check.js";

/** A layer as data: what {@link sequential} takes and a model file holds. Made by a factory such as {@link linear}. */
export interface Layer {
  readonly type: string;
  /** Absent: named after its type and number, such as `linear1`. */
  readonly name?: string;
  /** Complete. */
  readonly options: Readonly<Record<string, unknown>>;
}

/** Axes of one sample, without the batch; images are `[channels, rows, columns]`. */
export type Shape = readonly number[];

/** Binary parameters are +-1 and belong to a method such as BayesBiNN; real ones to a method such as Adam. */
export type ParameterKind = "binary" | "real";

export interface LayerParameter {
  /** Within the layer, such as `weight`. */
  readonly name: string;
  readonly shape: Shape;
  readonly kind: ParameterKind;
}

/** What a layer is to the TypeScript half; native code holds the same list with the arithmetic. */
export interface LayerType<Schema extends z.ZodObject = z.ZodObject> {
  readonly type: string;
  /** Options without the name: their defaults, types and docs. */
  readonly options: Schema;
  /** Whether it reads two or more inputs; absent: exactly one. */
  readonly merges?: true;
  /** Shape of its output, or in words what inputs it accepts where `inputs` do not suit. */
  outputShape(options: z.output<Schema>, ...inputs: LayerInputs): Shape | string;
  parameters(options: z.output<Schema>, ...inputs: LayerInputs): LayerParameter[];
  /** Products of a weight and a value that are summed up for one sample; absent: none worth counting. */
  multiplyAccumulates?(options: z.output<Schema>, input: Shape, output: Shape): number;
}

/** Shapes of what a layer reads. */
export type LayerInputs = readonly [Shape, ...Shape[]];

/** What every factory takes beside the options of its layer. */
export interface NamedOptions {
  /** Unique in its model; letters, digits, `_` and `-`. Default: the type and a number. */
  readonly name?: string | undefined;
}

/** Options of a layer's factory. */
export type LayerOptions<Schema extends z.ZodObject> = (keyof Schema["shape"] extends never
  ? unknown
  : z.input<Schema>) &
  NamedOptions;

/** Names stand in those of tensors and files, so that dots and slashes are taken. */
export const layerName = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_-]*$/, "a name of letters, digits, _ and - that begins with a letter")
  .refine((name) => name !== "input", { message: 'any name but "input"', params: { code: "ERR_OPTION_RANGE" } });

/** Keeps the type of the options between the members of a {@link LayerType}. */
export function layerType<Schema extends z.ZodObject>(type: LayerType<Schema>): LayerType<Schema> {
  return type;
}

/** Checks the options of a factory and fills in their defaults. */
export function makeLayer<Schema extends z.ZodObject>(type: LayerType<Schema>, given: LayerOptions<Schema>): Layer {
  const schema = type.options.safeExtend({ name: layerName.optional() });
  const { name, ...options } = checkOptions(schema, given, type.type) as Record<string, unknown> & { name?: string };
  return { type: type.type, ...(name === undefined ? {} : { name }), options };
}
