import { z } from "zod";

import { checkOptions } from "../options/check.js";
import type { Schedule, TrainingPlace } from "../schedules/schedule.js";
import { adamSchedulable, adamStepOptions } from "./adam-options.js";
import { type FitFacts, Optimizer, optimizerType, presentSchedules, schedulesOf } from "./optimizer.js";

const schedulable = [...adamSchedulable, "beta", "maxBeta", "weightDecay"] as const;

/** Options of {@link PMF}. */
export const pmfOptions = z.strictObject({
  learningRate: z.number().min(0).default(1e-3).describe("Step size of the latent weights"),
  ...adamStepOptions,
  beta: z.number().gt(0).default(1).describe("Steepness of the projection; a schedule anneals it"),
  maxBeta: z.number().gt(0).default(1e4).describe("What beta stays at once a schedule exceeds it"),
  weightDecay: z
    .number()
    .min(0)
    .default(0)
    .describe(
      "Share of a latent weight that decays, times the learning rate; with the authors' gradient an L2 term in it",
    ),
  gradient: z
    .enum(["exact", "authors"])
    .default("exact")
    .describe('The derivative of the projection ("exact"), or that of the authors\' code ("authors")'),
  schedules: schedulesOf(schedulable),
});

export type PMFOptions = z.input<typeof pmfOptions>;

/**
 * Proximal mean-field: training moves the mean of a Bernoulli distribution for each weight, which annealing sharpens until
 * it is a sign.
 *
 *     w = tanh(beta u)
 *     g = dL/du = beta (1 - w^2) dL/dw
 *     u = u - learningRate weightDecay u - Adam's step for g
 *
 * Claims the binary parameters, whose latent weights u begin as the layers propose (Glorot). Training steps see the real w in
 * (-1, 1), as float32. Evaluation uses the mode sign(u), or the mean of predictions over weights drawn with
 * P(w = +1) = sigmoid(2 beta u); while beta is small these networks are other ones than training sees, so let a schedule
 * raise `beta`.
 *
 * The authors keep one auxiliary value a level, u0 and u1, of which only u = (u1 - u0) / 2 has an effect, and their code
 * applies the softmax twice in the gradient. `gradient: "authors"` replays that: with d = tanh(beta w / 2)
 *
 *     dL/du0 = -beta dL/dw (1 + d (1 - d) / 2) + weightDecay u0
 *     dL/du1 =  beta dL/dw (1 - d (1 + d) / 2) + weightDecay u1
 *
 * and an Adam for each, with weight decay as a part of the gradient. Once beta is large, w and d are ±1, and the value of
 * the level that a weight has settled on has no gradient left but the decay. Adam divides that by its own size: however
 * small the decay is, the value moves to 0 in steps of the full learning rate, settled weights come loose, and
 * accuracy falls back to chance, as in runs of that code on CIFAR-10 and CIFAR-100 that others published (from 92 % and
 * 71 %; a likely cause, which nobody isolated). The defaults cannot do that: there is no decay, and where it is asked for, it
 * is decoupled: it shrinks u by a share and never passes through Adam, so that u keeps its sign.
 *
 * @example new PMF({ learningRate: 1e-2, schedules: { beta: exponential({ gamma: 1.1 }) } })
 *
 * Options:
 * - `learningRate`: step size of the latent weights, >= 0. Default `1e-3`.
 * - `beta1`: share of the old average of gradients, >= 0 and < 1. Default `0.9`.
 * - `beta2`: share of the old average of squared gradients, >= 0 and < 1. Default `0.999`.
 * - `epsilon`: added to the root of the second average, > 0. Default `1e-8`.
 * - `beta`: steepness of the projection, > 0; annealed by a schedule such as `exponential({ gamma: 1.1 })`. Default `1`.
 * - `maxBeta`: what beta stays at once its schedule exceeds it, > 0; the default is that of the authors' code. Default `1e4`.
 * - `weightDecay`: share of u that decays in a step, times the learning rate, >= 0; with `gradient: "authors"` the factor of
 *   an L2 term in the gradient. Default `0`.
 * - `gradient`: `"exact"` is the derivative of the projection, `"authors"` the double softmax of the authors' code with
 *   its two values a weight and three more state arrays; for replaying its trajectories. Default `"exact"`.
 * - `schedules`: schedules by name of `learningRate`, `beta1`, `beta2`, `epsilon`, `beta`, `maxBeta` or `weightDecay`.
 *   Default: each keeps its value.
 *
 * Source: Ajanthan, Dokania, Hartley, Torr, "Proximal Mean-field for Neural Network Quantization", ICCV 2019, algorithm 1;
 * decoupled decay: Loshchilov, Hutter, "Decoupled Weight Decay Regularization", ICLR 2019, algorithm 2.
 */
export class PMF extends Optimizer {
  readonly type = "pmf";
  readonly claims = "binary";
  readonly options: Omit<z.output<typeof pmfOptions>, "schedules">;
  readonly schedules: Readonly<Record<string, Schedule>>;
  protected readonly schedulable = schedulable;
  /** Both: a limit that has grown lets through a `beta` that the limit at the beginning would not. */
  override readonly predictive = ["beta", "maxBeta"] as const;

  /** @throws BayesBinnError `ERR_OPTION_UNKNOWN`, `ERR_OPTION_TYPE` or `ERR_OPTION_RANGE` */
  constructor(options: PMFOptions = {}) {
    super();
    const { schedules, ...rest } = checkOptions(pmfOptions, options, "PMF");
    this.options = rest;
    this.schedules = presentSchedules("PMF", rest, schedules);
  }

  /** With the `beta` that is in use. */
  override hyperparameters(place: TrainingPlace, facts: FitFacts): Record<string, number> {
    const values = super.hyperparameters(place, facts);
    return { ...values, beta: Math.min(values["beta"]!, values["maxBeta"]!) };
  }
}

export const pmfType = optimizerType({
  type: "pmf",
  claims: "binary",
  options: pmfOptions,
  create: (options) => new PMF(options),
});
