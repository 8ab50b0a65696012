import { chmodSync, existsSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fingerprint, isStamped, stamp } from "./fingerprint.mjs";
import { root } from "./paths.mjs";
import { run } from "./process.mjs";

const dist = join(root, "dist");

/** Whether dist/ fits the sources. */
export function typeScriptIsCurrent() {
  return existsSync(join(dist, "index.js")) && isStamped("typescript", sources());
}

/** Compiles lib/ to dist/, which is replaced as a whole: no output of a removed source stays, and a failure leaves it. */
export async function buildTypeScript() {
  const fresh = join(root, "build", "dist");
  rmSync(fresh, { recursive: true, force: true });
  const compiler = join(root, "node_modules", "typescript", "bin", "tsc");
  await run(process.execPath, [compiler, "--project", "tsconfig.build.json", "--outDir", fresh]);
  chmodSync(join(fresh, "cli", "main.js"), 0o755);
  rmSync(dist, { recursive: true, force: true });
  renameSync(fresh, dist);
  stamp("typescript", sources());
  console.log(`Built ${dist}`);
}

function sources() {
  return fingerprint(["lib", "tsconfig.json", "tsconfig.build.json", "package.json", "package-lock.json"]);
}
