import { execFileSync } from "node:child_process";

import { benchmarkProgram } from "../support/paths.mjs";
import { joinRounds, type Measurement, type Row, type Settings } from "./measurement.js";

type NativeRow = Row & { readonly note: string };

const program = (...args: string[]): string =>
  execFileSync(benchmarkProgram, args, { encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] });

const rowsOf = (name: string, threads: number, rounds: number): NativeRow[] =>
  JSON.parse(program(name, String(threads), String(rounds)));

/** A benchmark of native/bench, beside PyTorch where that knows one of its rows. */
export function nativeMeasurement(name: string, description: string, beside: "pytorch" | "nothing"): Measurement {
  return {
    name,
    description,
    async run({ threads, rounds, pytorch }) {
      if (!program().split("\n").includes(name)) {
        return { rows: [], notes: [`${name}: not measured, native/bench/list.cpp has no such benchmark yet`] };
      }
      const measured =
        beside === "pytorch" && pytorch !== undefined
          ? await inTurns(name, { threads, rounds, pytorch })
          : rowsOf(name, threads, rounds);
      const notes = new Set(measured.map(({ note }) => note).filter((note) => note !== ""));
      return { rows: measured.map(({ note: _, ...row }) => row), notes: [...notes].map((note) => `${name}: ${note}`) };
    },
  };
}

/** A process a round, so that PyTorch has its turn in between. */
async function inTurns(name: string, { threads, rounds, pytorch }: Settings): Promise<NativeRow[]> {
  const measured: NativeRow[][] = [];
  for (let round = 0; round < rounds; round++) {
    const rows: NativeRow[] = [];
    for (const row of rowsOf(name, threads, 1)) {
      const theirs = (await pytorch?.turn(row.name, row.threads)) ?? [];
      rows.push({ ...row, contestants: [...row.contestants, ...theirs] });
    }
    measured.push(rows);
  }
  return joinRounds(measured).map((row, at) => ({ ...row, note: measured[0]?.[at]?.note ?? "" }));
}
