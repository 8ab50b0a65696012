import { z } from "zod";

import { checkOptions } from "../options/check.js";
import type { Schedule } from "../schedules/schedule.js";
import { adamSchedulable, adamStepOptions } from "./adam-options.js";
import { clipOption, withClipLimits } from "./clip.js";
import { type FitFacts, Optimizer, optimizerType, presentSchedules, schedulesOf } from "./optimizer.js";

const schedulable = [...adamSchedulable, "gradientClip", "weightClip"] as const;

/** Options of {@link STE}. */
export const steOptions = z.strictObject({
  learningRate: z.number().min(0).default(1e-2).describe("Step size of the latent weights"),
  ...adamStepOptions,
  gradientClip: clipOption.default("none").describe("Gradients are clipped to +- this before the step"),
  weightClip: clipOption.default(1).describe("Latent weights are clipped to +- this after the step"),
  latentMask: z
    .boolean()
    .default(false)
    .describe("Whether a latent weight beyond +-1 gets no gradient, as if the sign were a hard tanh backwards"),
  schedules: schedulesOf(schedulable),
});

export type STEOptions = z.input<typeof steOptions>;

/**
 * The straight-through estimator with Adam: a latent real weight r for each binary weight, whose sign the network sees.
 *
 *     w = sign(r), 0 counting as +1
 *     g = dL/dw, passed to r as it is (straight through)
 *     r = clip(r - Adam's step for clip(g))
 *
 * Claims the binary parameters, whose latent weights begin as the layers propose (Glorot). Evaluation uses the signs;
 * there is no posterior, so that the mean over samples equals the mode. Real biases belong to a second optimizer; the
 * authors of BayesBiNN clip those as well: `new Adam({ learningRate: 1e-2, weightClip: 1 })`.
 *
 * @example new STE({ schedules: { learningRate: cosine() } })
 *
 * Options:
 * - `learningRate`: step size of the latent weights, >= 0; the default is that of the BayesBiNN paper (Table 9). Default `1e-2`.
 * - `beta1`: share of the old average of gradients, >= 0 and < 1. Default `0.9`.
 * - `beta2`: share of the old average of squared gradients, >= 0 and < 1. Default `0.999`.
 * - `epsilon`: added to the root of the second average, > 0. Default `1e-8`.
 * - `gradientClip`: each entry of the gradient is clipped to ± this number, > 0, or `"none"`, as in the code behind the
 *   BayesBiNN paper's numbers, although the paper says that gradients were clipped. Default `"none"`.
 * - `weightClip`: each latent weight is clipped to ± this number, > 0, after the step, or `"none"`: beyond it a weight would
 *   need many steps to change its sign. Default `1`.
 * - `latentMask`: whether a latent weight with |r| > 1 gets no gradient, as if the sign were a hard tanh backwards. Where
 *   `weightClip` is at most 1 it changes nothing after a weight's first update. Default `false`.
 * - `schedules`: schedules by name of `learningRate`, `beta1`, `beta2`, `epsilon`, `gradientClip` or `weightClip`; a clip
 *   that is `"none"` takes none. Default: each keeps its value.
 *
 * Source: Bengio, Léonard, Courville, "Estimating or Propagating Gradients Through Stochastic Neurons for Conditional
 * Computation", arXiv 1308.3432, 2013; clipped latent weights: Courbariaux, Bengio, David, "BinaryConnect", NIPS 2015,
 * algorithm 1; as a baseline: Meng, Bachmann, Khan, ICML 2020, appendix D.
 */
export class STE extends Optimizer {
  readonly type = "ste";
  readonly claims = "binary";
  readonly options: Omit<z.output<typeof steOptions>, "schedules">;
  readonly schedules: Readonly<Record<string, Schedule>>;
  protected readonly schedulable = schedulable;

  /** @throws BayesBinnError `ERR_OPTION_UNKNOWN`, `ERR_OPTION_TYPE` or `ERR_OPTION_RANGE` */
  constructor(options: STEOptions = {}) {
    super();
    const { schedules, ...rest } = checkOptions(steOptions, options, "STE");
    this.options = rest;
    this.schedules = presentSchedules("STE", rest, schedules);
  }

  protected override resolve(facts: FitFacts): Readonly<Record<string, unknown>> {
    return withClipLimits(super.resolve(facts));
  }
}

export const steType = optimizerType({
  type: "ste",
  claims: "binary",
  options: steOptions,
  create: (options) => new STE(options),
});
