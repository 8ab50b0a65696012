// Installs the packed package as a user would, into empty projects: with its install script, which builds the addon;
// without, where using it must name the command that builds it; and as where there is no nvcc, for which the package
// brings the kernels. Arguments choose among these: `with-scripts`, `without-scripts`, `without-nvcc`.
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root } from "./support/paths.mjs";
import { main, run, ScriptError } from "./support/process.mjs";
import { virtualGpuEnvironment, virtualGpuSources } from "./support/virtual-gpu.mjs";

const example = `
import { BayesBiNN, Trainer, batchNorm, fromArrays, linear, sequential } from "bayesbinn";

// The first of four bits is the class.
const inputs = Float32Array.from({ length: 64 * 4 }, (_, i) => ((Math.floor(i / 4) >> (i % 4)) & 1 ? 1 : -1));
const targets = Int32Array.from({ length: 64 }, (_, row) => (inputs[row * 4] === 1 ? 1 : 0));
const train = fromArrays({ inputs, sampleShape: [4], targets, classes: 2 });
const model = sequential({ inputShape: [4], layers: [linear({ units: 8 }), batchNorm(), linear({ units: 2 })] });
const device = process.argv[2] === "cuda" ? "cuda" : "auto";
const trainer = new Trainer({ model, optimizer: new BayesBiNN(), threads: 1, device });
const history = await trainer.fit({ train, epochs: 2, batchSize: 16 });
console.log(\`\${history.epochs.length} epochs on \${trainer.description.device}\`);
trainer.dispose();
`;

const imports = `
import * as bayesbinn from "bayesbinn";
import * as kernels from "bayesbinn/kernels";
import metadata from "bayesbinn/package.json" with { type: "json" };
console.log(Object.keys(bayesbinn).length > 0, Object.keys(kernels).length > 0, metadata.engines.node !== "");
`;

const cuda = `
import { systemInfo } from "bayesbinn";
const { built, usable, reason } = systemInfo().cuda;
console.log(\`built \${built}, usable \${usable}: \${reason}\`);
`;

/** @type {Record<string, (tarball: string) => Promise<void>>} */
const installations = {
  "with-scripts": withScripts,
  "without-scripts": withoutScripts,
  "without-nvcc": withoutNvcc,
};

const folder = mkdtempSync(join(tmpdir(), "bayesbinn-pack-"));

await main(async () => {
  try {
    await run("npm", ["pack", "--pack-destination", folder]);
    const tarball = join(folder, readdirSync(folder).find((name) => name.endsWith(".tgz")) ?? "");
    const chosen = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(installations);
    for (const name of chosen) {
      const installation = installations[name];
      const names = Object.keys(installations).join(", ");
      if (installation === undefined) throw new ScriptError(`${name}: unknown, accepted: ${names}`);
      await installation(tarball);
    }
    console.log("\nThe packed package works.");
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

/** @param {string} tarball */
async function withScripts(tarball) {
  const project = await installed("with-scripts", tarball, []);
  expectOutput(project, ["imports.mjs"], /^true true true$/m);
  expectOutput(project, ["example.mjs"], /^2 epochs on /m);
  await run("npx", ["--no-install", "bayesbinn", "doctor"], { cwd: project });
  const compiler = join(root, "node_modules", "typescript", "bin", "tsc");
  await run(process.execPath, [compiler, "--project", project]);
}

/** @param {string} tarball */
async function withoutScripts(tarball) {
  const project = await installed("without-scripts", tarball, ["--ignore-scripts"]);
  expectOutput(project, ["imports.mjs"], /^true true true$/m);
  const output = expectOutput(project, ["example.mjs"], /ERR_BINDING_LOAD/, 1);
  const command = /npm rebuild bayesbinn[\w -]*/.exec(output)?.[0];
  if (!command) throw new ScriptError(`The error does not name the command that builds the addon:\n${output}`);
  const [program = "", ...args] = command.trim().split(" ");
  await run(program, args, { cwd: project });
  expectOutput(project, ["example.mjs"], /^2 epochs on /m);
}

/** @param {string} tarball */
async function withoutNvcc(tarball) {
  const { CUDACXX: _, ...environment } = process.env;
  const env = { ...environment, BAYESBINN_CUDA: "SHIPPED" };
  const project = await installed("without-nvcc", tarball, [], env);
  expectOutput(project, ["cuda.mjs"], /^built true/m);
  const sources = virtualGpuSources();
  if (sources === undefined) {
    console.log("NOTE: without virtual-gpu (VIRTUAL_GPU_DIR) the kernels of the package were not used.");
    return;
  }
  const onDevice = await virtualGpuEnvironment(sources);
  expectOutput(project, ["cuda.mjs"], /^built true, usable true/m, 0, onDevice);
  expectOutput(project, ["example.mjs", "cuda"], /^2 epochs on cuda$/m, 0, onDevice);
}

/**
 * A new project that depends on the tarball.
 *
 * @param {string} name
 * @param {string} tarball
 * @param {readonly string[]} options of `npm install`
 * @param {NodeJS.ProcessEnv} [env]
 */
async function installed(name, tarball, options, env = process.env) {
  const project = join(folder, name);
  mkdirSync(project);
  const files = {
    "package.json": JSON.stringify({ name, private: true, type: "module" }),
    "imports.mjs": imports,
    "cuda.mjs": cuda,
    "example.mjs": example,
    "example.ts": example,
    "tsconfig.json": JSON.stringify({
      compilerOptions: {
        module: "nodenext",
        target: "es2023",
        strict: true,
        exactOptionalPropertyTypes: true,
        noEmit: true,
        types: ["node"],
        typeRoots: [join(root, "node_modules", "@types")],
      },
      files: ["example.ts"],
    }),
  };
  for (const [file, text] of Object.entries(files)) writeFileSync(join(project, file), text);
  await run("npm", ["install", "--no-audit", "--no-fund", ...options, tarball], { cwd: project, env });
  return project;
}

/**
 * Runs Node in a project and holds what it prints and its exit code against what is expected.
 *
 * @param {string} project
 * @param {readonly string[]} args
 * @param {RegExp} pattern
 * @param {number} [code]
 * @param {NodeJS.ProcessEnv} [environment] beside that of this process
 */
function expectOutput(project, args, pattern, code = 0, environment = {}) {
  const env = { ...process.env, ...environment };
  const child = spawnSync(process.execPath, args, { cwd: project, encoding: "utf8", env });
  const output = child.stdout + child.stderr;
  console.log(`node ${args.join(" ")}: exit code ${child.status}`);
  if (child.status !== code || !pattern.test(output)) {
    throw new ScriptError(`Expected exit code ${code} and ${pattern}, but it printed:\n${output}`);
  }
  return output;
}
