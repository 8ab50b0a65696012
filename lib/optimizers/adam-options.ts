import { z } from "zod";

/** Hyperparameters of Adam's step, which several methods take. */
export const adamSchedulable = ["learningRate", "beta1", "beta2", "epsilon"] as const;

/** The options of Adam's step but for the learning rate, whose default depends on the method. */
export const adamStepOptions = {
  beta1: z.number().min(0).lt(1).default(0.9).describe("Share of the old average of gradients"),
  beta2: z.number().min(0).lt(1).default(0.999).describe("Share of the old average of squared gradients"),
  epsilon: z.number().gt(0).default(1e-8).describe("Added to the root of the second average"),
};
