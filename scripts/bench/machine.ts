import { availableParallelism, cpus, totalmem } from "node:os";

import { systemInfo } from "../../lib/native/system-info.js";

/** What the numbers were measured on. */
export function describeMachine(threads: number, torch: string | undefined): Readonly<Record<string, string | number>> {
  const { version, compiler, blas, instructionSets } = systemInfo();
  return {
    processor: cpus()[0]?.model ?? "unknown",
    cores: availableParallelism(),
    "memory (GiB)": Math.round(totalmem() / 2 ** 30),
    node: process.version,
    compiler,
    BLAS: blas,
    "instruction set": instructionSets.find(({ chosen }) => chosen)?.name ?? "unknown",
    threads,
    PyTorch: torch ?? "left out",
    bayesbinn: version,
  };
}
