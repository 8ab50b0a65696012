import type { z } from "zod";

import { checkOptions } from "../options/check.js";

/** How a hyperparameter changes while a fit goes on, as data; made by a factory such as {@link cosine}. */
export interface Schedule {
  readonly type: string;
  /** Complete. */
  readonly options: Readonly<Record<string, unknown>>;
}

/** Where a fit stands. */
export interface TrainingPlace {
  /** From 0. */
  readonly epoch: number;
  /** Length of the schedules. */
  readonly epochs: number;
  /** Training steps of the fit that are done: 0 before the first. */
  readonly step: number;
}

export interface ScheduleType<Schema extends z.ZodObject = z.ZodObject> {
  readonly type: string;
  readonly options: Schema;
  /** Value of the step that begins at `place`; that of the first step is `initial`, unless that is out of its bounds. */
  value(options: z.output<Schema>, initial: number, place: TrainingPlace): number;
  /** The next step, after that at `place`, that may have another value; absent where values change with the epoch alone. */
  nextChange?(options: z.output<Schema>, place: TrainingPlace): number;
}

/** Keeps the type of the options between the members of a {@link ScheduleType}. */
export function scheduleType<Schema extends z.ZodObject>(type: ScheduleType<Schema>): ScheduleType<Schema> {
  return type;
}

/** `initial factor^times`. A power that doubles cannot hold is the largest of them, which leaves 0 what it is. */
export function multiplied(initial: number, factor: number, times: number): number {
  return initial * Math.min(factor ** times, Number.MAX_VALUE);
}

/** Checks the options of a factory and fills in their defaults. */
export function makeSchedule<Schema extends z.ZodObject>(type: ScheduleType<Schema>, given: z.input<Schema>): Schedule {
  return { type: type.type, options: checkOptions(type.options, given, type.type) };
}
