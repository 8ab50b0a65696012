// Holds what ptxas makes of the kernels against their budgets: no spills, and no more registers than leave room for the
// blocks that its BB_KERNEL asks for. The texts are those in the addon, compiled as a driver would.
import { spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { buildKernels, ptxAssembler } from "./support/addon.mjs";
import { main, ScriptError } from "./support/process.mjs";

/** Processors, with the text that they run. */
const targets = [
  { processor: "sm_75", text: "compute_75" },
  { processor: "sm_80", text: "compute_80" },
  { processor: "sm_90", text: "compute_80" },
];
const registersOfProcessor = 65536;
const mostOfThread = 255;
/** Of a kernel that asks for no number of blocks. */
const usualBudget = 128;

/**
 * @typedef {object} Row
 * @property {string} kernel
 * @property {string} processor
 * @property {number} registers
 * @property {number} budget
 * @property {number} shared static shared memory, in bytes
 * @property {number} stack bytes of local memory a thread
 * @property {number} spills bytes
 */

await main(async () => {
  const folder = await buildKernels();
  const assembler = ptxAssembler();
  const jobs = targets.flatMap(({ processor, text }) =>
    readdirSync(folder)
      .filter((name) => name.endsWith(`.${text}.ptx`))
      .map((name) => ({ processor, file: join(folder, name) })),
  );
  /** @type {Row[]} */
  const rows = [];
  const work = async () => {
    for (let job = jobs.shift(); job !== undefined; job = jobs.shift()) {
      const budgets = budgetsIn(readFileSync(job.file, "utf8"));
      const report = await assemble(assembler, job.processor, job.file);
      rows.push(...rowsIn(report, job.processor, budgets));
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, work));
  if (rows.length === 0) throw new ScriptError(`No kernels in ${folder}.`);
  rows.sort((a, b) => a.kernel.localeCompare(b.kernel) || a.processor.localeCompare(b.processor));
  print(rows);
  const wrong = rows.filter(({ registers, budget, spills }) => spills > 0 || registers > budget);
  if (wrong.length > 0) {
    const lines = wrong.map(({ kernel, processor, registers, budget, spills }) =>
      spills > 0
        ? `${kernel} on ${processor}: ${spills} bytes of spills`
        : `${kernel} on ${processor}: ${registers} registers, budget ${budget}`,
    );
    throw new ScriptError(`Too much:\n${lines.map((line) => `  ${line}`).join("\n")}`);
  }
  console.log(`${new Set(rows.map(({ kernel }) => kernel)).size} kernels: no spills, registers within their budgets`);
});

/**
 * The budget of each kernel of a PTX text, from its launch bounds there.
 *
 * @param {string} text
 */
function budgetsIn(text) {
  /** @type {Map<string, number>} */
  const budgets = new Map();
  // Between the parameters and the body.
  for (const [, kernel = "", bounds = ""] of text.matchAll(/\.entry (\w+)\([^)]*\)([^{]*)\{/g)) {
    const threads = Number(/\.maxntid (\d+)/.exec(bounds)?.[1]);
    if (!threads) throw new ScriptError(`${kernel} has no launch bounds: declare it with BB_KERNEL.`);
    const blocks = Number(/\.minnctapersm (\d+)/.exec(bounds)?.[1] ?? 0);
    // Registers are given in eights.
    const room = Math.floor(registersOfProcessor / (threads * Math.max(1, blocks)) / 8) * 8;
    budgets.set(kernel, Math.min(blocks > 0 ? mostOfThread : usualBudget, room));
  }
  return budgets;
}

/**
 * What ptxas says of a text.
 *
 * @param {string} assembler
 * @param {string} processor
 * @param {string} file
 * @returns {Promise<string>}
 */
function assemble(assembler, processor, file) {
  const child = spawn(assembler, ["-v", `-arch=${processor}`, file, "-o", "/dev/null"]);
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text) => {
      output += text;
    });
  }
  return new Promise((resolve, reject) => {
    child.on("error", (error) => reject(new ScriptError(`${assembler}: ${error.message}`)));
    child.on("close", (code) => (code === 0 ? resolve(output) : reject(new ScriptError(`${file}:\n${output}`))));
  });
}

/**
 * @param {string} report
 * @param {string} processor
 * @param {Map<string, number>} budgets
 * @returns {Row[]}
 */
function rowsIn(report, processor, budgets) {
  const parts = report.split(/Compiling entry function /).slice(1);
  const rows = parts.map((part) => {
    const number = (/** @type {RegExp} */ pattern) => Number(pattern.exec(part)?.[1] ?? 0);
    const kernel = /^'(\w+)'/.exec(part)?.[1] ?? "";
    const registers = number(/Used (\d+) registers/);
    const budget = budgets.get(kernel);
    if (registers === 0 || budget === undefined) throw new ScriptError(`ptxas reports in another form:\n${part}`);
    return {
      kernel,
      processor,
      registers,
      budget,
      shared: number(/(\d+) bytes smem/),
      stack: number(/(\d+) bytes stack frame/),
      spills: number(/(\d+) bytes spill stores/) + number(/(\d+) bytes spill loads/),
    };
  });
  if (rows.length !== budgets.size) throw new ScriptError(`ptxas reports ${rows.length} of ${budgets.size} kernels`);
  return rows;
}

/** @param {readonly Row[]} rows */
function print(rows) {
  const width = Math.max(...rows.map(({ kernel }) => kernel.length));
  const line = (/** @type {readonly (string | number)[]} */ [kernel = "", processor = "", ...numbers]) =>
    [String(kernel).padEnd(width), processor, ...numbers.map((value) => String(value).padStart(9))].join("  ");
  console.log(line(["kernel", "arch ", "registers", "budget", "shared B", "stack B", "spill B"]));
  for (const { kernel, processor, registers, budget, shared, stack, spills } of rows) {
    console.log(line([kernel, processor, registers, budget, shared, stack, spills]));
  }
}
