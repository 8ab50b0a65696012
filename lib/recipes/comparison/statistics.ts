import type { MeanAndStd } from "../methods/method.js";

/** Mean and standard deviation in population form, as the paper's tables have them; `undefined` of nothing. */
export function meanAndStd(values: readonly number[]): MeanAndStd | undefined {
  if (values.length === 0) return undefined;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  return { mean, std: Math.sqrt(variance) };
}
