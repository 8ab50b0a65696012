import type { z } from "zod";

import type { Dataset } from "../../data/dataset.js";
import type { Model } from "../../model/model.js";

/** A family of networks that recipes and configurations choose by name. */
export interface ModelBuilder<Options extends z.ZodObject = z.ZodObject> {
  /** As written in a configuration: camelCase. */
  readonly name: string;
  /** One line for people. */
  readonly description: string;
  /** Strict schema of what `build` takes, with every default. */
  readonly options: Options;
  /** The network for the samples and classes of `dataset`. */
  build(options: z.output<Options>, dataset: Dataset, seed: number): Model;
}
