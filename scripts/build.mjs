// Builds what is named: `node scripts/build.mjs [addon] [ts]`, the addon as the environment asks for
// (BAYESBINN_CUDA=AUTO|ON|OFF, BAYESBINN_BLAS=AUTO|OPENBLAS|BUILTIN).
import { buildAddon } from "./support/addon.mjs";
import { main, ScriptError } from "./support/process.mjs";
import { buildTypeScript } from "./support/typescript.mjs";

/** @type {Record<string, () => Promise<void>>} */
const parts = { addon: buildAddon, ts: buildTypeScript };

await main(async () => {
  for (const name of process.argv.slice(2)) {
    const build = parts[name];
    if (build === undefined) throw new ScriptError(`No part "${name}": ${Object.keys(parts).join(", ")}.`);
    await build();
  }
});
