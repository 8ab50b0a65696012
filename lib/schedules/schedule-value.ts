import { z } from "zod";

import { unknownName } from "../options/check.js";
import { scheduleTypes } from "./index.js";
import type { Schedule, ScheduleType } from "./schedule.js";

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
 * Value of a hyperparameter in `epoch` (from 0) of `epochs`. Epoch 0 runs at the initial value.
 *
 * @throws BayesBinnError `ERR_OPTION_RANGE` for a type that is not in the list of schedules
 */
export function scheduleValue(schedule: Schedule, initial: number, epoch: number, epochs: number): number {
  const types: readonly ScheduleType[] = scheduleTypes;
  const found = types.find(({ type }) => type === schedule.type);
  if (found === undefined) {
    throw unknownName(
      "schedule.type",
      schedule.type,
      types.map(({ type }) => type),
    );
  }
  return found.value(schedule.options, initial, epoch, epochs);
}
