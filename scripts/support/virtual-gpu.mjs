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
 * Builds virtual-gpu where that is not done yet; gives the folder for LD_LIBRARY_PATH.
 *
 * @param {string} sources
 */
export async function buildVirtualGpu(sources) {
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
