import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { availableParallelism } from "node:os";
import { dirname, join } from "node:path";
import { fingerprint, isStamped, stamp } from "./fingerprint.mjs";
import { addonFile, benchmarkProgram, root } from "./paths.mjs";
import { runToEnd, ScriptError } from "./process.mjs";
import { buildRequirements, installAdvice } from "./requirements.mjs";

/** CMake options that an environment variable of the same name sets, with the values that they accept. */
const environmentOptions = {
  BAYESBINN_CUDA: ["AUTO", "ON", "SHIPPED", "OFF"],
  BAYESBINN_BLAS: ["AUTO", "OPENBLAS", "BUILTIN"],
};

/** Whether the Release build fits the sources and the options asked for. */
export function addonIsCurrent() {
  return existsSync(addonFile) && isStamped("addon", addonFingerprint(cmakeOptions()));
}

/** Builds build/Release/bayesbinn.node and says what came out. */
export async function buildAddon() {
  const options = cmakeOptions();
  await cmakeBuild(join(root, "build"), options);
  describeAddon();
  stamp("addon", addonFingerprint(options));
}

/** Whether the program of native/bench fits the sources and the options asked for. */
export function benchmarksAreCurrent() {
  return existsSync(benchmarkProgram) && isStamped("bench", addonFingerprint(cmakeOptions()));
}

/** Builds the program of native/bench, from the objects that the addon is made of. */
export async function buildBenchmarks() {
  const options = cmakeOptions();
  await cmakeBuild(join(root, "build"), options, "bayesbinn_bench");
  stamp("bench", addonFingerprint(options));
}

/** Builds the program of native/bench/cuda. */
export async function buildCudaBenchmarks() {
  await cmakeBuild(join(root, "build"), cmakeOptions(), "bayesbinn_bench_cuda");
}

/** Compiles the kernels of the CUDA backend, never taking those that a package brought; gives the folder that they lie in. */
export async function buildKernels() {
  const folder = join(root, "build");
  await cmakeBuild(folder, { ...cmakeOptions(), BAYESBINN_CUDA: "ON" }, "bayesbinn_ptx");
  return join(folder, "ptx");
}

/** The ptxas that {@link buildKernels} works with. */
export function ptxAssembler() {
  const cache = readFileSync(join(root, "build", "CMakeCache.txt"), "utf8");
  const path = /^BAYESBINN_PTXAS:FILEPATH=(.+)$/m.exec(cache)?.[1];
  if (path === undefined) throw new ScriptError("No ptxas was found.");
  return path;
}

/** Builds {@link cudaChecks}; without NVTX's header there is no recorder of its ranges. */
export async function buildCudaChecks() {
  await cmakeBuild(join(root, "build"), cmakeOptions(), "bayesbinn_cuda_checks");
}

/**
 * Configures and builds in `folder`, where the addon is `Release/bayesbinn.node` afterwards.
 * `configure` then `build`, since cmake-js's `compile` removes the folder where a build fails.
 *
 * @param {string} folder
 * @param {Readonly<Record<string, string>>} options CMake options
 * @param {string} [target] builds only this
 */
export async function cmakeBuild(folder, options, target) {
  const missing = buildRequirements().filter((requirement) => !requirement.found && !requirement.optional);
  if (missing.length > 0) throw new ScriptError(`The native addon cannot be built. ${installAdvice(missing)}`);

  const shared = ["--log-level", "error", "--directory", root, "--out", folder, "--config", "Release"];
  const defines = Object.entries(options).map(([name, value]) => `--CD${name}=${value}`);
  forgetMovedCache(folder);
  await cmakeJs("configure", [...shared, ...defines]);
  const only = target === undefined ? [] : ["--target", target];
  await cmakeJs("build", [...shared, ...only, "--parallel", String(availableParallelism())]);
}

/**
 * @param {"configure" | "build"} command
 * @param {readonly string[]} args
 */
async function cmakeJs(command, args) {
  const packageFile = createRequire(join(root, "package.json")).resolve("cmake-js/package.json");
  const program = join(dirname(packageFile), "bin", "cmake-js");
  const { code } = await runToEnd(process.execPath, [program, command, ...args]);
  if (code !== 0) throw new ScriptError(`The native addon could not be built (${command}): the first error is above.`);
}

/**
 * CMake refuses a cache that was made for another folder, as after moving a checkout.
 *
 * @param {string} folder
 */
function forgetMovedCache(folder) {
  const cache = join(folder, "CMakeCache.txt");
  if (!existsSync(cache)) return;
  const home = /^CMAKE_HOME_DIRECTORY:INTERNAL=(.*)$/m.exec(readFileSync(cache, "utf8"))?.[1];
  if (home !== root) rmSync(cache);
}

/** @returns {Record<string, string>} */
export function cmakeOptions() {
  /** @type {Record<string, string>} */
  const options = {};
  for (const [name, accepted] of Object.entries(environmentOptions)) {
    const value = process.env[name] || "AUTO";
    if (!accepted.includes(value)) throw new ScriptError(`${name}=${value}: accepted are ${accepted.join(", ")}.`);
    options[name] = value;
  }
  return options;
}

/** @param {Readonly<Record<string, string>>} options */
function addonFingerprint(options) {
  const sources = fingerprint(["CMakeLists.txt", "cmake", "native", "ptx/fingerprint", "package.json"]);
  return JSON.stringify({ sources, options, platform: process.platform, arch: process.arch });
}

/** Loads the addon in a process of its own, which proves that it loads, and prints what it was built with. */
function describeAddon() {
  const program = `console.log(JSON.stringify(require(${JSON.stringify(addonFile)}).systemInfo()))`;
  const probe = spawnSync(process.execPath, ["-e", program], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
  });
  if (probe.status !== 0) throw new ScriptError(`${addonFile} was built but does not load: see above.`);
  const { compiler, blas, cuda } = JSON.parse(probe.stdout);
  console.log(`Built ${addonFile}`);
  console.log(`  compiler  ${compiler}`);
  console.log(`  BLAS      ${blas}`);
  console.log(`  CUDA      ${cuda.built ? "compiled in" : "CPU only"}: ${cuda.reason}`);
}
