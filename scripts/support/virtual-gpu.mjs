import { existsSync } from "node:fs";
import { cpus } from "node:os";
import { join, relative, resolve } from "node:path";
import { fingerprint, isStamped, stamp } from "./fingerprint.mjs";
import { root } from "./paths.mjs";
import { run } from "./process.mjs";

/**
 * Folder with the sources of virtual-gpu, a libcuda.so.1 that runs kernels on the CPU: VIRTUAL_GPU_DIR, or
 * ../shared/virtual-gpu. Undefined where there is none.
 */
export function virtualGpuSources() {
  const folder = resolve(root, process.env.VIRTUAL_GPU_DIR || "../shared/virtual-gpu");
  return existsSync(join(folder, "build.sh")) ? folder : undefined;
}

/**
 * Builds virtual-gpu where that is not done yet; gives the environment in which programs find it.
 *
 * @param {string} sources
 */
export async function virtualGpuEnvironment(sources) {
  const paths = [await build(sources), process.env.LD_LIBRARY_PATH].filter(Boolean).join(":");
  // It takes some megabytes for each kernel: malloc is to keep them, in place of having the system clear pages anew.
  const keep = String(2 ** 30);
  return { LD_LIBRARY_PATH: paths, MALLOC_MMAP_THRESHOLD_: keep, MALLOC_TRIM_THRESHOLD_: keep };
}

/** @param {string} sources */
async function build(sources) {
  const folder = join(root, "build", "virtual-gpu");
  const parts = ["build.sh", "src"].map((name) => relative(root, join(sources, name)));
  // It is made for the processor that builds it.
  const made = `${fingerprint(parts)} ${cpus()[0]?.model}`;
  if (!isStamped("virtual-gpu", made) || !existsSync(join(folder, "libcuda.so.1"))) {
    await run("bash", [join(sources, "build.sh"), folder]);
    stamp("virtual-gpu", made);
  }
  return folder;
}
