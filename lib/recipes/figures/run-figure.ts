import type { Figure, Spec } from "../../figures/spec.js";
import type { Config } from "../config.js";
import type { MethodName } from "../methods/index.js";
import type { FigureRun } from "./figure-run.js";

/** A run that a figure wants of a recipe. */
export interface WantedRun {
  /** Beginning of the name of its folder. */
  readonly name: string;
  /** Default: that of the recipe. */
  readonly method?: MethodName;
  /** Changes of single keys of the configuration, `path=value`. */
  readonly settings?: readonly string[];
}

/** What a figure shows of runs: which of them it is for, and how its data come about. */
export interface RunFigure {
  /** Of its files. */
  readonly name: string;
  readonly title: string;
  /** Whether runs share a picture, or each has its own. */
  readonly picture: "shared" | "own";
  /** Whether it shows something of a run, going by its configuration and the names in its folder. */
  readonly fits: (config: Config, files: ReadonlySet<string>) => boolean;
  /** What to train of a recipe; one run as the recipe has it where this is empty. */
  readonly wanted: readonly WantedRun[];
  readonly draw: (runs: readonly FigureRun[]) => Promise<Spec>;
}

/** Joins a figure with the data of it. */
export function runFigure<Data>({
  figure,
  picture = "shared",
  fits,
  wanted = [],
  data,
}: {
  readonly figure: Figure<Data>;
  readonly picture?: RunFigure["picture"];
  readonly fits: RunFigure["fits"];
  readonly wanted?: readonly WantedRun[];
  /** @param runs one or more that it fits; one where pictures are not shared */
  readonly data: (runs: readonly FigureRun[]) => Promise<Data>;
}): RunFigure {
  const { name, title, spec } = figure;
  return { name, title, picture, fits, wanted, draw: async (runs) => spec(await data(runs)) };
}
