// Runs the test files (`test/**/*.test.ts`) whose path contains one of the arguments, each in a process of its own,
// and closes with the line `N passed, N failed` (`, N skipped` where some were). Those of test/cuda need a device: they,
// and no others, run after `--cuda`.
import { spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { judge } from "./judge.mjs";

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const uvuDetails = new URL("uvu-details.mjs", import.meta.url).href;
const workers = 2;
const timeoutSeconds = { "test/e2e/": 900, "": 300 };

/** @type {Set<import("node:child_process").ChildProcess>} */
const running = new Set();
process.on("exit", () => running.forEach(kill));
for (const signal of /** @type {const} */ (["SIGINT", "SIGTERM", "SIGHUP"])) process.on(signal, () => process.exit(1));

const onDevice = process.argv[2] === "--cuda";
const filters = process.argv.slice(onDevice ? 3 : 2);
const files = readdirSync(join(root, "test"), { recursive: true, encoding: "utf8" })
  .map((path) => `test/${path}`)
  .filter((path) => path.endsWith(".test.ts") && path.startsWith("test/cuda/") === onDevice)
  .filter((path) => filters.length === 0 || filters.some((part) => path.includes(part)))
  .sort();

const totals = { passed: 0, failed: 0, skipped: 0 };
/** @type {string[]} */
const failures = [];

// The end-to-end tests use every core themselves: one after the other, when the others are done.
const alone = files.filter((path) => path.startsWith("test/e2e/"));
const together = files.filter((path) => !alone.includes(path));
await Promise.all(Array.from({ length: workers }, () => work(together)));
await work(alone);

if (files.length === 0) console.log(`No test file matches ${filters.join(", ")}.`);
if (failures.length > 0) console.log(`\nFailed:\n${failures.map((path) => `  ${path}`).join("\n")}`);
const skipped = totals.skipped > 0 ? `, ${totals.skipped} skipped` : "";
console.log(`${totals.passed} passed, ${totals.failed} failed${skipped}`);
process.exitCode = totals.failed > 0 || totals.passed === 0 ? 1 : 0;

/**
 * Takes files off the list until it is empty.
 *
 * @param {string[]} queue
 */
async function work(queue) {
  for (let path = queue.shift(); path !== undefined; path = queue.shift()) {
    const start = performance.now();
    const outcome = await runFile(path);
    const seconds = ((performance.now() - start) / 1000).toFixed(1);
    const { passed, failed, problems, output } = outcome;
    totals.passed += passed;
    totals.failed += failed;
    totals.skipped += outcome.skipped;
    console.log(`${failed > 0 ? "FAIL" : "ok  "} ${path}  ${passed} passed, ${failed} failed  ${seconds} s`);
    if (failed === 0) continue;
    failures.push(path);
    console.log([output.trimEnd(), ...problems.map((problem) => `  ${problem}`)].join("\n"));
  }
}

/**
 * @param {string} path
 * @returns {Promise<import("./judge.mjs").Outcome & { output: string }>}
 */
function runFile(path) {
  const seconds = path.startsWith("test/e2e/") ? timeoutSeconds["test/e2e/"] : timeoutSeconds[""];
  const { FORCE_COLOR: _, ...env } = process.env;
  const child = spawn(process.execPath, ["--import", "tsx", "--import", uvuDetails, path], {
    cwd: root,
    env: { ...env, NO_COLOR: "1" },
    stdio: ["ignore", "pipe", "pipe"],
    // A group of its own, so that what the test started ends with it.
    detached: true,
  });
  running.add(child);
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text) => {
      output += text;
    });
  }
  let timedOut = false;
  const timer = setTimeout(() => {
    timedOut = true;
    kill(child);
  }, seconds * 1000);
  return new Promise((resolve) => {
    child.on("close", (code, signal) => {
      clearTimeout(timer);
      running.delete(child);
      const ending = timedOut ? `took more than ${seconds} s` : signal ? `ended by ${signal}` : `exit code ${code}`;
      const source = readFileSync(join(root, path), "utf8");
      resolve({ ...judge(source, output, code === 0, ending), output });
    });
  });
}

/** @param {import("node:child_process").ChildProcess} child */
function kill(child) {
  try {
    if (child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
  } catch {
    // It has just ended by itself.
  }
}
