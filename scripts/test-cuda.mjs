// `npm run test:cuda [-- filter ...]`: the tests of test/cuda, on the NVIDIA device of this machine or, where it has none,
// on virtual-gpu, which is built for it. Closes with `N passed, N failed`; without either, says what was skipped.
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { addonIsCurrent, buildAddon, buildCudaChecks } from "./support/addon.mjs";
import { ensureNodeModules } from "./support/node-modules.mjs";
import { addonFile, cudaChecks, root } from "./support/paths.mjs";
import { main, runToEnd, ScriptError } from "./support/process.mjs";
import { requireNode } from "./support/requirements.mjs";
import { unlaunchedKernels } from "./support/unlaunched-kernels.mjs";
import { virtualGpuEnvironment, virtualGpuSources } from "./support/virtual-gpu.mjs";

await main(async () => {
  requireNode();
  await ensureNodeModules();
  if (!addonIsCurrent()) await buildAddon();
  const found = await findDevice();
  if (typeof found === "string") {
    skip(found);
    return;
  }
  console.log(`CUDA tests on ${found.name}`);
  await buildCudaChecks();
  const recorder = existsSync(cudaChecks.rangeRecorder) && { BAYESBINN_RANGE_RECORDER: cudaChecks.rangeRecorder };
  if (!recorder) console.log("NOTE: without the header of NVTX the tests of its ranges are skipped.");
  const env = { ...found.env, ...recorder, BAYESBINN_FAILING_DRIVER: cudaChecks.failingDriver };
  const filters = process.argv.slice(2);
  if (!found.virtual || filters.length > 0) process.exitCode = await runTests(filters, env);
  else await runAllAndLookAtKernels(env);
});

/**
 * @param {readonly string[]} filters
 * @param {NodeJS.ProcessEnv} env
 */
async function runTests(filters, env) {
  const runner = join(root, "test", "support", "run-tests.mjs");
  return (await runToEnd(process.execPath, [runner, "--cuda", ...filters], { env })).code ?? 1;
}

/**
 * A kernel that no test launches is a failure as well.
 *
 * @param {NodeJS.ProcessEnv} env
 */
async function runAllAndLookAtKernels(env) {
  const folder = mkdtempSync(join(tmpdir(), "bayesbinn-kernels-"));
  try {
    const reports = join(folder, "reports.txt");
    process.exitCode = await runTests([], { ...env, VIRTUAL_GPU_STATS: reports });
    const kernels = unlaunchedKernels(reports);
    if (kernels.length === 0) return;
    process.exitCode = 1;
    console.log(`\nNo test launches ${kernels.join(", ")}.\n0 passed, 1 failed`);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The device with the environment in which it is found, or why there is none. */
async function findDevice() {
  const own = cudaIn(process.env);
  if (own.crashed) throw new ScriptError(own.reason);
  if (!own.built) return "the addon was built without the CUDA backend (see `npm run build:addon`)";
  if (own.usable) return { name: `${own.reason}, the device of this machine`, env: process.env, virtual: false };
  const sources = virtualGpuSources();
  if (sources === undefined) return `${own.reason}, and there is no virtual-gpu (VIRTUAL_GPU_DIR)`;
  const env = { ...process.env, ...(await virtualGpuEnvironment(sources)) };
  const virtual = cudaIn(env);
  if (!virtual.usable) throw new ScriptError(`virtual-gpu of ${sources} cannot be used: ${virtual.reason}`);
  return { name: `${virtual.reason}, a virtual device (${own.reason})`, env, virtual: true };
}

/**
 * What the addon says of CUDA, in a process of its own, which a driver may crash.
 *
 * @param {NodeJS.ProcessEnv} env
 * @returns {{ built: boolean, usable: boolean, reason: string, crashed?: boolean }}
 */
function cudaIn(env) {
  const binding = JSON.stringify(process.env.BAYESBINN_BINDING || addonFile);
  const program = `console.log(JSON.stringify(require(${binding}).systemInfo().cuda))`;
  const { status, signal, stdout } = spawnSync(process.execPath, ["-e", program], {
    env,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
  });
  if (status === 0) return JSON.parse(stdout);
  const reason = `looking for a device ended the process (${signal ?? `exit code ${status}`})`;
  return { built: true, usable: false, reason, crashed: true };
}

/** @param {string} reason */
function skip(reason) {
  const files = readdirSync(join(root, "test", "cuda")).filter((name) => name.endsWith(".test.ts"));
  console.log(`\nWARNING: ALL ${files.length} FILES OF CUDA TESTS WERE SKIPPED: ${reason}.`);
  console.log("0 passed, 0 failed");
}
