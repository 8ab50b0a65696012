import { z } from "zod";

import { type Loss, lossType, makeLoss } from "./loss.js";

export const meanSquaredErrorOptions = z.strictObject({});

export const meanSquaredErrorType = lossType({
  type: "meanSquaredError",
  options: meanSquaredErrorOptions,
  targets: "values",
  accuracy: false,
  statistics: "deviation",
});

/**
 * Mean squared error: `(z - t)^2`, mean over outputs and batch. Predictions are the outputs themselves; metrics have
 * no accuracy.
 *
 * Targets: numbers (`Float32Array`), one an output.
 */
export function meanSquaredError(): Loss {
  return makeLoss(meanSquaredErrorType, {});
}
