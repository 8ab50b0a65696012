import { z } from "zod";

import { checkOptions } from "../options/check.js";
import type { Schedule } from "../schedules/schedule.js";
import { adamSchedulable, adamStepOptions } from "./adam-options.js";
import { clipOption, withClipLimits } from "./clip.js";
import { type FitFacts, Optimizer, optimizerType, presentSchedules, schedulesOf } from "./optimizer.js";

const schedulable = [...adamSchedulable, "gradientClip", "weightClip"] as const;

/** Options of {@link Adam}. */
export const adamOptions = z.strictObject({
  learningRate: z.number().min(0).default(1e-3).describe("Step size"),
  ...adamStepOptions,
  gradientClip: clipOption.default("none").describe("Gradients are clipped to +- this before the step"),
  weightClip: clipOption.default("none").describe("Weights are clipped to +- this after the step"),
  schedules: schedulesOf(schedulable),
});

export type AdamOptions = z.input<typeof adamOptions>;

/**
 * Adam for real-valued parameters: real weights and biases, and the gain and bias of batch normalisation.
 *
 *     m = beta1 m + (1 - beta1) g,   v = beta2 v + (1 - beta2) g^2
 *     w = w - learningRate (m / (1 - beta1^t)) / (sqrt(v / (1 - beta2^t)) + epsilon)
 *
 * Where clips are given, g is clipped by value before, and w after the step.
 *
 * @example new Trainer({ model, optimizer: [new BayesBiNN(), new Adam({ learningRate: 3e-4 })] })
 *
 * Options:
 * - `learningRate`: step size, >= 0, in the unit of the weights. Default `1e-3`.
 * - `beta1`: share of the old average of gradients, >= 0 and < 1. Default `0.9`.
 * - `beta2`: share of the old average of squared gradients, >= 0 and < 1. Default `0.999`.
 * - `epsilon`: added to the root of the second average, > 0. Default `1e-8`.
 * - `gradientClip`: each entry of the gradient is clipped to ± this number, > 0, or `"none"`. Default `"none"`.
 * - `weightClip`: each parameter is clipped to ± this number, > 0, after the step, or `"none"`. Default `"none"`.
 * - `schedules`: schedules by name of `learningRate`, `beta1`, `beta2`, `epsilon`, `gradientClip` or `weightClip`; a clip
 *   that is `"none"` takes none. Default: each keeps its value.
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
    this.schedules = presentSchedules("Adam", rest, schedules);
  }

  protected override resolve(facts: FitFacts): Readonly<Record<string, unknown>> {
    return withClipLimits(super.resolve(facts));
  }
}

export const adamType = optimizerType({
  type: "adam",
  claims: "real",
  options: adamOptions,
  create: (options) => new Adam(options),
});
