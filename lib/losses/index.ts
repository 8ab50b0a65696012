import { binaryCrossEntropyType } from "./binary-cross-entropy.js";
import type { LossType } from "./loss.js";
import { meanSquaredErrorType } from "./mean-squared-error.js";
import { softmaxCrossEntropyType } from "./softmax-cross-entropy.js";
import { squaredHingeType } from "./squared-hinge.js";

/** Every loss. To add one: write its file and name it here. */
export const lossTypes = [
  softmaxCrossEntropyType,
  squaredHingeType,
  binaryCrossEntropyType,
  meanSquaredErrorType,
] as const satisfies readonly LossType[];
