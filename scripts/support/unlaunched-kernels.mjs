import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./paths.mjs";

/** Kernels that no session asks for: every method has all of a kind, and one is the benchmark's. */
const neverAskedFor = [
  // methods without a distribution to show
  ...["count_adam_kernel", "count_bop_kernel", "count_sgd_kernel"],
  // real weights are no random numbers
  ...["sample_adam_kernel", "sample_sgd_kernel"],
  "matrix_ceiling_kernel",
];

/**
 * Kernels that are not among those of virtual-gpu's reports.
 *
 * @param {string} file to which the reports of all processes went
 */
export function unlaunchedKernels(file) {
  const folder = join(root, "build", "ptx");
  if (!existsSync(folder)) return [];
  const texts = readdirSync(folder).filter((name) => name.endsWith(".compute_80.ptx"));
  const kernels = texts.flatMap((name) => namesIn(join(folder, name), /\.entry (\w+)/g));
  const launched = new Set(namesIn(file, /^kernel (\w+) launches/gm));
  return kernels.filter((name) => !launched.has(name) && !neverAskedFor.includes(name)).sort();
}

/**
 * @param {string} file
 * @param {RegExp} pattern
 */
function namesIn(file, pattern) {
  return [...readFileSync(file, "utf8").matchAll(pattern)].map(([, name = ""]) => name);
}
