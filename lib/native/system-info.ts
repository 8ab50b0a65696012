import { loadAddon } from "./binding.js";
import type { SystemInfo } from "./contract.js";
import { fromNative } from "./errors.js";

/** What the addon was built with and what this machine can do: instruction sets, BLAS, threads, CUDA. */
export function systemInfo(): SystemInfo {
  try {
    return loadAddon().systemInfo();
  } catch (error) {
    throw fromNative(error);
  }
}
