import { z } from "zod";

import type { OptimizerSpec } from "../native/contract.js";
import { checkOptions } from "../options/check.js";
import type { Schedule } from "../schedules/schedule.js";
import { keepsMomentum } from "./keep-momentum.js";
import { type FitFacts, Optimizer, optimizerType, presentSchedules, schedulesOf } from "./optimizer.js";

const schedulable = ["learningRate", "momentum", "weightDecay"] as const;

/** Options of {@link SGD}. */
export const sgdOptions = z.strictObject({
  learningRate: z.number().min(0).default(1e-2).describe("Step size"),
  momentum: z.number().min(0).lt(1).default(0).describe("Share of the old sum of gradients that stays"),
  nesterov: z.boolean().default(false).describe("Whether the step looks ahead along the momentum"),
  weightDecay: z.number().min(0).default(0).describe("Factor of the weight in its gradient (L2)"),
  schedules: schedulesOf(schedulable),
});

export type SGDOptions = z.input<typeof sgdOptions>;

/**
 * Stochastic gradient descent for real-valued parameters, as PyTorch's `SGD` without dampening.
 *
 *     d = g + weightDecay w
 *     b = momentum b + d,   from b = 0
 *     w = w - learningRate b,   with nesterov: w = w - learningRate (d + momentum b)
 *
 * @example new Trainer({ model, optimizer: [new BayesBiNN(), new SGD({ momentum: 0.9, nesterov: true })] })
 *
 * Options:
 * - `learningRate`: step size, >= 0. Default `1e-2`.
 * - `momentum`: share of the old sum of gradients that stays, >= 0 and < 1. Default `0`.
 * - `nesterov`: whether the step looks ahead along the momentum; changes nothing without momentum. Default `false`.
 * - `weightDecay`: factor of the weight in its gradient (L2), >= 0. Default `0`.
 * - `schedules`: schedules by name of `learningRate`, `momentum` or `weightDecay`. Default: each keeps its value.
 *
 * Source: Sutskever, Martens, Dahl, Hinton, "On the importance of initialization and momentum in deep learning", ICML 2013,
 * equations 1-4, with the learning rate outside of the sum, as in the documentation of `torch.optim.SGD`.
 */
export class SGD extends Optimizer {
  readonly type = "sgd";
  readonly claims = "real";
  readonly options: Omit<z.output<typeof sgdOptions>, "schedules">;
  readonly schedules: Readonly<Record<string, Schedule>>;
  protected readonly schedulable = schedulable;

  /** @throws BayesBinnError `ERR_OPTION_UNKNOWN`, `ERR_OPTION_TYPE` or `ERR_OPTION_RANGE` */
  constructor(options: SGDOptions = {}) {
    super();
    const { schedules, ...rest } = checkOptions(sgdOptions, options, "SGD");
    this.options = rest;
    this.schedules = presentSchedules("SGD", rest, schedules);
  }

  override toSpec(parameters: readonly string[], facts?: FitFacts): OptimizerSpec {
    return { ...super.toSpec(parameters, facts), keepMomentum: keepsMomentum(this) };
  }
}

export const sgdType = optimizerType({
  type: "sgd",
  claims: "real",
  options: sgdOptions,
  create: (options) => new SGD(options),
});
