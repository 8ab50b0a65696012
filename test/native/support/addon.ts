import { createRequire } from "node:module";
import { loadAddon } from "../../../lib/native/binding.js";

/** The addon under test: the one that the library itself loads. */
export const addon = loadAddon();

export const { kernels } = addon;

/** File that {@link addon} came from, for child processes and workers that run without TypeScript. */
export function addonPath(): string {
  const loaded = Object.keys(createRequire(import.meta.url).cache).filter((path) => path.endsWith(".node"));
  const own = loaded.find((path) => path.endsWith("bayesbinn.node"));
  if (own === undefined) throw new Error(`the addon is not among the loaded ones: ${loaded.join(", ")}`);
  return own;
}
