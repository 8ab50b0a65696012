// Formats the C++ and CUDA sources (`--write`) or fails where one is not formatted (`--check`).
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { root } from "./support/paths.mjs";
import { capture, main, run, ScriptError } from "./support/process.mjs";

const modes = { "--check": ["--dry-run", "-Werror"], "--write": ["-i"] };

await main(async () => {
  const mode = process.argv[2];
  if (mode !== "--check" && mode !== "--write") throw new ScriptError("Usage: clang-format.mjs --check|--write");
  if (capture("clang-format", ["--version"]) === undefined) {
    console.log("NOTE: clang-format is missing, so the C++ format was not looked at (apt-get install clang-format).");
    return;
  }
  const files = readdirSync(join(root, "native"), { recursive: true, encoding: "utf8" })
    .filter((path) => /\.(h|cpp|cu|cuh)$/.test(path))
    .map((path) => join("native", path))
    .sort();
  if (files.length > 0) await run("clang-format", [...modes[mode], "--style=file", ...files]);
  console.log(`clang-format: ${files.length} files`);
});
