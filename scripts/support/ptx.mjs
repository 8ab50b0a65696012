import { copyFileSync, mkdirSync, readdirSync, renameSync, rmSync } from "node:fs";
import { basename, join } from "node:path";
import { buildKernels } from "./addon.mjs";
import { root } from "./paths.mjs";
import { ScriptError } from "./process.mjs";

/** The kernels as a package brings them, so that the CUDA backend can be built where there is no nvcc. */
const shipped = join(root, "ptx");

/**
 * Compiles the kernels to ptx/. Without a usable nvcc that is an error, unless BAYESBINN_PACK_WITHOUT_PTX=1 says that the
 * package shall have none.
 */
export async function buildPtx() {
  rmSync(shipped, { recursive: true, force: true });
  if (process.env.BAYESBINN_PACK_WITHOUT_PTX === "1") {
    console.warn(
      "WARNING: BAYESBINN_PACK_WITHOUT_PTX=1: the package gets no kernels, and no CUDA backend without nvcc.",
    );
    return;
  }
  const made = await buildKernels().catch((error) => {
    throw new ScriptError(
      `${error instanceof Error ? error.message : error}\nA package brings the compiled kernels, which takes nvcc of CUDA ` +
        "12 or newer. BAYESBINN_PACK_WITHOUT_PTX=1 packs one without; then users need nvcc for the CUDA backend.",
    );
  });
  const fresh = join(root, "build", "shipped-ptx");
  rmSync(fresh, { recursive: true, force: true });
  mkdirSync(fresh, { recursive: true });
  const kernels = readdirSync(join(root, "native", "backends", "cuda", "ops")).filter((name) => name.endsWith(".cu"));
  const texts = kernels.flatMap((name) => [75, 80].map((target) => `${basename(name, ".cu")}.compute_${target}.ptx`));
  for (const name of [...texts, "fingerprint"]) copyFileSync(join(made, name), join(fresh, name));
  renameSync(fresh, shipped);
  console.log(`Built ${shipped}: ${texts.length} PTX files`);
}
