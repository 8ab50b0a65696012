import type { Model } from "../../model/model.js";
import type { Prediction, PredictOptions } from "../../model/predict.js";

/** Predictions with the most probable weights and with draws of the weights, one number an output of a sample. */
export interface Draws {
  readonly mode: Float32Array;
  /** The mean over the draws, and how far these differ. */
  readonly drawn: Prediction;
  readonly samples: number;
}

/** Both predictions for network inputs. */
export async function drawsOf(
  model: Pick<Model, "predict">,
  inputs: Float32Array,
  { samples, ...options }: Pick<PredictOptions, "signal"> & { readonly samples: number },
): Promise<Draws> {
  const { mean: mode } = await model.predict(inputs, { samples: 0, ...options });
  return { mode, drawn: await model.predict(inputs, { samples, ...options }), samples };
}

/** Whether draws of the weights differ at all. */
export function hasPosterior({ drawn: { epistemicStd, mutualInformation } }: Draws): boolean {
  return [epistemicStd, mutualInformation].some((spread) => spread?.some((value) => value > 0));
}
