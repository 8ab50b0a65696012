import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root } from "./paths.mjs";
import { capture, ScriptError } from "./process.mjs";

/**
 * @typedef {object} Requirement
 * @property {string} name what it is
 * @property {string | undefined} found the version or place; undefined where it is missing
 * @property {boolean} optional the build works without it
 * @property {readonly string[]} packages what Debian and Ubuntu call it
 * @property {string} consequence what its absence means
 */

/** Refuses a Node that the package does not support, before anything fails in a stranger way. */
export function requireNode() {
  const { engines } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  const supported = (major === 20 && minor >= 17) || (major === 22 && minor >= 9) || major > 22;
  if (!supported) throw new ScriptError(`Node ${process.versions.node} is too old: bayesbinn needs ${engines.node}.`);
}

/**
 * What the native addon is built with, and whether it is here.
 *
 * @returns {Requirement[]}
 */
export function buildRequirements() {
  const compiler = compilerCommand();
  return [
    {
      name: "C++ compiler",
      found: compiler && firstLine(compiler),
      optional: false,
      packages: ["g++"],
      consequence: "the native addon cannot be compiled",
    },
    {
      name: "CMake",
      found: firstLine(["cmake"]),
      optional: false,
      packages: ["cmake"],
      consequence: "the native addon cannot be configured",
    },
    {
      name: "make or ninja",
      found: firstLine(["make"]) ?? firstLine(["ninja"]),
      optional: false,
      packages: ["make"],
      consequence: "the native addon cannot be compiled",
    },
    {
      name: "OpenBLAS",
      found: compiler && openBlas(compiler),
      optional: true,
      packages: ["libopenblas-pthread-dev"],
      consequence: "the build uses a slower matrix product",
    },
  ];
}

/**
 * Says what to install for what is missing.
 *
 * @param {readonly Requirement[]} missing
 */
export function installAdvice(missing) {
  const names = missing.map((requirement) => requirement.name).join(", ");
  return `Missing: ${names}. On Debian and Ubuntu: apt-get install ${packagesOf(missing).join(" ")}`;
}

/** @param {readonly Requirement[]} requirements */
export function packagesOf(requirements) {
  return requirements.flatMap((requirement) => requirement.packages);
}

/**
 * The C++ compiler that CMake will choose, as a command and its first arguments (`CXX` may be "ccache g++").
 *
 * @returns {readonly string[] | undefined}
 */
export function compilerCommand() {
  if (process.env.CXX) return process.env.CXX.trim().split(/\s+/);
  return [["c++"], ["g++"], ["clang++"]].find((command) => firstLine(command));
}

/** @param {readonly string[]} command */
function firstLine([program = "", ...args]) {
  return capture(program, [...args, "--version"])
    ?.split("\n", 1)[0]
    ?.trim();
}

/**
 * Links and runs a program with OpenBLAS: headers and library are there, and threads do not have to wait for each other
 * in it, as they do in a build without threads.
 *
 * @param {readonly string[]} compiler
 */
function openBlas([program = "", ...args]) {
  const source = "#include <cblas.h>\nint main() { return openblas_get_parallel() == 0; }\n";
  const folder = mkdtempSync(join(tmpdir(), "bayesbinn-"));
  try {
    const executable = join(folder, "openblas");
    const linked = capture(program, [...args, "-x", "c++", "-", "-x", "none", "-lopenblas", "-o", executable], source);
    return linked === undefined || capture(executable, []) === undefined ? undefined : "found";
  } finally {
    rmSync(folder, { recursive: true });
  }
}
