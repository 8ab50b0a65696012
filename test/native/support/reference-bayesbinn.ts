// BayesBiNN in float64, as native/optimizers/bayesbinn.h documents it, with the error that float32 arithmetic may make.
import { epsilon32 } from "./compare.js";

export interface BayesBinnOptions {
  readonly learningRate: number;
  readonly momentum: number;
  readonly temperature: number;
  readonly samples: number;
  readonly estimator: "sample" | "mean";
  readonly priorLambda: number;
  readonly perWeightPrior: boolean;
  readonly klWeight: number;
  readonly trainSetSize: number;
  readonly epsilon: number;
  readonly saturation: number;
  readonly staleMu: boolean;
}

/** A value with the largest error that is allowed. */
export interface Estimate {
  readonly value: number;
  readonly tolerance: number;
}

/** At and below this temperature weights are signs by definition. */
const signTemperature = 1e-6;

const noiseOf = (u: number) => Math.log(u / (1 - u)) / 2;

/**
 * The formula at its argument and at both ends of what rounding makes of that argument. Steps, such as the sign's and the
 * saturation's, need no care this way: next to them the ends differ and the tolerance is the height of the step.
 */
function within(formula: (x: number) => number, x: number, error: number): Estimate {
  const [low, value, high] = [formula(x - error), formula(x), formula(x + error)];
  const spread = Math.max(low, value, high) - Math.min(low, value, high);
  return { value, tolerance: spread + 8 * epsilon32 * Math.abs(value) };
}

/** Rounding of lambda + delta: of the logarithm, of u / (1 - u) and of the sum. */
function sumError(lambda: number, delta: number): number {
  return epsilon32 * (Math.abs(lambda) + Math.abs(delta) + 1);
}

/** w = tanh((lambda + delta) / tau); sign(lambda + delta) at tau <= 1e-6; tanh(lambda) for the mean. */
export function weight(options: BayesBinnOptions, lambda: number, u: number): Estimate {
  const tau = options.temperature;
  if (options.estimator === "mean") return within(Math.tanh, lambda, epsilon32 * Math.abs(lambda));
  const delta = noiseOf(u);
  const error = sumError(lambda, delta);
  if (tau <= signTemperature) return within((x) => (x >= 0 ? 1 : -1), lambda + delta, error);
  const x = (lambda + delta) / tau;
  return within(Math.tanh, x, error / tau + 2 * epsilon32 * Math.abs(x));
}

/** 1 - tanh(x)^2, counting as 0 below the saturation. */
function saturated(options: BayesBinnOptions, x: number): number {
  const e = Math.exp(-2 * Math.abs(x));
  const value = (4 * e) / (1 + e) ** 2;
  return value < options.saturation ? 0 : value;
}

/** s = (1 - w^2 + eps) / (tau (1 - mu^2 + eps)), times N / S; N alone for the mean. */
function scale(options: BayesBinnOptions, lambda: number, lambdaOfMu: number, u: number): Estimate {
  const { temperature: tau, epsilon, trainSetSize } = options;
  if (options.estimator === "mean") return within(() => trainSetSize, 0, 0);
  const share = trainSetSize / options.samples / tau;
  const below = within(
    (x) => share / (saturated(options, x) + epsilon),
    lambdaOfMu,
    2 * epsilon32 * Math.abs(lambdaOfMu),
  );
  const delta = noiseOf(u);
  const x = (lambda + delta) / tau;
  const error = sumError(lambda, delta) / tau + 2 * epsilon32 * Math.abs(x);
  const above =
    tau <= signTemperature ? within(() => epsilon, 0, 0) : within((at) => saturated(options, at) + epsilon, x, error);
  const value = above.value * below.value;
  return {
    value,
    tolerance: above.tolerance * (below.value + below.tolerance) + below.tolerance * above.value,
  };
}

/** A weight's latent value and state. */
export interface BayesBinnWeight {
  readonly lambda: number;
  readonly momentum: number;
  readonly previousLambda?: number;
  readonly prior?: number;
}

/**
 * g = sum over samples of scale * dL/dw;  m <- beta m + (1 - beta)(g + rho (lambda - lambda_0));
 * lambda <- lambda - alpha m / (1 - beta^t)
 */
export function update(
  options: BayesBinnOptions,
  weights: BayesBinnWeight,
  uniforms: readonly number[],
  gradients: readonly number[],
  t: number,
): { readonly momentum: Estimate; readonly lambda: Estimate } {
  const { lambda, momentum } = weights;
  const beta = options.momentum;
  const lambdaOfMu = options.staleMu ? weights.previousLambda! : lambda;
  const prior = options.perWeightPrior ? weights.prior! : options.priorLambda;
  const pull = options.klWeight * (lambda - prior);
  let total = pull;
  let sizes = options.klWeight * (Math.abs(lambda) + Math.abs(prior));
  let error = 0;
  uniforms.forEach((u, s) => {
    const { value, tolerance } = scale(options, lambda, lambdaOfMu, u);
    total += value * gradients[s]!;
    sizes += Math.abs(value * gradients[s]!);
    error += tolerance * Math.abs(gradients[s]!);
  });
  const m = beta * momentum + (1 - beta) * total;
  const momentumTolerance = (1 - beta) * error + 4 * epsilon32 * (beta * Math.abs(momentum) + sizes);
  const rate = options.learningRate / (1 - beta ** t);
  return {
    momentum: { value: m, tolerance: momentumTolerance },
    lambda: {
      value: lambda - rate * m,
      tolerance: rate * momentumTolerance + 2 * epsilon32 * (Math.abs(lambda) + rate * Math.abs(m)),
    },
  };
}
