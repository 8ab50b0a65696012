import type { AccuracyMatrix } from "../../../lib/figures/accuracy-matrix.js";
import type { ConfusionMatrix } from "../../../lib/figures/confusion-matrix.js";
import type { ProbabilityHistograms } from "../../../lib/figures/probability-histograms.js";
import type { ProbabilityMap } from "../../../lib/figures/probability-map.js";
import type { RegressionBand } from "../../../lib/figures/regression-band.js";
import type { ReliabilityDiagram } from "../../../lib/figures/reliability-diagram.js";
import type { TaskAccuracies } from "../../../lib/figures/task-accuracies.js";
import type { TrainingCurves } from "../../../lib/figures/training-curves.js";

/** Made-up data of every figure, of the shape of real ones. Nothing in them is random. */

/** Between 0 and 1, as if drawn. */
const noise = (index: number) => Math.abs(Math.sin(12.9898 * (index + 1)) * 43758.5453) % 1;

const times = <T>(count: number, value: (index: number) => T): T[] => Array.from({ length: count }, (_, i) => value(i));

function curve(label: string, count: number, rate: number) {
  return {
    label,
    epochs: times(count, (index) => {
      const at = (gap: number, from: number) => ({
        loss: gap + 1.9 * Math.exp(-rate * index) + 0.04 * noise(index + from),
        accuracy: 0.99 - gap / 4 - 0.5 * Math.exp(-rate * index) - 0.01 * noise(index + from),
      });
      return { epoch: index + 1, train: at(0.02, 0), validation: at(0.1, 500), test: at(0.14, 900) };
    }),
  };
}

const trainingCurves: TrainingCurves = {
  runs: [curve("BayesBiNN (mnist-mlp-seed1-1)", 43, 0.15), curve("STE (ste-seed1)", 43, 0.08)],
};

function bins(shift: number) {
  return times(11, (index) => {
    const [low, high] = [index / 11, (index + 1) / 11];
    const confidence = low + 0.06;
    const count = index === 0 ? 0 : Math.round(10 + 900 * (index / 10) ** 6);
    return {
      low,
      high,
      count,
      confidence,
      accuracy: Math.min(1, Math.max(0, confidence - shift + 0.05 * noise(index))),
    };
  });
}

const reliabilityDiagram: ReliabilityDiagram = {
  models: [
    { label: "BayesBiNN (mnist-mlp-seed1-1), mean of 10 samples", bins: bins(0.02) },
    { label: "STE (ste-seed1)", bins: bins(0.17) },
  ],
};

const clothes = [
  "T-shirt/top",
  "Trouser",
  "Pullover",
  "Dress",
  "Coat",
  "Sandal",
  "Shirt",
  "Sneaker",
  "Bag",
  "Ankle boot",
];

const confusionMatrix: ConfusionMatrix = {
  counts: times(10, (of) => times(10, (as) => (of === as ? 871 + of : Math.floor(40 * noise(10 * of + as) ** 4)))),
  classes: clothes,
  label: "BayesBiNN (fashion-mlp-seed1-1), mean of 10 samples",
};

const wave = (x: number) => Math.sin(2 * x) * Math.exp(-0.1 * x * x);

function regression(label: string, posterior: boolean): RegressionBand["panels"][number] {
  const points = times(97, (index) => 0.5 + 5 * noise(index))
    .filter((x) => x < 2.4 || x > 3.6)
    .map((x, index) => ({ x, y: wave(x) + 0.4 * (noise(index + 300) - 0.5) }));
  return {
    label,
    points,
    curve: times(131, (index) => {
      const x = -0.5 + index * (7 / 130);
      const far = Math.max(0, 0.5 - x, x - 5.5, 0.6 - Math.abs(x - 3));
      const mode = wave(x) + 0.1 * Math.sin(9 * x);
      return { x, mode, ...(posterior && { mean: wave(x), std: 0.08 + 0.35 * far }) };
    }),
  };
}

