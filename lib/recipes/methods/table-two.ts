import type { PaperResult } from "../recipe.js";
import { type Method, type PaperColumn, paperRuns } from "./method.js";

/** The test accuracy of a method in the paper's Table 2, with the most probable weights. */
export function tableTwo({ rows: [{ title, prediction, results }] }: Method, column: PaperColumn): PaperResult {
  const { mean, std } = results[column].test;
  return { source: `Table 2, ${title}, ${paperRuns} runs`, metric: `test.${prediction}.accuracy`, value: mean, std };
}
