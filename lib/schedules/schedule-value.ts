import { z } from "zod";

import { unknownName } from "../options/check.js";
import { scheduleTypes } from "./index.js";
import type { Schedule, ScheduleType, TrainingPlace } from "./schedule.js";

/** Any schedule as data, `{ type, options }`: what the factories return. */
export const scheduleSchema = z
  .discriminatedUnion(
    "type",
    scheduleTypes.map(({ type, options }) => z.strictObject({ type: z.literal(type), options })) as unknown as [
      z.ZodObject,
    ],
  )
  .meta({ accepted: "a schedule such as cosine()" }) as unknown as z.ZodType<Schedule, Schedule>;

/**
 * Value of a hyperparameter in the training step that begins at `place`: `epoch` (from 0) of `epochs`, after `step` steps of
 * the fit. The first step runs at the initial value, or at the bound of a staircase that this is beyond. A value too large
 * for a double is the largest one.
 *
 * @example scheduleValue(cosine(), 1e-4, { epoch: 250, epochs: 500, step: 250 * 540 })
 *
 * @throws BayesBinnError `ERR_OPTION_RANGE` for a type that is not in the list of schedules
 */
export function scheduleValue(schedule: Schedule, initial: number, place: TrainingPlace): number {
  const value = typeOf(schedule).value(schedule.options, initial, place);
  return Math.min(Math.max(value, -Number.MAX_VALUE), Number.MAX_VALUE);
}

/** The next step, after that at `place`, that may have another value within the epoch; infinity where none has. */
export function nextChange(schedule: Schedule, place: TrainingPlace): number {
  return typeOf(schedule).nextChange?.(schedule.options, place) ?? Number.POSITIVE_INFINITY;
}

function typeOf(schedule: Schedule): ScheduleType {
  const types: readonly ScheduleType[] = scheduleTypes;
  const found = types.find(({ type }) => type === schedule.type);
  if (found === undefined) {
    throw unknownName(
      "schedule.type",
      schedule.type,
      types.map(({ type }) => type),
    );
  }
  return found;
}
