import type { PyTorch } from "./pytorch.js";
import { median } from "./statistics.js";

/** One side of a comparison: a value a round, in the unit of its row. */
export interface Contestant {
  readonly name: string;
  readonly values: readonly number[];
}

/** What was measured; the first contestant is this project's, and the others took turns with it. */
export interface Row {
  readonly name: string;
  /** What of `name` this is; absent for the whole. */
  readonly part?: string;
  readonly threads: number;
  readonly unit: string;
  readonly contestants: readonly Contestant[];
}

export interface Result {
  readonly rows: readonly Row[];
  /** How to read the rows, and what is missing. */
  readonly notes: readonly string[];
}

export interface Settings {
  readonly threads: number;
  readonly rounds: number;
  readonly pytorch: PyTorch | undefined;
}

export interface Measurement {
  readonly name: string;
  readonly description: string;
  run(settings: Settings): Promise<Result>;
}

/** A contestant in one line: the median of its rounds with their range, and this project's median in units of its own. */
export function summarize({ contestants }: Row) {
  const here = median(contestants[0]?.values ?? []);
  return contestants.map(({ name, values }, index) => ({
    name,
    median: median(values),
    lowest: Math.min(...values),
    highest: Math.max(...values),
    ...(index > 0 && { ratio: here / median(values) }),
  }));
}

/** Rows measured round by round as one: the same contestants with the values of all rounds. */
export function joinRounds(rounds: readonly (readonly Row[])[]): Row[] {
  const [first = []] = rounds;
  return first.map((row, at) => ({
    ...row,
    contestants: row.contestants.map(({ name }, side) => ({
      name,
      values: rounds.flatMap((rows) => rows[at]?.contestants[side]?.values ?? []),
    })),
  }));
}
