// Builds the addon with AddressSanitizer and UndefinedBehaviorSanitizer and runs the native tests on it, or those
// that the arguments choose; after `--cuda` those of test/cuda, on virtual-gpu. Leaks are not looked for: Node itself
// never frees all it holds.
import { join } from "node:path";
import { cmakeBuild, cmakeOptions } from "./support/addon.mjs";
import { root } from "./support/paths.mjs";
import { capture, main, runToEnd, ScriptError } from "./support/process.mjs";
import { compilerCommand } from "./support/requirements.mjs";
import { virtualGpuEnvironment, virtualGpuSources } from "./support/virtual-gpu.mjs";

const folder = join(root, "build", "sanitize");

await main(async () => {
  await cmakeBuild(folder, { ...cmakeOptions(), BAYESBINN_SANITIZE: "ON" });
  const filters = process.argv.length > 2 ? process.argv.slice(2) : ["test/native/"];
  const runner = join(root, "test", "support", "run-tests.mjs");
  const { code } = await runToEnd(process.execPath, [runner, ...filters], {
    env: {
      ...process.env,
      ...(filters[0] === "--cuda" && (await virtualDevice())),
      BAYESBINN_BINDING: join(folder, "Release", "bayesbinn.node"),
      // The sanitizer's runtime has to come before everything else, and finds C++ exceptions only in a libstdc++
      // that is there from the start.
      LD_PRELOAD: ["libasan.so", "libstdc++.so"].map(compilerLibrary).join(" "),
      // Sizes that no machine has are a typed error, as without the sanitizer.
      ASAN_OPTIONS: "detect_leaks=0:allocator_may_return_null=1",
      UBSAN_OPTIONS: "print_stacktrace=1:halt_on_error=1",
    },
  });
  process.exitCode = code ?? 1;
});

async function virtualDevice() {
  const sources = virtualGpuSources();
  if (sources === undefined) throw new ScriptError("There is no virtual-gpu: VIRTUAL_GPU_DIR names its folder.");
  return virtualGpuEnvironment(sources);
}

/** @param {string} name */
function compilerLibrary(name) {
  const [program = "", ...args] = compilerCommand() ?? [];
  const path = capture(program, [...args, `-print-file-name=${name}`])?.trim();
  if (path === undefined || !path.includes("/")) throw new ScriptError(`The compiler has no ${name}: use GCC.`);
  return path;
}
