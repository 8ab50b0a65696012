// `npm test [-- filter ...]`, from a bare clone on: installs packages where they are missing, builds what is stale,
// and runs the test files whose path contains one of the filters.
import { join } from "node:path";
import { addonIsCurrent, buildAddon } from "./support/addon.mjs";
import { ensureNodeModules } from "./support/node-modules.mjs";
import { root } from "./support/paths.mjs";
import { main, runToEnd } from "./support/process.mjs";
import { requireNode } from "./support/requirements.mjs";
import { buildTypeScript, typeScriptIsCurrent } from "./support/typescript.mjs";

await main(async () => {
  requireNode();
  await ensureNodeModules();
  if (!addonIsCurrent()) await buildAddon();
  if (!typeScriptIsCurrent()) await buildTypeScript();
  const runner = join(root, "test", "support", "run-tests.mjs");
  const { code } = await runToEnd(process.execPath, [runner, ...process.argv.slice(2)]);
  process.exitCode = code ?? 1;
});
