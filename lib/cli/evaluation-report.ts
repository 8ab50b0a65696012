import type { ModeAndMean, RunEvaluation, RunMetrics } from "../recipes/evaluate-run.js";
import type { OutOfDistribution } from "../recipes/out-of-distribution.js";
import { percentText } from "../recipes/percent.js";
import { metricsText, segmentationLines } from "./format.js";

/** What `bayesbinn evaluate` found, for people. */
export function evaluationText({ run, weights, split, reestimated, ...running }: RunEvaluation): string {
  return [
    `${run}, ${weights} weights, ${split} samples:`,
    ...metricsLines(running),
    ...(reestimated === undefined ? [] : ["with re-estimated batch-norm statistics:", ...metricsLines(reestimated)]),
    "",
  ].join("\n");
}

function metricsLines({ mode, mean, outOfDistribution }: ModeAndMean): string[] {
  return [
    `  mode: ${runMetricsText(mode)}`,
    ...classLine(mode),
    `  mean of ${mean.samples} samples: ${runMetricsText(mean)}`,
    ...classLine(mean),
    ...(mean.segmentation === undefined ? [] : [`  ${segmentationLines(mean.segmentation)[1]}`]),
    ...(outOfDistribution === undefined ? [] : detectionLines(outOfDistribution)),
  ];
}

function classLine({ segmentation }: RunMetrics): string[] {
  return segmentation === undefined ? [] : [`    ${segmentationLines(segmentation)[0]}`];
}

/** `loss 0.1031 accuracy 97.02 % NLL 0.1031 Brier 0.0461 ECE 0.42 %`. */
function runMetricsText({ rmse, calibration, ...metrics }: RunMetrics): string {
  const root = rmse === undefined ? "" : ` rmse ${rmse.toFixed(4)}`;
  if (calibration === undefined) return metricsText(metrics) + root;
  const { negativeLogLikelihood, brierScore, expectedCalibrationError } = calibration;
  const scores = `NLL ${negativeLogLikelihood.toFixed(4)} Brier ${brierScore.toFixed(4)}`;
  return `${metricsText(metrics)}${root} ${scores} ECE ${percentText(expectedCalibrationError)}`;
}

function detectionLines({ dataset, mode, mean }: OutOfDistribution): string[] {
  return [
    `  AUROC of ${dataset} against these samples:`,
    `    mode: entropy ${mode.entropy.toFixed(4)}`,
    `    mean: entropy ${mean.entropy.toFixed(4)}, mutual information ${mean.mutualInformation.toFixed(4)}`,
  ];
}
