import type { z } from "zod";
import type { Dataset } from "./dataset.js";

/** The training and the test part of a published data set. */
export interface DatasetPair {
  readonly train: Dataset;
  readonly test: Dataset;
}

/** A data set that recipes and configurations choose by name. */
export interface NamedDataset<Options extends z.ZodObject = z.ZodObject> {
  /** As written in a configuration: kebab-case. */
  readonly name: string;
  /** One line for people. */
  readonly description: string;
  /** Absent where targets are no labels, or only the data say. */
  readonly classes?: number;
  /** Shape of one sample: channels, rows, columns for images. Absent where only the data say. */
  readonly sampleShape?: readonly number[];
  /** Strict schema of what `load` takes, with every default. */
  readonly options: Options;
  /**
   * The folder that `load` reads without options, with all its files there; fails with `ERR_DATASET_MISSING`. Reads
   * nothing. Absent for data that need no files, or whose folder is a required option.
   */
  readonly locate?: () => Promise<string>;
  load(options?: z.input<Options>): Promise<DatasetPair>;
}
