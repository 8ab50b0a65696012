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

/** Records ranges in place of a profiler. */
export const rangeRecorder = join(root, "build", "ranges", "bayesbinn_ranges.so");
