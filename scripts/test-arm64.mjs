// Cross-compiles the check of packed weights for arm64 and runs it in an emulator; on arm64 itself, builds and runs it.
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { root } from "./support/paths.mjs";
import { capture, main, run, ScriptError } from "./support/process.mjs";

const folder = join(root, "build", "arm64");
const native = process.arch === "arm64";
const tools = [
  { command: "cmake", aptPackage: "cmake" },
  { command: "aarch64-linux-gnu-g++", aptPackage: "g++-aarch64-linux-gnu" },
  { command: "qemu-aarch64", aptPackage: "qemu-user" },
].slice(0, native ? 1 : 3);

await main(async () => {
  const missing = tools.filter(({ command }) => capture(command, ["--version"]) === undefined);
  if (missing.length > 0) {
    const commands = missing.map(({ command }) => command).join(", ");
    const packages = missing.map(({ aptPackage }) => aptPackage).join(" ");
    throw new ScriptError(`Missing: ${commands}. On Debian and Ubuntu: apt-get install ${packages}`);
  }
  const toolchain = native ? [] : [`-DCMAKE_TOOLCHAIN_FILE=${join(root, "cmake", "aarch64-linux-gnu.cmake")}`];
  const options = ["-DBAYESBINN_ADDON=OFF", "-DBAYESBINN_BLAS=BUILTIN", "-DBAYESBINN_CUDA=OFF"];
  await run("cmake", ["-S", root, "-B", folder, "--log-level=ERROR", ...toolchain, ...options]);
  await run("cmake", ["--build", folder, "--target", "packed_check", "--parallel", String(availableParallelism())]);
  const check = join(folder, "packed_check");
  const emulator = ["qemu-aarch64", "-L", "/usr/aarch64-linux-gnu"];
  const [command = "", ...args] = native ? [check] : [...emulator, check];
  await run(command, args, { env: { ...process.env, BAYESBINN_INSTRUCTION_SET: "neon" } });
});
