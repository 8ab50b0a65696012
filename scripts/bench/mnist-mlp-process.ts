import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { root } from "../support/paths.mjs";

const recipes = new URL("../../dist/recipes.js", import.meta.url).href;

/** Runs in a process of its own; `process.uptime()` counts from its start. */
const child = `
  const { resolveConfig, runConfig } = await import(${JSON.stringify(recipes)});
  const end = new AbortController();
  let firstStepSeconds;
  const onBatchEnd = () => {
    firstStepSeconds ??= process.uptime();
    if (process.argv[2] === "first-step") end.abort();
  };
  const [, out, , threads] = process.argv;
  const settings = { out, threads: Number(threads), stopAfter: 1, testEveryEpoch: true };
  const options = { ...settings, signal: end.signal, callbacks: [{ onBatchEnd }] };
  await runConfig(await resolveConfig("mnist-mlp"), options).catch((error) => { if (!end.signal.aborted) throw error; });
  console.log(JSON.stringify({ firstStepSeconds, peakBytes: process.resourceUsage().maxRSS * 1024 }));
`;

interface ProcessReport {
  /** From the start of the process to the end of its first training step. */
  readonly firstStepSeconds: number;
  /** Resident memory. */
  readonly peakBytes: number;
}

/** Runs the recipe `mnist-mlp` of the built package in a process of its own, for one step or one epoch with evaluations. */
export function runMnistMlp(until: "first-step" | "epoch", threads: number): ProcessReport {
  const folder = mkdtempSync(join(tmpdir(), "bayesbinn-bench-"));
  try {
    const args = ["--input-type=module", "-e", child, join(folder, "run"), until, String(threads)];
    return JSON.parse(execFileSync(process.execPath, args, { cwd: root, encoding: "utf8" }));
  } finally {
    rmSync(folder, { recursive: true });
  }
}