const regressionBand: RegressionBand = {
  panels: [regression("STE (ste-seed1)", false), regression("BayesBiNN (bayesbinn-seed1)", true)],
};

function moons(label: string, subtitle: string, sharpness: number): ProbabilityMap["panels"][number] {
  const points = times(101, (index) => {
    const [angle, upper] = [Math.PI * noise(index), index % 2 === 0];
    const jitter = 0.2 * (noise(index + 200) - 0.5);
    return upper
      ? { x: Math.cos(angle) + jitter, y: Math.sin(angle) + jitter, label: 0 }
      : { x: 1 - Math.cos(angle) + jitter, y: 0.5 - Math.sin(angle) - jitter, label: 1 };
  });
  const [x, y] = [
    { low: -1.75, high: 2.75, parts: 53 },
    { low: -1.5, high: 2, parts: 47 },
  ];
  const probabilities = times(x.parts * y.parts, (index) => {
    const u = x.low + ((index % x.parts) + 0.5) * ((x.high - x.low) / x.parts);
    const v = y.low + (Math.floor(index / x.parts) + 0.5) * ((y.high - y.low) / y.parts);
    return 1 / (1 + Math.exp(sharpness * (v - 0.25 - 0.8 * Math.cos(Math.PI * u))));
  });
  return { label, subtitle, points, x, y, probabilities };
}

const probabilityMap: ProbabilityMap = {
  panels: [
    moons("STE (ste-seed1)", "mode", 20),
    moons("BayesBiNN (bayesbinn-seed1)", "mode", 12),
    moons("BayesBiNN (bayesbinn-seed1)", "mean of 10 samples", 3),
  ],
};

const tasks = times(5, (index) => `permutation ${index + 1}`);

function spread(label: string, sharpness: number): ProbabilityHistograms["runs"][number] {
  return {
    label,
    tasks,
    distributions: tasks.map((_, task) => ({
      quantity: "probability",
      low: 0,
      high: 1,
      counts: times(20, (part) => Math.round(1e4 * (0.1 + (task + 1) * sharpness * Math.abs((part - 9.5) / 9.5) ** 6))),
    })),
  };
}

const probabilityHistograms: ProbabilityHistograms = { runs: [spread("with prior", 1), spread("without prior", 0.2)] };

function accuracyAt(task: number, epoch: number, on: number, kept: number): number {
  if (on > task) return 0.1 + 0.02 * noise(task + on);
  const learnt = 0.97 - 0.5 * Math.exp(-(on === task ? epoch : 10) / 2);
  return learnt - kept * (task - on) - (on < task ? kept * 0.1 * epoch : 0) + 0.01 * noise(10 * task + epoch + on);
}

function sequence(label: string, kept: number): TaskAccuracies["runs"][number] {
  return {
    label,
    tasks,
    epochsPerTask: 7,
    evaluations: tasks.flatMap((_, task) =>
      times(7, (index) => ({
        task: task + 1,
        epoch: index + 1,
        accuracies: tasks.map((_, on) => accuracyAt(task, index + 1, on, kept)),
      })),
    ),
  };
}

const taskAccuracies: TaskAccuracies = { runs: [sequence("with prior", 0.015), sequence("without prior", 0.09)] };

function matrix(label: string, kept: number): AccuracyMatrix["runs"][number] {
  return { label, tasks, matrix: tasks.map((_, task) => tasks.map((_, on) => accuracyAt(task, 7, on, kept))) };
}

const accuracyMatrix: AccuracyMatrix = { runs: [matrix("with prior", 0.015), matrix("without prior", 0.09)] };

/** By the name of the figure. */
export const samples: Readonly<Record<string, unknown>> = {
  "training-curves": trainingCurves,
  "reliability-diagram": reliabilityDiagram,
  "confusion-matrix": confusionMatrix,
  "regression-band": regressionBand,
  "probability-map": probabilityMap,
  "probability-histograms": probabilityHistograms,
  "task-accuracies": taskAccuracies,
  "accuracy-matrix": accuracyMatrix,
};
