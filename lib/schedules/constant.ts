import { z } from "zod";

import { makeSchedule, type Schedule, scheduleType } from "./schedule.js";

export const constantOptions = z.strictObject({});

export const constantType = scheduleType({
  type: "constant",
  options: constantOptions,
  value: (_, initial) => initial,
});

/** The initial value in every epoch; the same as no schedule. */
export function constant(): Schedule {
  return makeSchedule(constantType, {});
}
