import { z } from "zod";

import { makeSchedule, multiplied, type Schedule, scheduleType } from "./schedule.js";

export const multiStepOptions = z.strictObject({
  milestones: z.array(z.int().min(1)).min(1).describe("Epochs (from 0) that begin with a multiplication, in any order"),
  gamma: z.number().gt(0).default(0.1).describe("Factor at each milestone"),
});

export const multiStepType = scheduleType({
  type: "multiStep",
  options: multiStepOptions,
  value: ({ milestones, gamma }, initial, { epoch }) =>
    multiplied(initial, gamma, milestones.filter((milestone) => milestone <= epoch).length),
});

/**
 * A factor at each milestone: `initial gamma^(number of milestones <= epoch)`. A milestone that is named twice counts twice.
 *
 * @example multiStep({ milestones: [100, 150], gamma: 0.1 })
 *
 * Options:
 * - `milestones`: epochs (from 0, each >= 1) that begin with a multiplication, in any order; at least one. Required.
 * - `gamma`: factor at each milestone, > 0. Default `0.1`.
 */
export function multiStep(options: z.input<typeof multiStepOptions>): Schedule {
  return makeSchedule(multiStepType, options);
}
