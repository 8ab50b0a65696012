import { z } from "zod";

import { makeSchedule, type Schedule, scheduleType } from "./schedule.js";

export const cosineOptions = z.strictObject({
  final: z
    .number()
    .default(0)
    .describe("Value that would be reached one epoch after the last; unit of the hyperparameter"),
});

export const cosineType = scheduleType({
  type: "cosine",
  options: cosineOptions,
  value: ({ final }, initial, { epoch, epochs }) =>
    final + ((initial - final) * (1 + Math.cos((Math.PI * epoch) / epochs))) / 2,
});

/**
 * Half a cosine from the initial value to `final`: `final + (initial - final) (1 + cos(pi epoch / epochs)) / 2`.
 *
 * `epochs` is that of the `fit`, whatever its `stopAfter`.
 *
 * @example new BayesBiNN({ learningRate: 1e-4, schedules: { learningRate: cosine({ final: 1e-16 }) } })
 *
 * Options:
 * - `final`: value that would be reached one epoch after the last, in the unit of the hyperparameter. Default `0`.
 *
 * Source: Loshchilov, Hutter, "SGDR", ICLR 2017, equation 5, without restarts.
 */
export function cosine(options: z.input<typeof cosineOptions> = {}): Schedule {
  return makeSchedule(cosineType, options);
}
