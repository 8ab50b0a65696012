import type { ConfigInput } from "./config.js";
import type { MethodName } from "./methods/index.js";
import type { PaperColumn } from "./methods/method.js";
import type { Choice } from "./one-of.js";

/** A published experiment with BayesBiNN: what to run, and the number to hold the result against. */
export interface Recipe {
  /** As typed on the command line: kebab-case. */
  readonly name: string;
  /** One line for people. */
  readonly title: string;
  /** Complete where the paper says something, so that it can be read beside the paper's tables. */
  readonly config: ConfigInput;
  /** Column of Table 9 with the settings of the other methods; absent where that table is not about these data. */
  readonly column?: PaperColumn;
  /** Settings of its own in place of a column: of the methods that the recipe can be trained with. */
  readonly settings?: RecipeSettings;
  /** That this column of Tables 2 and 10 holds the results of every method: they trained this network on these data. */
  readonly benchmark?: true;
  /** Absent where the paper has no number for it. */
  readonly paper?: PaperResult;
  /** Epochs from one checkpoint to the next where nobody asks for another number; absent: 1. */
  readonly checkpointEvery?: number;
}

/** The part `optimizer` of a configuration for some methods, with schedules of `epochs` epochs. */
export type RecipeSettings = { readonly [Name in MethodName]?: (epochs: number) => Choice };

/** A number of the paper. */
export interface PaperResult {
  /** Where it stands. */
  readonly source: string;
  /** Path of the comparable number in the summary of a run, such as `test.mode.accuracy`. */
  readonly metric: string;
  /** In the unit of `metric`: accuracies are fractions. */
  readonly value: number;
  /** Standard deviation over the paper's runs (population form, as the paper has it). */
  readonly std: number;
}
