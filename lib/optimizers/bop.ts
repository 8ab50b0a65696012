import { z } from "zod";

import { checkOptions } from "../options/check.js";
import type { Schedule } from "../schedules/schedule.js";
import { Optimizer, optimizerType, presentSchedules, schedulesOf } from "./optimizer.js";

const schedulable = ["gamma", "threshold"] as const;

/** Options of {@link Bop}. */
export const bopOptions = z.strictObject({
  gamma: z
    .number()
    .min(0)
    .max(1)
    .default(1e-4)
    .describe("Share of the new gradient in the average: the adaptivity rate"),
  threshold: z.number().min(0).default(1e-8).describe("What the average has to exceed, against a weight, to flip it"),
  tie: z
    .enum(["keep", "positive"])
    .default("keep")
    .describe(
      'A weight that meets the threshold exactly stays ("keep") or becomes +1 ("positive", as in the authors\' code)',
    ),
  schedules: schedulesOf(schedulable),
});

export type BopOptions = z.input<typeof bopOptions>;

/**
 * Bop, the binary optimizer: there are no latent real weights; a binary weight flips when an average of its gradients
 * says so clearly enough.
 *
 *     m = (1 - gamma) m + gamma dL/dw,   from m = 0
 *     w = -w where w m > threshold
 *
 * Claims the binary parameters, whose first signs are random. The average is not reset by a flip. Evaluation uses w; there is
 * no posterior, so that the mean over samples equals the mode. The state of a weight is -1 or +1; other numbers in a state
 * that is set from outside count by their signs, 0 as +1, until the next update makes them -1 or +1.
 *
 * @example new Bop({ gamma: 1e-5, schedules: { gamma: exponential({ gamma: 0.98 }) } })
 *
 * Options:
 * - `gamma`: share of the new gradient in the average, in 0..1; a schedule takes the place of a learning rate's.
 *   Default `1e-4`.
 * - `threshold`: in the unit of the gradients of the mean loss, >= 0; the higher, the fewer flips. Default `1e-8`.
 * - `tie`: where `w m` meets the threshold exactly, such as for threshold 0 without a gradient, the weight stays (`"keep"`)
 *   or becomes +1 (`"positive"`, as in the authors' code; for replaying its trajectories). Default `"keep"`.
 * - `schedules`: schedules by name of `gamma` or `threshold`. Default: each keeps its value.
 *
 * Source: Helwegen, Widdicombe, Geiger, Liu, Cheng, Nusselder, "Latent Weights Do Not Exist: Rethinking Binarized Neural
 * Network Optimization", NeurIPS 2019, algorithm 1.
 */
export class Bop extends Optimizer {
  readonly type = "bop";
  readonly claims = "binary";
  readonly options: Omit<z.output<typeof bopOptions>, "schedules">;
  readonly schedules: Readonly<Record<string, Schedule>>;
  protected readonly schedulable = schedulable;

  /** @throws BayesBinnError `ERR_OPTION_UNKNOWN`, `ERR_OPTION_TYPE` or `ERR_OPTION_RANGE` */
  constructor(options: BopOptions = {}) {
    super();
    const { schedules, ...rest } = checkOptions(bopOptions, options, "Bop");
    this.options = rest;
    this.schedules = presentSchedules("Bop", rest, schedules);
  }
}

export const bopType = optimizerType({
  type: "bop",
  claims: "binary",
  options: bopOptions,
  create: (options) => new Bop(options),
});
