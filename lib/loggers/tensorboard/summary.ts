import type { Distribution, EpochRecord, Metrics } from "../../training/history.js";
import type { HistogramProto, SummaryValue } from "./events.js";

/** What TensorBoard shows of an epoch: its numbers by tag, and the distribution of the weights. */
export function summaryOf(record: EpochRecord): SummaryValue[] {
  const { distribution } = record;
  const scalars = scalarsOf(record).filter((entry): entry is [string, number] => entry[1] !== undefined);
  return [
    ...scalars.map(([tag, simpleValue]) => ({ tag, simpleValue })),
    ...(distribution === undefined
      ? []
      : [{ tag: `weights/${distribution.quantity}`, histo: histogramOf(distribution) }]),
  ];
}

function scalarsOf(record: EpochRecord): [tag: string, value: number | undefined][] {
  const { train, validation, test, learningRate, hyperparameters, flipRatio, seconds, stepsPerSecond } = record;
  return [
    ...metricsOf("train", train),
    ...metricsOf("validation", validation),
    ...metricsOf("test", test),
    ["learning_rate", learningRate],
    ["flip_ratio", flipRatio],
    ...Object.entries(hyperparameters).map(([name, value]): [string, number] => [`hyperparameters/${name}`, value]),
    ["seconds/train", seconds.train],
    ["seconds/evaluate", seconds.evaluate],
    ["steps_per_second", stepsPerSecond],
  ];
}

function metricsOf(part: string, metrics: Metrics | undefined): [tag: string, value: number | undefined][] {
  return [
    [`${part}/loss`, metrics?.loss],
    [`${part}/accuracy`, metrics?.accuracy],
    [`${part}/mean_iou`, metrics?.meanIou],
  ];
}

/** Values are taken to lie in the middle of their parts, and to reach both ends. */
function histogramOf({ low, high, counts }: Distribution): HistogramProto {
  const edge = (index: number) => low + ((high - low) * index) / counts.length;
  const moment = (power: number) =>
    counts.reduce((sum, count, index) => sum + count * ((edge(index) + edge(index + 1)) / 2) ** power, 0);
  return {
    min: low,
    max: high,
    num: moment(0),
    sum: moment(1),
    sumSquares: moment(2),
    bucketLimit: counts.map((_, index) => edge(index + 1)),
    bucket: counts,
  };
}
