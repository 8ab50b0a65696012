// Speed and memory of this build, as a table or as JSON: `npm run bench -- --help`.
import { defaultThreads, mostThreads } from "../../lib/options/threads.js";
import { addonIsCurrent, benchmarksAreCurrent } from "../support/addon.mjs";
import { main, run, ScriptError } from "../support/process.mjs";
import { typeScriptIsCurrent } from "../support/typescript.mjs";
import { measurements } from "./list.js";
import { describeMachine } from "./machine.js";
import { type Measurement, type Result, summarize } from "./measurement.js";
import { positiveInteger, readOptions } from "./options.js";
import { PyTorch, torchVersion } from "./pytorch.js";
import { table } from "./table.js";

const help = `npm run bench -- [options]

Builds what is stale, measures, and prints a table. What is compared takes turns; all values are medians of the rounds.

  --only <name>     measure only this; can be given several times:
${measurements.map(({ name, description }) => `                      ${name.padEnd(14)}${description}`).join("\n")}
  --rounds <n>      rounds of each comparison (default 7)
  --threads <n>     compute threads (default: one for each core, here ${defaultThreads()})
  --python <path>   the Python whose torch is measured beside (default: python3, if it has torch)
  --json            a JSON object instead of the table, with the values of all rounds
  --help            this text`;

await main(async () => {
  const options = readOptions({
    only: { type: "string", multiple: true },
    rounds: { type: "string", default: "7" },
    threads: { type: "string", default: String(defaultThreads()) },
    python: { type: "string" },
    json: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  });
  if (options.help) {
    console.log(help);
    return;
  }
  const chosen = choose(options.only);
  const rounds = positiveInteger("rounds", options.rounds);
  const threads = positiveInteger("threads", options.threads);
  if (threads > mostThreads) throw new ScriptError(`--threads ${threads}: accepted are at most ${mostThreads}.`);
  const python = options.python ?? "python3";
  const torch = torchVersion(python);
  if (torch === undefined && options.python !== undefined) throw new ScriptError(`--python ${python} has no torch.`);
  await buildStale();

  const pytorch = torch === undefined ? undefined : new PyTorch(python);
  const results: (Result & { readonly name: string })[] = [];
  try {
    for (const measurement of chosen) {
      console.error(`measuring ${measurement.name} ...`);
      results.push({ name: measurement.name, ...(await measurement.run({ threads, rounds, pytorch })) });
    }
  } finally {
    pytorch?.close();
  }
  const machine = describeMachine(threads, torch);
  if (options.json) {
    console.log(JSON.stringify({ machine, results: results.map(withSummaries) }, undefined, 2));
  } else {
    const left = torch === undefined ? [`PyTorch is left out: ${python} has no torch (--python names another)`] : [];
    for (const [key, value] of Object.entries(machine)) console.log(`${key.padEnd(17)}${value}`);
    console.log(`\n${table([...results, { rows: [], notes: left }])}`);
  }
});

function choose(names: readonly string[] | undefined): readonly Measurement[] {
  for (const name of names ?? []) {
    if (measurements.some((measurement) => measurement.name === name)) continue;
    throw new ScriptError(`--only ${name}: accepted are ${measurements.map((known) => known.name).join(", ")}.`);
  }
  return measurements.filter(({ name }) => names?.includes(name) ?? true);
}

/** In a process of its own, whose words go to stderr: stdout is for the results. */
async function buildStale(): Promise<void> {
  const current = { addon: addonIsCurrent(), ts: typeScriptIsCurrent(), bench: benchmarksAreCurrent() };
  const stale = Object.entries(current).flatMap(([part, isCurrent]) => (isCurrent ? [] : [part]));
  if (stale.length === 0) return;
  await run(process.execPath, ["scripts/build.mjs", ...stale], { stdio: ["ignore", 2, 2] });
}

function withSummaries({ rows, ...rest }: Result & { readonly name: string }) {
  return { ...rest, rows: rows.map((row) => ({ ...row, summary: summarize(row) })) };
}
