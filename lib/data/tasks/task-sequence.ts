import type { z } from "zod";
import type { Dataset } from "../dataset.js";

/** What is learnt at a time. */
export interface Task {
  /** Kebab-case, of its own within a sequence. */
  readonly name: string;
  readonly train: Dataset;
  readonly test: Dataset;
}

/** Tasks that are learnt one after the other, chosen by name. */
export interface TaskSequence<Options extends z.ZodObject = z.ZodObject> {
  /** As written in a configuration: kebab-case. */
  readonly name: string;
  /** One line for people. */
  readonly description: string;
  /** Strict schema of what `load` takes, with every default. */
  readonly options: Options;
  /** All tasks, in their order; of one shape of samples and one number of classes. */
  load(options?: z.input<Options>): Promise<Task[]>;
}

/** A task of a sequence, its data sets named after both. */
export function taskOf(sequence: string, name: string, parts: Pick<Task, "train" | "test">): Task {
  const named = (part: "train" | "test"): Dataset => ({ ...parts[part], name: `${sequence}.${name}.${part}` });
  return { name, train: named("train"), test: named("test") };
}
