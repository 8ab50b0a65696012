import { z } from "zod";

import type { ParameterKind } from "../layers/layer.js";
import type { OptimizerSpec } from "../native/contract.js";
import { outOfRange } from "../options/check.js";
import { show } from "../options/show.js";
import type { Schedule, TrainingPlace } from "../schedules/schedule.js";
import { nextChange, scheduleSchema, scheduleValue } from "../schedules/schedule-value.js";

/** What an optimizer learns only when it meets its data. */
export interface FitFacts {
  /** Number of training samples. */
  readonly trainSetSize: number;
}

/**
 * A method with its options. It holds no state: that lives in the native session, so that one object can serve
 * several trainers.
 */
export abstract class Optimizer {
  /** Name in native code and in model files. */
  abstract readonly type: string;
  /** The kind of parameters that belong to this method. */
  abstract readonly claims: ParameterKind;
  /** Complete options, without schedules. */
  abstract readonly options: Readonly<Record<string, unknown>>;
  /** Schedules by hyperparameter; what is not in here keeps its value. */
  abstract readonly schedules: Readonly<Record<string, Schedule>>;
  /** Hyperparameters that may have a schedule. */
  protected abstract readonly schedulable: readonly string[];
  /** Hyperparameters that predictions depend on: a model file holds what they are when it is written. */
  readonly predictive: readonly string[] = [];

  /** What native code is told. Facts that are not known before a fit stand as 1. */
  toSpec(parameters: readonly string[], facts: FitFacts = { trainSetSize: 1 }): OptimizerSpec {
    return { type: this.type, parameters, ...this.resolve(facts) };
  }

  /**
   * Values in the step at `place` of every number that can change while a fit goes on, or with the data. A clip that is
   * `"none"` is what native code takes for it, the largest double.
   */
  hyperparameters(place: TrainingPlace, facts: FitFacts): Record<string, number> {
    const options = this.resolve(facts);
    const values: Record<string, number> = {};
    for (const name of [...this.schedulable, ...Object.keys(facts)]) {
      const initial = options[name];
      if (typeof initial !== "number") continue;
      const schedule = this.schedules[name];
      values[name] = schedule === undefined ? initial : scheduleValue(schedule, initial, place);
    }
    return values;
  }

  /** The next step, after that at `place`, before which {@link hyperparameters} may change within the epoch. */
  nextChange(place: TrainingPlace): number {
    return Math.min(...Object.values(this.schedules).map((schedule) => nextChange(schedule, place)));
  }

  /** What a model file says of this optimizer; `create` of its {@link OptimizerType} takes it back. */
  toJSON(): { type: string; options: Readonly<Record<string, unknown>> } {
    return { type: this.type, options: { ...this.options, schedules: this.schedules } };
  }

  /** The options with everything that stood as "auto" as a number. */
  protected resolve(facts: FitFacts): Readonly<Record<string, unknown>> {
    const resolved = { ...this.options };
    for (const [name, value] of Object.entries(facts)) {
      if (resolved[name] === "auto") resolved[name] = value;
    }
    return resolved;
  }
}

/** A row in the list of optimizers. */
export interface OptimizerType<Schema extends z.ZodObject = z.ZodObject> {
  readonly type: string;
  readonly claims: ParameterKind;
  /** Options: their defaults, types and docs. */
  readonly options: Schema;
  create(options: z.input<Schema>): Optimizer;
}

/** Keeps the type of the options between the members of an {@link OptimizerType}. */
export function optimizerType<Schema extends z.ZodObject>(type: OptimizerType<Schema>): OptimizerType<Schema> {
  return type;
}

/** The `schedules` option: a schedule, or none, for each of `names`. */
export function schedulesOf<const Name extends string>(names: readonly Name[]) {
  const shape = Object.fromEntries(names.map((name) => [name, scheduleSchema.optional()]));
  return z
    .strictObject(shape as { [name in Name]: z.ZodOptional<typeof scheduleSchema> })
    .default({} as never)
    .describe("Schedules of hyperparameters by name; a hyperparameter without one keeps its value");
}

/**
 * Leaves out what is undefined.
 *
 * @param path name of the optimizer in errors
 * @throws BayesBinnError `ERR_OPTION_RANGE` for a schedule of what is no number
 */
export function presentSchedules(
  path: string,
  options: Readonly<Record<string, unknown>>,
  schedules: Readonly<Record<string, Schedule | undefined>>,
): Record<string, Schedule> {
  const present = Object.entries(schedules).filter((entry): entry is [string, Schedule] => entry[1] !== undefined);
  for (const [name, schedule] of present) {
    if (typeof options[name] === "number") continue;
    throw outOfRange(`${path}.schedules.${name}`, schedule, `no schedule where ${name} is ${show(options[name])}`);
  }
  return Object.fromEntries(present);
}
