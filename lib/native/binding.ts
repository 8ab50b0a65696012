import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";

import type { NativeAddon } from "./contract.js";
import { BayesBinnError } from "./errors.js";

const packageName = "bayesbinn";

/** Names another `.node` file to load, such as a build with sanitizers. */
const bindingVariable = "BAYESBINN_BINDING";

let loaded: NativeAddon | undefined;

/**
 * The native addon, loaded at the first call: importing the package touches no native code.
 *
 * A failure is not kept, so that a later call finds an addon that was built in the meantime.
 *
 * @throws BayesBinnError `ERR_BINDING_LOAD` with the paths that were tried, the reason, and the command to run
 */
export function loadAddon(): NativeAddon {
  loaded ??= load();
  return loaded;
}

/**
 * Puts `addon` in the place of the native one, or takes it away again (`undefined`): the seam for tests of everything
 * that stands above the addon.
 *
 * @internal
 */
export function replaceAddon(addon: NativeAddon | undefined): void {
  loaded = addon;
}

/** The folder of this package: the nearest one above this file whose `package.json` has its name. */
export function packageRoot(): string {
  const start = dirname(fileURLToPath(import.meta.url));
  for (let folder = start; ; folder = dirname(folder)) {
    if (nameOf(join(folder, "package.json")) === packageName) return folder;
    if (folder === dirname(folder)) break;
  }
  throw new BayesBinnError("ERR_BINDING_LOAD", `no package.json of ${packageName} above ${start}`, { tried: [start] });
}

function nameOf(packageFile: string): unknown {
  try {
    return (JSON.parse(readFileSync(packageFile, "utf8")) as { name?: unknown }).name;
  } catch {
    return undefined;
  }
}

function load(): NativeAddon {
  const root = packageRoot();
  const named = process.env[bindingVariable];
  const path = named ? resolve(named) : join(root, "build", "Release", `${packageName}.node`);
  try {
    return createRequire(import.meta.url)(path) as NativeAddon;
  } catch (error) {
    throw loadError(
      path,
      error,
      named ? `unset ${bindingVariable}, or let it name a build of this version` : advice(root),
    );
  }
}

function loadError(path: string, error: unknown, remedy: string): BayesBinnError {
  const missing = (error as NodeJS.ErrnoException).code === "MODULE_NOT_FOUND";
  const reason = missing ? "there is no such file" : firstLine(error);
  return new BayesBinnError(
    "ERR_BINDING_LOAD",
    `the native addon cannot be loaded: tried ${path}: ${reason}; ${remedy}`,
    { tried: [path], reason, remedy },
    { cause: error },
  );
}

/** Install scripts may have been off when the package was installed; a checkout is built by hand. */
function advice(root: string): string {
  const installed = root.split(sep).includes("node_modules");
  return `build it with: ${installed ? `npm rebuild ${packageName} --foreground-scripts` : "npm run build"}`;
}

function firstLine(error: unknown): string {
  return String(error instanceof Error ? error.message : error).split("\n", 1)[0]!;
}
