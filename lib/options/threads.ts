import { availableParallelism } from "node:os";

/** Compute threads that native code accepts. */
export const mostThreads = 256;

/** One thread for each core that this process may use. */
export function defaultThreads(): number {
  return Math.min(availableParallelism(), mostThreads);
}
