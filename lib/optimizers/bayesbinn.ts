import { z } from "zod";
import type { OptimizerSpec } from "../native/contract.js";
import { checkOptions } from "../options/check.js";
import type { Schedule } from "../schedules/schedule.js";
import { keepsMomentum } from "./keep-momentum.js";
import { type FitFacts, Optimizer, optimizerType, presentSchedules, schedulesOf } from "./optimizer.js";

const schedulable = [
  "learningRate",
  "momentum",
  "temperature",
  "priorLambda",
  "klWeight",
  "epsilon",
  "saturation",
] as const;

/** Options of {@link BayesBiNN}; the names in the paper stand in brackets. */
export const bayesbinnOptions = z.strictObject({
  learningRate: z.number().min(0).default(1e-4).describe("Step size [alpha] of the natural parameters"),
  momentum: z
    .number()
    .min(0)
    .lt(1)
    .default(0)
    .describe("Share [beta] of the old gradient in the average, bias-corrected"),
  temperature: z
    .number()
    .gt(0)
    .default(1e-10)
    .describe("Temperature [tau] of the relaxed samples; up to 1e-6 the weights are exactly +-1"),
  samples: z.int().min(1).max(1024).default(1).describe("Weight samples [S] a training step"),
  estimator: z
    .enum(["sample", "mean"])
    .default("sample")
    .describe('"sample" draws the weights of a step; "mean" uses w = tanh(lambda), without noise and in one pass'),
  initialLambda: z
    .number()
    .min(0)
    .default(10)
    .describe("Size of the first natural parameters [lambda], whose signs are drawn at random"),
  initialLambdaSpread: z
    .number()
    .min(0)
    .default(0)
    .describe("Standard deviation of a normal spread around initialLambda"),
  priorLambda: z.number().default(0).describe("Natural parameter of the prior [lambda_0]; 0 is the uniform prior"),
  perWeightPrior: z
    .boolean()
    .default(false)
    .describe(
      "Whether each weight keeps a prior of its own, which begins at priorLambda and can be set with the state",
    ),
  klWeight: z.number().min(0).default(1).describe("Weight [rho] of the divergence from the prior"),
  trainSetSize: z
    .union([z.literal("auto"), z.number().gt(0)])
    .default("auto")
    .describe('Factor [N] of the mean loss, in samples; "auto" takes the size of the training set'),
  trainSizeFactor: z
    .number()
    .gt(0)
    .default(1)
    .describe("Multiplies trainSetSize, for samples that augmentation stands for; 10 in the paper for CIFAR"),
  epsilon: z.number().gt(0).default(1e-10).describe("Added to 1 - w^2 and to 1 - mu^2"),
  saturation: z
    .number()
    .min(0)
    .lt(1)
    .default(2 ** -24)
    .describe("1 - w^2 and 1 - mu^2 count as 0 below it, as in float32; 0 gives exact arithmetic"),
  staleMu: z
    .boolean()
    .default(false)
    .describe("Whether mu is taken one step late, as in the authors' code; for replaying their trajectories"),
  schedules: schedulesOf(schedulable),
});

export type BayesBiNNOptions = z.input<typeof bayesbinnOptions>;

