// Losses in float64, over rows of logits.

/** One loss: its link, its loss on logits, and that on predictions averaged after the link. */
export interface ReferenceLoss {
  /** Logits of a sample to its prediction. */
  link(logits: readonly number[]): number[];
  /** Loss of one sample; `target` is its label or its row of numbers. */
  ofLogits(logits: readonly number[], target: readonly number[]): number;
  ofPrediction(prediction: readonly number[], target: readonly number[]): number;
  /** Undefined: predictions are neither right nor wrong. */
  correct?(prediction: readonly number[], target: readonly number[]): boolean;
}

const sigmoid = (z: number) => 1 / (1 + Math.exp(-z));
const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

function softmax(logits: readonly number[]): number[] {
  const largest = Math.max(...logits);
  const powers = logits.map((z) => Math.exp(z - largest));
  const total = powers.reduce((sum, value) => sum + value, 0);
  return powers.map((value) => value / total);
}

export const referenceLosses: Readonly<Record<string, ReferenceLoss>> = {
  softmaxCrossEntropy: {
    link: softmax,
    ofLogits: (logits, [label]) => -Math.log(softmax(logits)[label!]!),
    ofPrediction: (prediction, [label]) => -Math.log(prediction[label!]!),
    correct: (prediction, [label]) => prediction.indexOf(Math.max(...prediction)) === label,
  },
  binaryCrossEntropy: {
    link: (logits) => logits.map(sigmoid),
    ofLogits: (logits, target) => crossEntropy(logits.map(sigmoid), target),
    ofPrediction: crossEntropy,
    correct: (prediction, target) => prediction.every((p, k) => p > 0.5 === target[k]! > 0.5),
  },
  squaredHinge: {
    link: (logits) => [...logits],
    ofLogits: squaredHinge,
    ofPrediction: squaredHinge,
    correct: (prediction, [label]) => prediction.indexOf(Math.max(...prediction)) === label,
  },
  meanSquaredError: {
    link: (logits) => [...logits],
    ofLogits: squaredError,
    ofPrediction: squaredError,
  },
};

function crossEntropy(probabilities: readonly number[], target: readonly number[]): number {
  return mean(probabilities.map((p, k) => -target[k]! * Math.log(p) - (1 - target[k]!) * Math.log(1 - p)));
}

function squaredHinge(scores: readonly number[], [label]: readonly number[]): number {
  return mean(scores.map((z, k) => Math.max(0, 1 - (k === label ? z : -z)) ** 2));
}

function squaredError(prediction: readonly number[], target: readonly number[]): number {
  return mean(prediction.map((value, k) => (value - target[k]!) ** 2));
}
