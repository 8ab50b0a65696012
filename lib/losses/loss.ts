import type { z } from "zod";

import { checkOptions } from "../options/check.js";

/** A loss as data, made by a factory such as {@link softmaxCrossEntropy}. */
export interface Loss {
  readonly type: string;
  /** Complete. */
  readonly options: Readonly<Record<string, unknown>>;
}

/** What a loss is to the TypeScript half; native code holds the same list with the arithmetic. */
export interface LossType<Schema extends z.ZodObject = z.ZodObject> {
  readonly type: string;
  readonly options: Schema;
  /** `labels`: an integer class a sample. `values`: as many numbers a sample as the network has outputs. */
  readonly targets: "labels" | "values";
  /** Whether a prediction can be right or wrong, so that metrics have an accuracy. */
  readonly accuracy: boolean;
  /**
   * What says how unsure predictions are. `classes`: entropies of probabilities over the channels. `outputs`: entropies of
   * each output as a probability. `deviation`: the standard deviation of each output.
   */
  readonly statistics: "classes" | "outputs" | "deviation";
  /**
   * Whether options suit a network of so many outputs (channels); absent: all do.
   *
   * @throws BayesBinnError `ERR_SHAPE_MISMATCH`
   */
  checkOutputs?(options: z.output<Schema>, outputs: number): void;
}

/** Keeps the type of the options between the members of a {@link LossType}. */
export function lossType<Schema extends z.ZodObject>(type: LossType<Schema>): LossType<Schema> {
  return type;
}

/** Checks the options of a factory and fills in their defaults. */
export function makeLoss<Schema extends z.ZodObject>(type: LossType<Schema>, given: z.input<Schema>): Loss {
  return { type: type.type, options: checkOptions(type.options, given, type.type) };
}
