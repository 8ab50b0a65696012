import type { DrawnImage, RunSegmentation } from "../recipes/segment-run.js";
import { scoresLines } from "./format.js";

/** An image whose pictures are there: `slice-24: entropy 0.2345, mutual information 0.0123, slice-24.overview.png`. */
export function imageLine({ name, meanEntropy, meanMutualInformation, files }: DrawnImage): string {
  const information = files.mutualInformation && `mutual information ${meanMutualInformation.toFixed(4)}`;
  return `${name}: ${[`entropy ${meanEntropy.toFixed(4)}`, information, files.overview].filter(Boolean).join(", ")}\n`;
}

/** What `bayesbinn segment` did, for people. */
export function segmentationText({
  run,
  weights,
  split,
  images,
  samples,
  count,
  mode,
  mean,
  out,
}: RunSegmentation): string {
  const what = split === undefined ? `images of ${images}` : `${split} samples`;
  const how = samples === 0 ? "mode" : `mean of ${samples} samples`;
  const head = [`${run}, ${weights} weights, ${what}:`, `  ${count} whole images (${how}), pictures in ${out}`];
  if (mode === undefined) return `${head.join("\n")}\n`;
  const scores = [["mode", mode] as const, ...(mean === undefined ? [] : [[how, mean] as const])];
  return `${[...head, ...scoresLines(scores)].join("\n")}\n`;
}
