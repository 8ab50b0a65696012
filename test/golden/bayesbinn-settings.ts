import { z } from "zod";

import { BayesBiNN } from "../../lib/optimizers/bayesbinn.js";
import { constant } from "../../lib/schedules/constant.js";
import type { Golden } from "./read-golden.js";

/** Settings of a trajectory, in the authors' names. */
export const trajectorySettings = z.object({
  train_set_size: z.number(),
  lr: z.number(),
  beta: z.number(),
  num_samples: z.int(),
  samples_per_step: z.int(),
  temperature: z.number(),
  reweight: z.number(),
  steps: z.int(),
  /** Step index before which the prior becomes the current lambda. */
  switch_at: z.int().optional(),
  /** Dropout rate. */
  drop: z.number().default(0),
  param_shapes: z.array(z.tuple([z.string(), z.array(z.int())])),
});

/** The authors' optimizer with the settings of a trajectory, mu one step late as theirs is. */
export function recordedOptimizer(golden: Golden): BayesBiNN {
  const settings = golden.settings(trajectorySettings);
  return new BayesBiNN({
    learningRate: settings.lr,
    momentum: settings.beta,
    temperature: settings.temperature,
    samples: settings.samples_per_step,
    estimator: settings.num_samples === 0 ? "mean" : "sample",
    klWeight: settings.reweight,
    trainSetSize: settings.train_set_size,
    perWeightPrior: hasPrior(golden),
    staleMu: true,
    // The authors keep the average in every setting; a schedule keeps it where it is the gradient itself.
    schedules: { momentum: constant() },
  });
}

function hasPrior(golden: Golden): boolean {
  return golden.has("prior_lambda") || golden.settings(trajectorySettings).switch_at !== undefined;
}

/** Prior of each weight in `step` (an index); undefined where it is 0 throughout. */
export function recordedPrior(golden: Golden, step: number): Float32Array | undefined {
  if (!hasPrior(golden)) return undefined;
  if (golden.has("prior_lambda")) return golden.f32("prior_lambda");
  const { switch_at: at = 0 } = golden.settings(trajectorySettings);
  return step < at ? new Float32Array(golden.f32("lambda_init").length) : lambdaBefore(golden, at);
}

/** Lambda before `step` (an index); the first one for every earlier step. */
export function lambdaBefore(golden: Golden, step: number): Float32Array {
  return step <= 0 ? golden.f32("lambda_init") : golden.f32("lambda", step - 1);
}

/** The lambda whose tanh is the recorded float32 mu of `step`; one beyond saturation where that is +-1. */
export function lambdaOfRecordedMu(golden: Golden, step: number): Float32Array {
  if (step <= 0) return golden.f32("lambda_init");
  return golden.f32("mu_state", step - 1).map((mu) => (Math.abs(mu) < 1 ? Math.atanh(mu) : 20 * mu));
}
