// Builds what is named: `node scripts/build.mjs [addon] [ts] [ptx] [bench]`, native code as the environment asks for
// (BAYESBINN_CUDA=AUTO|ON|SHIPPED|OFF, BAYESBINN_BLAS=AUTO|OPENBLAS|BUILTIN).
import { buildAddon, buildBenchmarks } from "./support/addon.mjs";
import { main, ScriptError } from "./support/process.mjs";
import { buildPtx } from "./support/ptx.mjs";
import { buildTypeScript } from "./support/typescript.mjs";

/** @type {Record<string, () => Promise<void>>} */
const parts = { addon: buildAddon, ts: buildTypeScript, ptx: buildPtx, bench: buildBenchmarks };

await main(async () => {
  for (const name of process.argv.slice(2)) {
    const build = parts[name];
    if (build === undefined) throw new ScriptError(`No part "${name}": ${Object.keys(parts).join(", ")}.`);
    await build();
  }
});
