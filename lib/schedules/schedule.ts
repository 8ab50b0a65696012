import type { z } from "zod";

import { checkOptions } from "../options/check.js";

/** How a hyperparameter changes from epoch to epoch, as data; made by a factory such as {@link cosine}. */
export interface Schedule {
  readonly type: string;
  /** Complete. */
  readonly options: Readonly<Record<string, unknown>>;
}

export interface ScheduleType<Schema extends z.ZodObject = z.ZodObject> {
  readonly type: string;
  readonly options: Schema;
  /** Value in `epoch` (from 0) of `epochs`; that of epoch 0 is `initial`. */
  value(options: z.output<Schema>, initial: number, epoch: number, epochs: number): number;
}

/** Keeps the type of the options between the members of a {@link ScheduleType}. */
export function scheduleType<Schema extends z.ZodObject>(type: ScheduleType<Schema>): ScheduleType<Schema> {
  return type;
}

/** Checks the options of a factory and fills in their defaults. */
export function makeSchedule<Schema extends z.ZodObject>(type: ScheduleType<Schema>, given: z.input<Schema>): Schedule {
  return { type: type.type, options: checkOptions(type.options, given, type.type) };
}
