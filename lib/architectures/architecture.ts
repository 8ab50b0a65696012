import { z } from "zod";

import { type Model, modelOptions } from "../model/model.js";
import { checkOptions } from "../options/check.js";

/** What a network is for. */
export const taskOptions = z.strictObject({
  inputShape: modelOptions.shape.inputShape,
  outputs: z
    .int()
    .min(1)
    .max(2 ** 24)
    .describe("Number of outputs: classes, or numbers a sample"),
  seed: modelOptions.shape.seed,
});

export type Task = z.output<typeof taskOptions>;

/** A family of networks: what scripts build by its function, and configurations by its name. */
export interface Architecture<Options extends z.ZodObject = z.ZodObject> {
  /** As written in a configuration: camelCase. */
  readonly name: string;
  /** One line for people. */
  readonly description: string;
  /** Options beside those of the task, with every default. */
  readonly options: Options;
  build(options: z.output<Options>, task: Task): Model;
}

/** Options of an architecture's function. */
export type ArchitectureOptions<Options extends z.ZodObject> = z.input<typeof taskOptions> & z.input<Options>;

/** Keeps the type of the options between the members of an {@link Architecture}. */
export function architecture<Options extends z.ZodObject>(given: Architecture<Options>): Architecture<Options> {
  return given;
}

/** Checks the options of an architecture's function, fills in their defaults, and builds. */
export function buildArchitecture<Options extends z.ZodObject>(
  { name, options, build }: Architecture<Options>,
  given: ArchitectureOptions<Options>,
): Model {
  const checked = checkOptions(options.extend(taskOptions.shape), given, name) as Task & z.output<Options>;
  const { inputShape, outputs, seed, ...own } = checked;
  return build(own as z.output<Options>, { inputShape, outputs, seed });
}