/**
 * The Bayesian learning rule for binary weights: a Bernoulli posterior with natural parameter lambda for each weight.
 *
 *     w      = tanh((lambda + log(u / (1 - u)) / 2) / temperature),   u uniform in (0, 1)
 *     g      = N mean over samples of (1 - w^2 + epsilon) / (temperature (1 - mu^2 + epsilon)) dL/dw,   mu = tanh(lambda)
 *     m      = momentum m + (1 - momentum) (g + klWeight (lambda - priorLambda))
 *     lambda = lambda - learningRate m / (1 - momentum^t)
 *
 * Claims the binary parameters. Evaluation uses the mode sign(lambda), or the mean of predictions over weights drawn
 * from the posterior. The defaults are the paper's for MNIST, where the temperature is so low that the posterior hardly
 * spreads and the mean equals the mode; a temperature near 1 keeps it wide.
 *
 * @example new BayesBiNN({ learningRate: 1e-4, schedules: { learningRate: cosine({ final: 1e-16 }) } })
 *
 * Options, with the names of the paper in brackets:
 * - `learningRate`: step size [alpha] of the natural parameters, >= 0. Default `1e-4`.
 * - `momentum`: share [beta] of the old gradient in the bias-corrected average, >= 0 and < 1. Default `0`.
 * - `temperature`: of the relaxed samples [tau], > 0; up to 1e-6 the weights are exactly +-1. Default `1e-10`.
 * - `samples`: weight samples [S] a training step, an integer in 1..1024. Default `1`.
 * - `estimator`: `"sample"` draws the weights of a step; `"mean"` uses `w = tanh(lambda)`, without noise and in one pass.
 *   Default `"sample"`.
 * - `initialLambda`: size of the first natural parameters [lambda], >= 0; the signs are random. Default `10`.
 * - `initialLambdaSpread`: standard deviation of a normal spread around `initialLambda`, >= 0. Default `0`.
 * - `priorLambda`: natural parameter of the prior [lambda_0]; 0 is the uniform prior. Default `0`.
 * - `perWeightPrior`: whether each weight keeps a prior of its own, which begins at `priorLambda` and can be set with the
 *   state. Default `false`.
 * - `klWeight`: weight [rho] of the divergence from the prior, >= 0. Default `1`.
 * - `trainSetSize`: factor [N] of the mean loss, in samples, > 0; `"auto"` takes the size of the training set.
 *   Default `"auto"`.
 * - `trainSizeFactor`: multiplies N, whether it is `"auto"` or a number, > 0: augmentation shows more than the samples that
 *   there are. The paper has 10 for CIFAR-10 and CIFAR-100. At temperatures up to 1e-6 N only scales lambda, whose signs then
 *   depend on it no more once gradients outweigh `initialLambda`. Default `1`.
 * - `epsilon`: added to `1 - w^2` and to `1 - mu^2`, > 0. Default `1e-10`.
 * - `saturation`: `1 - w^2` and `1 - mu^2` count as 0 below it, as in float32; >= 0 and < 1; 0 gives exact arithmetic.
 *   Default `2 ** -24`.
 * - `staleMu`: whether `mu` is taken one step late, as in the authors' code; for replaying their trajectories.
 *   Default `false`.
 * - `schedules`: schedules by name of `learningRate`, `momentum`, `temperature`, `priorLambda`, `klWeight`, `epsilon` or
 *   `saturation`. Default: each keeps its value.
 *
 * Source: Meng, Bachmann, Khan, "Training Binary Neural Networks using the Bayesian Learning Rule", ICML 2020,
 * equations 8-14.
 */
export class BayesBiNN extends Optimizer {
  readonly type = "bayesbinn";
  readonly claims = "binary";
  readonly options: Omit<z.output<typeof bayesbinnOptions>, "schedules">;
  readonly schedules: Readonly<Record<string, Schedule>>;
  protected readonly schedulable = schedulable;

  /** @throws BayesBinnError `ERR_OPTION_UNKNOWN`, `ERR_OPTION_TYPE` or `ERR_OPTION_RANGE` */
  constructor(options: BayesBiNNOptions = {}) {
    super();
    const { schedules, ...rest } = checkOptions(bayesbinnOptions, options, "BayesBiNN");
    this.options = rest;
    this.schedules = presentSchedules("BayesBiNN", rest, schedules);
  }

  /** Native code gets one N. */
  protected override resolve(facts: FitFacts): Readonly<Record<string, unknown>> {
    const { trainSizeFactor, ...options } = super.resolve(facts);
    return { ...options, trainSetSize: Number(options["trainSetSize"]) * Number(trainSizeFactor) };
  }

  override toSpec(parameters: readonly string[], facts?: FitFacts): OptimizerSpec {
    return { ...super.toSpec(parameters, facts), keepMomentum: keepsMomentum(this) };
  }
}

export const bayesbinnType = optimizerType({
  type: "bayesbinn",
  claims: "binary",
  options: bayesbinnOptions,
  create: (options) => new BayesBiNN(options),
});
