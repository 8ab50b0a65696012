import type { DeviceName } from "../native/contract.js";

/** Values of `--device`. */
export const deviceNames = ["auto", "cpu", "cuda"] as const satisfies readonly DeviceName[];

/** Largest value of `--threads`; the addon's own limit. */
export const mostThreads = 256;
