// From a bare clone to a trained network: `npm run quickstart [-- --no-system]`. Plain Node, no packages needed.
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { addonIsCurrent, buildAddon } from "./support/addon.mjs";
import { ensureNodeModules } from "./support/node-modules.mjs";
import { root } from "./support/paths.mjs";
import { capture, main, runToEnd, ScriptError } from "./support/process.mjs";
import { buildRequirements, installAdvice, packagesOf, requireNode } from "./support/requirements.mjs";
import { buildTypeScript, typeScriptIsCurrent } from "./support/typescript.mjs";

const usage = `npm run quickstart [-- --no-system]

Installs what is missing, builds bayesbinn and trains the paper's MNIST network for two epochs.
  --no-system  never install system packages; say what is missing instead`;

/** @type {readonly [title: string, work: () => void | Promise<void>][]} */
const steps = [
  ["Checking the build tools", checkTools],
  ["Installing the npm packages", ensureNodeModules],
  ["Building", build],
  [`Training the MNIST network of the paper for 2 of its 500 epochs on ${availableParallelism()} threads`, train],
];

const noSystem = process.argv.includes("--no-system");

await main(async () => {
  const unknown = process.argv.slice(2).find((argument) => argument !== "--no-system");
  if (unknown !== undefined) {
    if (unknown !== "--help") throw new ScriptError(`Unknown option ${unknown}.\n\n${usage}`);
    console.log(usage);
    return;
  }
  requireNode();
  for (const [index, [title, work]] of steps.entries()) {
    const start = performance.now();
    console.log(`\n[${index + 1}/${steps.length}] ${title}`);
    await work();
    if (process.exitCode) return;
    console.log(`      done in ${((performance.now() - start) / 1000).toFixed(1)} s`);
  }
  console.log("\nNext: `npx bayesbinn recipes` lists what can be trained, `npx bayesbinn --help` every command.");
});

async function checkTools() {
  let missing = buildRequirements().filter((requirement) => !requirement.found);
  if (missing.length > 0 && canInstall()) {
    // A failure here is not the end: what counts is what is missing afterwards.
    await aptInstall(packagesOf(missing));
    missing = buildRequirements().filter((requirement) => !requirement.found);
  }
  for (const { name, found, consequence } of buildRequirements()) {
    console.log(`      ${name.padEnd(14)} ${found ?? `missing: ${consequence}`}`);
  }
  const needed = missing.filter((requirement) => !requirement.optional);
  if (needed.length > 0) throw new ScriptError(`${installAdvice(needed)}\nThen run this again.`);
  if (missing.length > 0) console.log(`      Optional. ${installAdvice(missing)}`);
}

function canInstall() {
  return !noSystem && process.getuid?.() === 0 && capture("apt-get", ["--version"]) !== undefined;
}

/** @param {readonly string[]} packages */
async function aptInstall(packages) {
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  for (const args of [["update"], ["install", "-y", "--no-install-recommends", ...packages]]) {
    console.log(`      apt-get ${args.join(" ")}`);
    await runToEnd("apt-get", args, { env });
  }
}

async function build() {
  if (!addonIsCurrent()) await buildAddon();
  if (!typeScriptIsCurrent()) await buildTypeScript();
}

/** Ends like the command itself, which says why it failed or that it was interrupted. */
async function train() {
  const { code } = await runToEnd(process.execPath, [
    join(root, "dist", "cli", "main.js"),
    "train",
    "mnist-mlp",
    "--stop-after",
    "2",
  ]);
  process.exitCode = code ?? 1;
}
