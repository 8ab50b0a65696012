import type { Choice } from "../one-of.js";

/** A column of the paper's Tables 2, 9 and 10. */
export type PaperColumn = "mnist" | "cifar10" | "cifar100";

/** Of a number over several runs, in the unit of the number. */
export interface MeanAndStd {
  readonly mean: number;
  /** Population form: of the mean square deviation, without a correction for few runs. */
  readonly std: number;
}

/** Accuracies as fractions, over the five runs of a row of Table 10. */
export interface PaperAccuracies {
  /** Absent where the table has none. */
  readonly train?: MeanAndStd;
  readonly validation: MeanAndStd;
  readonly test: MeanAndStd;
}

/** What a network of a method predicts with: the most probable weights, or the mean over weights drawn. */
export type Prediction = "mode" | "mean";

/** A row of Table 10 in each of its three parts. */
export interface PaperRow {
  readonly prediction: Prediction;
  /** As the table calls it. */
  readonly title: string;
  readonly results: Readonly<Record<PaperColumn, PaperAccuracies>>;
}

/** A method of the paper's comparison: its settings from Table 9, and its results from Table 10. */
export interface Method {
  /** As typed on the command line. */
  readonly name: string;
  /** One line for people. */
  readonly title: string;
  /** What its networks compute with. */
  readonly weights: "binary" | "real";
  /** Its part `optimizer` of a configuration, with schedules of `epochs` epochs; those of Table 9 where these are 500. */
  readonly optimizer: (column: PaperColumn, epochs: number) => Choice;
  /** The prediction by the mode first. */
  readonly rows: readonly [PaperRow, ...PaperRow[]];
}

/** Length of the trainings of Tables 9 and 10. */
export const paperEpochs = 500;

/** Number of trainings behind each number of Tables 2 and 10. */
export const paperRuns = 5;
