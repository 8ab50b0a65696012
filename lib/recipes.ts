/**
 * `bayesbinn/recipes`: the experiments of the command line, from a script.
 *
 * @example
 * const config = await resolveConfig("mnist-mlp", ["model.hiddenUnits=256"], { epochs: 5 });
 * const { test } = await runConfig(config);
 *
 * @module
 */

export type { SegmentationFiles } from "./figures/pictures/save-segmentation.js";
export {
  type CompareOptions,
  type ComparisonListeners,
  type ComparisonRun,
  compareMethods,
} from "./recipes/comparison/compare-methods.js";
export type {
  Accuracies,
  ComparedRun,
  Comparison,
  ComparisonRow,
  RunFailure,
} from "./recipes/comparison/comparison.js";
export { type Config, type ConfigInput, checkConfig, configJsonSchema } from "./recipes/config.js";
export type { ContinualSummary } from "./recipes/continual/continual-summary.js";
export { type ContinualRunOptions, runContinual } from "./recipes/continual/run-continual.js";
export { type DrawnFigure, type DrawOptions, drawFigures } from "./recipes/figures/draw-figures.js";
export { recipes } from "./recipes/index.js";
export { type MethodName, methods } from "./recipes/methods/index.js";
export type {
  MeanAndStd,
  Method,
  PaperAccuracies,
  PaperColumn,
  PaperRow,
  Prediction,
} from "./recipes/methods/method.js";
export type { Recipe } from "./recipes/recipe.js";
export { type ResolveOptions, resolveConfig } from "./recipes/resolve-config.js";
export { type ResumeOptions, resumeRun } from "./recipes/resume-run.js";
export { runConfig } from "./recipes/run.js";
export type { RunListeners, RunOptions, SittingOptions } from "./recipes/run-options.js";
export type { RunStart, RunSummary } from "./recipes/run-report.js";
export { type RunStatus, runStatus } from "./recipes/run-status.js";
export { type DrawnImage, type RunSegmentation, type SegmentRunOptions, segmentRun } from "./recipes/segment-run.js";
