import { z } from "zod";

import { makeSchedule, multiplied, type Schedule, scheduleType, type TrainingPlace } from "./schedule.js";

export const staircaseOptions = z
  .strictObject({
    every: z.int().min(1).describe("Steps or epochs from one multiplication to the next"),
    factor: z.number().gt(0).describe("What the value is multiplied by"),
    unit: z.enum(["steps", "epochs"]).default("steps").describe("What `every` counts: training steps or epochs"),
    minimum: z.number().optional().describe("Smallest value, in the unit of the hyperparameter"),
    maximum: z.number().optional().describe("Largest value, in the unit of the hyperparameter"),
  })
  .check(({ value: { minimum, maximum }, issues }) => {
    if (minimum === undefined || maximum === undefined || minimum <= maximum) return;
    issues.push({
      code: "custom",
      path: ["minimum"],
      input: minimum,
      message: `a number <= maximum = ${maximum}`,
      params: { code: "ERR_OPTION_RANGE" },
    });
  });

export const staircaseType = scheduleType({
  type: "staircase",
  options: staircaseOptions,
  value: ({ every, factor, unit, minimum = -Infinity, maximum = Infinity }, initial, place) => {
    const value = multiplied(initial, factor, Math.floor(count(unit, place) / every));
    return Math.min(Math.max(value, minimum), maximum);
  },
  nextChange: ({ every, unit }, { step }) =>
    unit === "steps" ? (Math.floor(step / every) + 1) * every : Number.POSITIVE_INFINITY,
});

function count(unit: "steps" | "epochs", { step, epoch }: TrainingPlace): number {
  return unit === "steps" ? step : epoch;
}

/**
 * A factor at every so many training steps or epochs: `initial factor^floor(n / every)`, held between `minimum` and
 * `maximum`, where `n` counts the steps of the fit, or its epochs, that are done.
 *
 * @example
 * staircase({ every: 7000, factor: 0.2 })
 * staircase({ every: 100, factor: 1.2, maximum: 1e4 })
 * staircase({ every: 100, factor: 0.1, unit: "epochs" })
 *
 * Options:
 * - `every`: steps or epochs from one multiplication to the next, an integer >= 1. Required.
 * - `factor`: what the value is multiplied by, > 0. Required.
 * - `unit`: what `every` counts, `"steps"` of training or `"epochs"`. Default `"steps"`.
 * - `minimum`: smallest value, in the unit of the hyperparameter. Default: none.
 * - `maximum`: largest value, in the unit of the hyperparameter, not below `minimum`. Default: none.
 */
export function staircase(options: z.input<typeof staircaseOptions>): Schedule {
  return makeSchedule(staircaseType, options);
}
