import { z } from "zod";

import { makeSchedule, multiplied, type Schedule, scheduleType } from "./schedule.js";

export const exponentialOptions = z.strictObject({
  gamma: z.number().gt(0).describe("Factor an epoch"),
});

export const exponentialType = scheduleType({
  type: "exponential",
  options: exponentialOptions,
  value: ({ gamma }, initial, { epoch }) => multiplied(initial, gamma, epoch),
});

/**
 * A factor an epoch: `initial gamma^epoch`.
 *
 * @example exponential({ gamma: 0.98 })
 *
 * Options:
 * - `gamma`: factor an epoch, > 0. Required.
 */
export function exponential(options: z.input<typeof exponentialOptions>): Schedule {
  return makeSchedule(exponentialType, options);
}
