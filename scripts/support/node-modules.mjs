import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./paths.mjs";
import { run } from "./process.mjs";

/** Installs the packages of package-lock.json where node_modules/ lacks one or has another version of it. */
export async function ensureNodeModules() {
  if (!modulesAreCurrent()) await run("npm", ["ci", "--no-audit", "--no-fund"]);
}

function modulesAreCurrent() {
  const installedFile = join(root, "node_modules", ".package-lock.json");
  if (!existsSync(installedFile)) return false;
  const installed = packagesIn(installedFile);
  return Object.entries(packagesIn(join(root, "package-lock.json"))).every(
    // Optional ones are those of other platforms.
    ([path, { version, optional }]) => path === "" || optional === true || installed[path]?.version === version,
  );
}

/**
 * @param {string} lockFile
 * @returns {Record<string, { version?: string, optional?: boolean }>}
 */
function packagesIn(lockFile) {
  return JSON.parse(readFileSync(lockFile, "utf8")).packages;
}
