import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** Folder of the package: a checkout of the repository, or `node_modules/bayesbinn`. */
export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** A checkout has the TypeScript sources, a packed package has not. */
export const isCheckout = existsSync(join(root, "lib"));

/** The addon of a Release build. */
export const addonFile = join(root, "build", "Release", "bayesbinn.node");

/** The program of native/bench. */
export const benchmarkProgram = join(root, "build", "bench", "bayesbinn_bench");

/** The program of native/bench/cuda. */
export const cudaBenchmarkProgram = join(root, "build", "bench", "bayesbinn_bench_cuda");

/** What tests put beside the CUDA driver: each is loaded into a process of its own. */
export const cudaChecks = {
  failingDriver: join(root, "build", "checks", "failing_driver.so"),
  rangeRecorder: join(root, "build", "checks", "range_recorder.so"),
};
