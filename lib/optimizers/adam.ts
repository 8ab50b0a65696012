import { z } from "zod";

import { checkOptions } from "../options/check.js";
import type { Schedule } from "../schedules/schedule.js";
import { Optimizer, optimizerType, presentSchedules, schedulesOf } from "./optimizer.js";

const schedulable = ["learningRate", "beta1", "beta2", "epsilon"] as const;

/** Options of {@link Adam}. */
export const adamOptions = z.strictObject({
  learningRate: z.number().min(0).default(1e-3).describe("Step size"),
  beta1: z.number().min(0).lt(1).default(0.9).describe("Share of the old average of gradients"),
  beta2: z.number().min(0).lt(1).default(0.999).describe("Share of the old average of squared gradients"),
  epsilon: z.number().gt(0).default(1e-8).describe("Added to the root of the second average"),
  schedules: schedulesOf(schedulable),
});

export type AdamOptions = z.input<typeof adamOptions>;

/**
 * Adam for real-valued parameters: real weights and biases, and the gain and bias of batch normalisation.
 *
 *     m = beta1 m + (1 - beta1) g,   v = beta2 v + (1 - beta2) g^2
 *     w = w - learningRate (m / (1 - beta1^t)) / (sqrt(v / (1 - beta2^t)) + epsilon)
 *
 * @example new Trainer({ model, optimizer: [new BayesBiNN(), new Adam({ learningRate: 3e-4 })] })
 *
 * Options:
 * - `learningRate`: step size, >= 0, in the unit of the weights. Default `1e-3`.
 * - `beta1`: share of the old average of gradients, >= 0 and < 1. Default `0.9`.
 * - `beta2`: share of the old average of squared gradients, >= 0 and < 1. Default `0.999`.
 * - `epsilon`: added to the root of the second average, > 0. Default `1e-8`.
 * - `schedules`: schedules by name of `learningRate`, `beta1`, `beta2` or `epsilon`. Default: each keeps its value.
 *
 * Source: Kingma, Ba, "Adam: A Method for Stochastic Optimization", ICLR 2015, algorithm 1.
 */
export class Adam extends Optimizer {
  readonly type = "adam";
  readonly claims = "real";
  readonly options: Omit<z.output<typeof adamOptions>, "schedules">;
  readonly schedules: Readonly<Record<string, Schedule>>;
  protected readonly schedulable = schedulable;

  /** @throws BayesBinnError `ERR_OPTION_UNKNOWN`, `ERR_OPTION_TYPE` or `ERR_OPTION_RANGE` */
  constructor(options: AdamOptions = {}) {
    super();
    const { schedules, ...rest } = checkOptions(adamOptions, options, "Adam");
    this.options = rest;
    this.schedules = presentSchedules(schedules);
  }
}

export const adamType = optimizerType({
  type: "adam",
  claims: "real",
  options: adamOptions,
  create: (options) => new Adam(options),
});
