// Time from the start of a process to the end of the first training step of mnist-mlp, and the peak memory of the run's
// first epoch with its evaluations, for the built package:
//   npm run build && npm run bench:start-up -- [--rounds 5]
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

import { median } from "./statistics.js";

const { values } = parseArgs({ options: { rounds: { type: "string", default: "5" } } });
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
  const options = { out: process.argv[1], stopAfter: 1, testEveryEpoch: true, signal: end.signal, callbacks: [{ onBatchEnd }] };
  await runConfig(await resolveConfig("mnist-mlp"), options).catch((error) => { if (!end.signal.aborted) throw error; });
  console.log(JSON.stringify({ firstStepSeconds, peakBytes: process.resourceUsage().maxRSS * 1024 }));
`;

const folder = mkdtempSync(join(tmpdir(), "bayesbinn-start-up-"));
try {
  const run = (name: string, until: "first-step" | "epoch") =>
    JSON.parse(
      execFileSync(process.execPath, ["--input-type=module", "-e", child, join(folder, name), until], {
        cwd: fileURLToPath(new URL("../..", import.meta.url)),
        encoding: "utf8",
      }),
    );
  const starts = Array.from(
    { length: Number(values.rounds) },
    (_, i) => run(`start-${i}`, "first-step").firstStepSeconds,
  );
  const { peakBytes } = run("epoch", "epoch");
  console.log(JSON.stringify({ firstStepSeconds: median(starts), peakMegabytes: Math.round(peakBytes / 1e6) }));
} finally {
  rmSync(folder, { recursive: true });
}
